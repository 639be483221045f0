"""For whom a document is written: adult, pediatric, neonatal."""

from __future__ import annotations

import re

_WORDS = (
    ("adult", r"(?<!dependent )\badults?\b(?!\s+(?:abuse|protective))"),
    ("pediatric", r"\bp(?:a?ed)iatrics?\b|\bpeds\b|\bchildren\b|\bpaeds\b|\badolescents?\b|\binfants?\b"),
    ("neonatal", r"\bneonat(?:al|es?)\b|\bnewborns?\b"),
)
_PEDIATRIC_SUFFIX = re.compile(r"\d\s?[-‐‑–]\s?(?:P|PED|PEDS|PAED)$", re.IGNORECASE)


def populations_of(title: str, number: str | None, text: str) -> tuple[str, ...]:
    """The populations that the title or the number's suffix names; empty where they name none.

    A suffix "-P" counts only if the document speaks of children, because it can also stand for "procedure".
    """
    found = [name for name, pattern in _WORDS if re.search(pattern, title, re.IGNORECASE)]
    if number and "pediatric" not in found and _PEDIATRIC_SUFFIX.search(number):
        mentions = re.findall(r"\bp(?:a?ed)iatric|\bchild(?:ren)?\b|\binfant", text, re.IGNORECASE)
        explicit = re.search(r"PA?ED", number, re.IGNORECASE)
        if explicit or len(mentions) >= 2:
            found.append("pediatric")
    return tuple(found)

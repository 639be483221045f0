"""For whom a document is written: adult, pediatric, neonatal."""

from __future__ import annotations

import re

_WORDS = (
    ("adult", r"(?<!dependent )\badults?\b(?!\s+(?:abuse|protective))"),
    ("pediatric", r"\bp(?:a?ed)iatrics?\b|\bpeds\b|\bchildren\b|\bpaeds\b|\badolescents?\b|\binfants?\b"),
    ("neonatal", r"\bneonat(?:al|es?)\b|\bnewborns?\b"),
)
_PEDIATRIC_SUFFIX = re.compile(r"\d\s?[-‐‑–]\s?(?:P|PED|PEDS|PAED)$", re.IGNORECASE)


_PER_WEIGHT = re.compile(r"\b(?:mg|mcg|g|ml|units?|meq|joules?|j)\s?/\s?kg\b", re.IGNORECASE)
_CHILDREN = re.compile(r"\bpa?ediatric|\bchild(?:ren)?\b|\binfant", re.IGNORECASE)


def populations_of(title: str, number: str | None, text: str) -> tuple[str, ...]:
    """The populations that the title or the number's suffix names; empty where they name none."""
    found = [name for name, pattern in _WORDS if re.search(pattern, title, re.IGNORECASE)]
    if (
        number
        and "pediatric" not in found
        and _PEDIATRIC_SUFFIX.search(number)
        and _about_children(title, number, text)
    ):
        found.append("pediatric")
    return tuple(found)


def _about_children(title: str, number: str, text: str) -> bool:
    """Whether a suffix "-P" stands for pediatric: the document speaks of children, doses by weight, or refers to others
    with the same suffix. It can also stand for "procedure", which the title then says.
    """
    if re.search(r"PA?ED", number, re.IGNORECASE):
        return True
    if re.search(r"\bprocedures?\b", title, re.IGNORECASE):
        return False
    others = {match for match in re.findall(r"\b\d{2,}[-‐‑–]P\b", text) if match != number}
    return bool(_CHILDREN.search(text) or _PER_WEIGHT.search(text) or len(others) >= 2)

"""Which medicines a text names, whatever they are called."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ragkit.grounding.rules.phrases import Found, PhraseBook

_NOT_DRUGS = frozenset({"april", "protocol", "control"})
"""Words that end like a medicine."""


@cache
def _listed() -> dict[str, Any]:
    import yaml

    text = files("ragkit.grounding.rules").joinpath("drugs.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


@cache
def _book() -> PhraseBook[str]:
    phrases = [(name, name) for name in _listed()["generic"].split()]
    for generic, others in _listed()["synonyms"].items():
        phrases += [(name, generic) for name in (generic, *others)]
    return PhraseBook(phrases)


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(rf"\b[a-z]{{3,}}(?:{'|'.join(_listed()['endings'])})s?\b", re.IGNORECASE)


@lru_cache(maxsize=65536)
def drug_spans(text: str) -> tuple[Found[str], ...]:
    """Where ``text`` names a medicine, by a listed name or an ending that medicines have: offsets, generic name."""
    found = list(_book().find(text))
    for match in _ending().finditer(text):
        name = match[0].lower().removesuffix("s")
        if name not in _NOT_DRUGS and not any(phrase.start <= match.start() < phrase.end for phrase in found):
            found.append(Found(match.start(), match.end(), name))
    return tuple(found)


def drugs_in(text: str) -> frozenset[str]:
    """The medicines that ``text`` names, each by its generic name."""
    return frozenset(phrase.meaning for phrase in drug_spans(text))

"""Which medicines a text names, whatever they are called."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

_NOT_DRUGS = frozenset({"april", "protocol", "control"})
"""Words that end like a medicine."""


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    import yaml

    raw = yaml.safe_load(files("ragkit.grounding.rules").joinpath("drugs.yaml").read_text(encoding="utf-8"))
    generic_of = {name: name for name in raw["generic"].split()}
    for generic, others in raw["synonyms"].items():
        generic_of[generic] = generic
        generic_of.update({other.lower(): generic for other in others})
    listed = "|".join(re.escape(name) for name in sorted(generic_of, key=len, reverse=True))
    endings = "|".join(map(re.escape, raw["endings"]))
    return re.compile(rf"\b(?:(?P<listed>{listed})|[a-z]{{3,}}(?:{endings}))s?\b", re.IGNORECASE), generic_of


@lru_cache(maxsize=65536)
def drug_spans(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where ``text`` names a medicine: start, end, generic name."""
    pattern, generic_of = _names()
    found = []
    for match in pattern.finditer(text):
        name = (match["listed"] or match[0]).lower()
        if name not in _NOT_DRUGS:
            found.append((*match.span(), generic_of.get(name) or generic_of.get(name.removesuffix("s")) or name))
    return tuple(found)


def drugs_in(text: str) -> frozenset[str]:
    """The medicines that ``text`` names, each by its generic name."""
    return frozenset(name for _, _, name in drug_spans(text))

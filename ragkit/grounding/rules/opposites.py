"""Words that are each other's opposite: increases and reduces, inpatient and outpatient, safe and unsafe."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.polarity import negated_at
from ragkit.grounding.rules.wording import content, stem

_ALIKE = 0.4
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:no|not)?\s*(?:more|less|fewer|greater|higher|lower|longer|older|younger|larger|smaller|later|earlier) than"
    r"(?=\s+(?:\S+\s+){0,2}?\d)|\bor (?:more|less|greater|older|younger|fewer)\b",
    re.IGNORECASE,
)
_NO_PAIRS = frozenset(
    {"inpatient", "patient", "outpatient", "form", "inform", "crease", "tend", "intend", "vest", "invest"}
)
_PREFIXES = ("un", "in", "im", "non", "dis", "non-", "ab")


@cache
def _poles() -> dict[str, tuple[tuple[int, int], ...]]:
    """Stem -> (pair, pole) for each pair of opposites it belongs to; a pole is 1 or -1."""
    import yaml

    raw = files("ragkit.grounding.rules").joinpath("opposites.yaml").read_text(encoding="utf-8")
    poles: dict[str, tuple[tuple[int, int], ...]] = {}
    for number, (one, other) in enumerate(yaml.safe_load(raw)):
        for words, pole in ((one, 1), (other, -1)):
            for word in words:
                for form in {stem(word), word.lower()}:
                    poles[form] = (*poles.get(form, ()), (number, pole))
    return poles


@lru_cache(maxsize=65536)
def poles(text: str) -> dict[int, dict[int, tuple[str, int]]]:
    """For each pair of opposites that ``text`` speaks of: the poles it means, each with its word and that word's pole.

    A negated word means the other pole ("not effective": the pole of "ineffective", word "effective").
    """
    masked = _BOUND.sub(lambda match: " " * len(match[0]), text)
    known = _poles()
    found: dict[int, dict[int, tuple[str, int]]] = {}
    for match in _WORD.finditer(masked):
        word = match[0].lower()
        for pair, pole in known.get(word) or known.get(stem(word)) or ():
            meant = -pole if negated_at(text, match.start()) else pole
            found.setdefault(pair, {})[meant] = (match[0], pole)
    return found


def check(aligned: Aligned) -> RuleResult:
    """Whether the claim means one pole of a pair and the nearest sentences only the other, by another word."""
    result = RuleResult()
    if aligned.coverage < _ALIKE:
        return result
    best = poles(aligned.best)
    for pair, named in poles(aligned.claim).items():
        theirs = best.get(pair, {})
        if set(named) & set(theirs):
            result.agree(Rule.OPPOSITE)
        elif theirs and not any(set(named) & set(poles(line).get(pair, {})) for line in aligned.near):
            (mine, my_pole), (other, other_pole) = next(iter(named.values())), next(iter(theirs.values()))
            if my_pole != other_pole:  # words of one pole, one of them negated, are a matter of negation
                result.contradict(Rule.OPPOSITE, f"“{mine}” here, “{other}” in the evidence")
    for mine, other in _prefixed(aligned):
        result.contradict(Rule.OPPOSITE, f"“{mine}” here, “{other}” in the evidence")
    return result


def _prefixed(aligned: Aligned) -> list[tuple[str, str]]:
    """Pairs such as "stable" and "unstable", one in the claim and only the other in the evidence."""
    ours, theirs = content(aligned.claim), content(aligned.best)
    everything = content(aligned.evidence)
    found = []
    for word in ours - everything:
        for prefix in _PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= 5 and word[len(prefix) :] in theirs:
                found.append((word, word[len(prefix) :]))
            elif len(word) >= 5 and prefix + word in theirs:
                found.append((word, prefix + word))
    known = _poles()
    return [
        (mine, other)
        for mine, other in found
        if not (mine in known and other in known) and not {mine, other} & _NO_PAIRS
    ]

"""Words that are each other's opposite: increases and reduces, inpatient and outpatient, safe and unsafe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.polarity import negated_at, negations
from ragkit.grounding.rules.wording import content, stem, tokens

_ALIKE = 0.4
_SAME_SENTENCE = 0.55
_SHORT = 3
"""Evidence of so few lines is compared as a whole: what "they" are stands in the line before."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:no|not)?\s*(?:more|less|fewer|greater|higher|lower|longer|older|younger|larger|smaller|later|earlier) than"
    r"(?=\s+(?:\S+\s+){0,2}?\d)|\bor (?:more|less|greater|older|younger|fewer)\b",
    re.IGNORECASE,
)
_NO_PAIRS = frozenset(
    {
        "inpatient",
        "patient",
        "outpatient",
        "form",
        "inform",
        "correct",
        "incorrect",
        "crease",
        "tend",
        "intend",
        "vest",
        "invest",
    }
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


@dataclass(frozen=True, slots=True)
class Pole:
    """A word that has an opposite, as it stands in a sentence.

    Attributes:
        word: the word.
        own: the pole of the word, 1 or -1.
        meant: the pole after negation ("not effective" means the pole of "ineffective").
        after: stems of the content words that follow it in the sentence, up to three.
    """

    word: str
    own: int
    meant: int
    after: frozenset[str]


@lru_cache(maxsize=65536)
def poles(text: str) -> dict[int, tuple[Pole, ...]]:
    """For each pair of opposites that ``text`` speaks of: the words of it, in order."""
    masked = _BOUND.sub(lambda match: " " * len(match[0]), text)
    known = _poles()
    found: dict[int, tuple[Pole, ...]] = {}
    for match in _WORD.finditer(masked):
        word = match[0].lower()
        for pair, own in known.get(word) or known.get(stem(word)) or ():
            meant = -own if negated_at(text, match.start()) else own
            following = re.split(r"[,;.:]|\band\b|\bbut\b", text[match.end() :])[0]
            after = frozenset(word for word in tokens(following)[:6] if word in content(following))
            found[pair] = (*found.get(pair, ()), Pole(match[0], own, meant, after))
    return found


def check(aligned: Aligned) -> RuleResult:
    """Whether the claim means one pole of a pair and the nearest sentences, of the same thing, only the other."""
    result = RuleResult()
    if aligned.coverage_all < _ALIKE:
        return result
    lines = aligned.evidence.split("\n")
    near = aligned.near if len(lines) > _SHORT else tuple(lines)
    for pair, named in poles(aligned.claim).items():
        theirs = [pole for line in near for pole in poles(line).get(pair, ())]
        for mine in named:
            alike = [len(mine.after & other.after) for other in theirs]
            most = max(alike, default=0)
            compared = [other for other, shared in zip(theirs, alike, strict=True) if shared == most]
            if any(mine.meant == other.meant for other in compared):
                result.agree(Rule.OPPOSITE)
            elif not compared or mine.own == compared[0].own:
                continue  # the same word, once negated, is a matter of negation
            elif most or aligned.coverage >= _SAME_SENTENCE:
                result.contradict(Rule.OPPOSITE, f"“{mine.word}” here, “{compared[0].word}” in the evidence")
    for word, other_word in _prefixed(aligned):
        result.contradict(Rule.OPPOSITE, f"“{word}” here, “{other_word}” in the evidence")
    return result


def _prefixed(aligned: Aligned) -> list[tuple[str, str]]:
    """Pairs such as "stable" and "unstable", one in the claim and only the other, not denied, in the evidence."""
    ours, theirs = content(aligned.claim), content(aligned.best)
    everything = content(aligned.evidence)
    pairs = [(word, word.removeprefix(prefix)) for word in ours - everything for prefix in _PREFIXES]
    found = [(word, bare) for word, bare in pairs if len(bare) >= 5 and bare != word and bare in theirs]
    found = [pair for pair in found if not _denied(aligned.best, pair[1])]
    pairs = [(word, prefix + word) for word in ours - everything for prefix in _PREFIXES if len(word) >= 5]
    found += [pair for pair in pairs if pair[1] in theirs and not _denied(aligned.claim, pair[0])]
    known = _poles()
    return [pair for pair in found if not set(pair) & _NO_PAIRS and not (pair[0] in known and pair[1] in known)]


def _denied(text: str, word: str) -> bool:
    return "non" in tokens(text) or any(word in negation.scope for negation in negations(text))

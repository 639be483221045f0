"""The conditions and exceptions of a sentence, and whether another text keeps them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragkit.grounding.composed.comparing import Comparison
from ragkit.grounding.composed.matching import not_held
from ragkit.grounding.composed.reading import Token, read

_EXCEPT = (
    r"except(?:ing|ion|ions)?(?: (?:in|for|when|if|that|to|where|during))?|with the exceptions? of|unless|other than|"
    r"exclud(?:ing|es?)|apart from|save for|but not(?: in| for| when| if)?|if not"
)
_ONLY = (
    r"(?:but )?only(?: (?:if|when|after|in|for|with|by|under|on))?|solely|exclusively|no one (?:but|other than)|"
    r"limited to|restricted to|provided(?: that)?|as long as|on condition that"
)
_IF = r"if|when|whenever|in (?:the )?(?:case|event) of|until|while|where|once"
_MARK = re.compile(rf"(?<!-)\b(?:(?P<exception>{_EXCEPT})|(?P<only>{_ONLY})|(?P<condition>{_IF}))\b", re.IGNORECASE)
_POPULATION = re.compile(
    r"(?:In|For|Among) (?:\w+ ){0,3}?(?:patients?|people|persons?|individuals?|adults?|children|women|men|victims|"
    r"those)\b"
    r"(?P<who>[^,:;.]{4,}?)(?:[,:]|\.\s)"
)
_END = re.compile(r"[,;:.](?=\s|$)|\n|\b(?:but|then|unless|except)\b|$")
_KEPT = 0.5
_STATED = 0.5
_CUT_OUT = 0.6
_FIRST = 4
"""So many words say what a condition is about; what follows may be left out."""
_RESTRICTS = re.compile(
    r"(?<!-)\b(?:only|solely|exclusively|unless|except\w*|until|other than|exclud\w+|apart from|but not|provided|"
    r"as long as|"
    r"limited|restricted|sole|alone|nobody|no (?:one|other)|none|nowhere|without|not (?:in|for|during|when)|"
    r"if (?:\w+ ){0,6}?(?:not|no))\b",
    re.IGNORECASE,
)
"""Words that keep an exception or an "only", whatever its own words."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition or exception.

    Attributes:
        kind: "exception" (unless, except), "only" (only, provided), "condition" (if, when, until) or "population" (a
            sentence that begins with "In patients with ...").
        text: its own words.
        tokens: what it speaks of.
        start: where it starts in the sentence.
        end: where it ends.
    """

    kind: str
    text: str
    tokens: tuple[Token, ...]
    start: int
    end: int

    def lacking(self, said: Sequence[Token], text: str) -> bool:
        """Whether a text, with its tokens ``said``, does not keep the condition."""
        if self.kind in ("exception", "only") and not _RESTRICTS.search(text):
            return True
        meant = [token for token in self.tokens if not token.is_light]
        return all(len(not_held(part, said)) > (1 - _KEPT) * len(part) for part in (meant, meant[:_FIRST]))


@lru_cache(maxsize=8192)
def conditions(sentence: str) -> tuple[Condition, ...]:
    """The conditions and exceptions of a sentence in order."""
    found = []
    for match in _POPULATION.finditer(sentence):
        tokens = tuple(token for token in read(sentence) if match.start("who") <= token.start < match.end("who"))
        found.append(Condition("population", match[0].rstrip(",:"), tokens, match.start(), match.end("who")))
    for match in _MARK.finditer(sentence):
        kind = match.lastgroup or "condition"
        stop = _END.search(sentence, match.end())
        end = stop.start() if stop else len(sentence)
        tokens = tuple(token for token in read(sentence) if match.end() <= token.start and token.end <= end)
        if tokens or kind == "only":
            found.append(Condition(kind, sentence[match.start() : end].strip(), tokens, match.start(), end))
    return tuple(found)


def restricts(text: str) -> bool:
    """Whether a text has an exception or an "only"."""
    return any(condition.kind in ("exception", "only") for condition in conditions(text))


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a condition or exception that the statement does not keep, though it says the line's main clause."""
    for condition in not_kept(comparison):
        yield f"the cited line says “{condition.text[:80]}”, which is not kept here"


def not_kept(comparison: Comparison) -> Iterator[Condition]:
    """The conditions and exceptions of the lines whose main clause the statement says without them."""
    text = " ".join(sentence.text for sentence in comparison.sentences)
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    for number in sorted({part.near[0] for part in comparison.parts if part.near}):
        line = comparison.evidence[number]
        for condition in conditions(line.text):
            if condition.start < line.own and condition.kind not in ("exception", "only"):
                continue
            outside = (token for token in line.own_tokens if not condition.start <= token.start < condition.end)
            main = [token for token in outside if not token.is_light]
            if main and _share(main, said) >= _STATED and condition.lacking(said, text):
                yield condition
    yield from _cut_out(comparison)


def _cut_out(comparison: Comparison) -> Iterator[Condition]:
    """Conditions cut out of a sentence: nearly the same words, and fewer words that make a condition."""
    kept = Counter(condition.kind for sentence in comparison.sentences for condition in conditions(sentence.text))
    for sentence in comparison.sentences:
        for line in comparison.evidence:
            ours, theirs = sentence.tokens, line.own_tokens
            given = [condition for condition in conditions(line.text) if condition.start >= line.own]
            if not given or _share(theirs, ours) < _CUT_OUT or _share(ours, line.tokens) < _CUT_OUT:
                continue
            lost = Counter(condition.kind for condition in given if condition.kind != "population")
            lost -= Counter(condition.kind for condition in conditions(sentence.text))
            for condition in given:
                gone = [token for token in condition.tokens if not token.is_light]
                cut = condition.kind == "only" or _weight(ours) <= _weight(theirs) - _KEPT * len(gone)
                moved = len(comparison.sentences) > 1 and kept[condition.kind] >= _all_of(condition.kind, comparison)
                if condition.kind in lost and cut and not moved:
                    yield condition


def _all_of(kind: str, comparison: Comparison) -> int:
    return sum(each.kind == kind for line in comparison.evidence for each in conditions(line.text[line.own :]))


def _weight(tokens: Sequence[Token]) -> int:
    return sum(not token.is_light for token in tokens)


def _share(wanted: Sequence[Token], held: Sequence[Token]) -> float:
    weighty = [token for token in wanted if not token.is_light]
    return 1 - len(not_held(weighty, held)) / len(weighty) if weighty else 0.0

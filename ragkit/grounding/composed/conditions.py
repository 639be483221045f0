"""The conditions and exceptions of a sentence, and whether another text keeps them."""

from __future__ import annotations

import re
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
_IF = (
    r"if|when|whenever|in (?:the )?(?:case|event) of|until|while|where|once|"
    r"in (?:patients|those|people|children|adults) with"
)
_MARK = re.compile(rf"\b(?:(?P<exception>{_EXCEPT})|(?P<only>{_ONLY})|(?P<condition>{_IF}))\b", re.IGNORECASE)
_END = re.compile(r"[,;:.](?=\s|$)|\n|\b(?:but|then|unless|except)\b|$")
_KEPT = 0.5
_STATED = 0.5
_FIRST = 4
"""So many words say what a condition is about; what follows may be left out."""
_RESTRICTS = re.compile(
    r"\b(?:only|solely|exclusively|unless|except\w*|until|other than|excluding|apart from|but not|provided|as long as|"
    r"limited|restricted|if|when|must|not|no|without|never|cannot|sole|nobody|none|alone)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition or exception.

    Attributes:
        kind: "exception" (unless, except), "only" (only, provided) or "condition" (if, when, until).
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
        if self.kind != "condition" and not _RESTRICTS.search(text):
            return True
        meant = [token for token in self.tokens if not token.is_light]
        return all(len(not_held(part, said)) > (1 - _KEPT) * len(part) for part in (meant, meant[:_FIRST]))


@lru_cache(maxsize=8192)
def conditions(sentence: str) -> tuple[Condition, ...]:
    """The conditions and exceptions of a sentence in order."""
    found = []
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
    return any(condition.kind != "condition" for condition in conditions(text))


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a condition or exception that the statement does not keep, though it says the main clause of the line."""
    text = " ".join(sentence.text for sentence in comparison.sentences)
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    used = sorted({part.near[0] for part in comparison.parts if part.near})
    for number in used:
        line = comparison.evidence[number]
        for condition in conditions(line.text):
            if condition.start < line.own and condition.kind == "condition":
                continue
            main = [
                token
                for token in line.tokens
                if not condition.start <= token.start < condition.end and token.start >= line.own and not token.is_light
            ]
            stated = len(main) - len(not_held(main, said))
            if main and stated >= _STATED * len(main) and condition.lacking(said, text):
                yield f"the cited line says “{condition.text[:80]}”, which is not kept here"

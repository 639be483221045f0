"""Must, should, may: a statement binds exactly as much as its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragkit.grounding.composed.comparing import Comparison
from ragkit.grounding.composed.matching import says
from ragkit.grounding.composed.reading import Token, read

_STRONG = (
    r"cannot|must|shall|ha(?:s|ve) to|(?:is|are|be) (?:required|obligated|obliged)(?: to)?|mandatory|needs? to|"
    r"requires?|"
    r"required|compulsory|(?:is|are) to(?= )|it is necessary|(?:is|are) necessary"
)
_ADVISED = r"should|ought to|recommend(?:s|ed|ation)?|advis(?:ed?|es|able)|suggests?|preferred|preferably|encouraged"
_FREE = (
    r"may|can|(?:is|are|be) (?:allowed|permitted|free|authori[sz]ed)(?: to)?|allow(?:s|ed)?|permit(?:s|ted)?|"
    r"optional(?:ly)?|"
    r"at the discretion|discretion"
)
_NOT = r"(?:\s+(?:not|never)\b)?"
_MODAL = re.compile(rf"\b(?:(?P<must>{_STRONG})|(?P<should>{_ADVISED})|(?P<may>{_FREE}))\b{_NOT}", re.IGNORECASE)
_AFTER_MODAL = re.compile(r"requires?|recommends?|suggests?|allows?|permits?|(?:be )?required(?: to)?", re.IGNORECASE)
_PASSIVE = re.compile(
    r"(?:allowed|permitted|authori[sz]ed|required|recommended|advised|mandatory|optional)$", re.IGNORECASE
)
_RELATIVE = re.compile(r"\b(?:who|that|which|whose|if|when|where|whether)\s(?:\w+\s){0,3}$", re.IGNORECASE)
_NOT_BEFORE = re.compile(r"\bnot?\s+(?:be\s+)?$|\bneeds? not\b", re.IGNORECASE)
_NEGATED = re.compile(r"(?:not|never)$", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:.](?=\s|$)|\s\|\s")
_BEFORE_CLAUSE = 12
"""A modal may stand so many characters before the first word of its clause that carries meaning."""
_ACTS = 3


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: another modal than that of the line for the same act, or "may" lost or put in."""
    everywhere = [modal for line in comparison.evidence for modal in _modals(line.text)]
    freed = any(modal.strength == "may" for text in comparison.sentences for modal in _modals(text.text))
    for part in comparison.parts:
        start = part.text.tokens[part.places[0]].start
        end = part.text.tokens[part.places[-1]].end
        start = 0 if part.places[0] == 0 else start - _BEFORE_CLAUSE
        end = len(part.text.text) if part.places[-1] == len(part.text.tokens) - 1 else end
        ours = [modal for modal in _modals(part.text.text) if start <= modal.start <= end]
        lines = comparison.near(part)
        theirs = [modal for line in lines for modal in _modals(line.text)]
        for modal in ours:
            others = _of_the_same_act(modal, everywhere) or {other.strength for other in theirs}
            if others and modal.strength not in others:
                yield f"“{modal.strength}” here, “{min(others)}” in the cited line"
            elif not others and modal.strength == "may":
                yield "“may” here, and nothing of the kind in the cited line"
        given = [modal for modal in _modals(lines[0].text) if not modal.relative] if lines else []
        if not freed and not ours and {modal.strength for modal in given} == {"may"}:
            acts = [act for modal in given for act in modal.acts]
            if any(says(part.text.tokens[place], act) for place in part.places for act in acts):
                yield "the cited line says “may”, which is not kept here"


@dataclass(frozen=True, slots=True)
class _Modal:
    """A modal: how strong it is, where it stands, the words of the act, and whether in a relative clause."""

    strength: str
    start: int
    acts: tuple[Token, ...]
    relative: bool


@lru_cache(maxsize=4096)
def _modals(text: str) -> tuple[_Modal, ...]:
    found: list[_Modal] = []
    for match in _MODAL.finditer(text):
        strength, before = match.lastgroup or "", text[: match.start()]
        if found and _AFTER_MODAL.fullmatch(match[0]) and len(text[found[-1].start : match.start()].split()) <= 3:
            continue  # "may require": the modal is "may"
        if strength == "must" and _NOT_BEFORE.search(before):
            strength = "may"  # "not required": free to
        elif strength == "may" and (_NEGATED.search(match[0]) or _NOT_BEFORE.search(before)):
            strength = "must"  # "may not", "not allowed": must not
        stop = _CLAUSE_END.search(text, match.end())
        end = stop.start() if stop else len(text)
        tokens = read(text)
        acts = tuple(token for token in tokens if match.end() <= token.start < end)[:_ACTS]
        if _PASSIVE.search(match[0]):  # "X is allowed": the act stands before
            acts += tuple(token for token in tokens if token.end <= match.start())[-_ACTS:]
        found.append(_Modal(strength, match.start(), acts, bool(_RELATIVE.search(before))))
    return tuple(found)


def _of_the_same_act(modal: _Modal, others: Sequence[_Modal]) -> set[str]:
    """The strengths of the modals that share most of the act; empty where none shares a word."""
    shared = [sum(any(says(mine, theirs) for theirs in other.acts) for mine in modal.acts) for other in others]
    for place, other in enumerate(others):  # the verb itself says most
        shared[place] += 2 * bool(modal.acts and other.acts and says(modal.acts[0], other.acts[0]))
    top = max(shared, default=0)
    return {other.strength for other, count in zip(others, shared, strict=True) if count == top} if top else set()

"""Must, should, may: a statement binds exactly as much as its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragkit.grounding.composed.comparing import Comparison
from ragkit.grounding.composed.matching import says
from ragkit.grounding.composed.reading import Token, read

_STRONG = (
    r"cannot|must|shall|ha(?:s|ve) to|(?:is|are|be) (?:required|obligated|obliged)(?: to)?|mandatory|needs? to|requires?|required|"
    r"compulsory|(?:is|are) to(?= )|it is necessary|(?:is|are) necessary"
)
_ADVISED = r"should|ought to|recommend(?:s|ed|ation)?|advis(?:ed?|es|able)|suggests?|preferred|preferably|encouraged"
_FREE = (
    r"may|can|(?:is|are|be) (?:allowed|permitted|able|free)(?: to)?|allow(?:s|ed)?|permit(?:s|ted)?|optional(?:ly)?|"
    r"at the discretion|discretion|authori[sz]ed"
)
_NOT = r"(?:\s+(?:not|never))?"
_MODAL = re.compile(rf"\b(?:(?P<must>{_STRONG})|(?P<should>{_ADVISED})|(?P<may>{_FREE}))\b{_NOT}", re.IGNORECASE)
_ACTS = 3


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: another modal than that of the line for the same act, or "may" lost or put in."""
    freed = any(strength == "may" for text in comparison.sentences for strength, _, _ in _modals(text.text))
    for part in comparison.parts:
        start = part.text.tokens[part.places[0]].start
        end = part.text.tokens[part.places[-1]].end
        ours = [modal for modal in _modals(part.text.text) if start - 12 <= modal[1] <= end]
        lines = comparison.near(part)
        theirs = [modal for line in lines for modal in _modals(line.text)]
        for strength, _, acts in ours:
            others = {other for other, _, other_acts in theirs if _same_act(acts, other_acts)}
            others = others or {other for other, _, _ in theirs}
            if others and strength not in others:
                yield f"“{strength}” here, “{min(others)}” in the cited line"
            elif not others and strength == "may":
                yield "“may” here, and nothing of the kind in the cited line"
        if not freed and not ours and lines and {strength for strength, _, _ in _modals(lines[0].text)} == {"may"}:
            acts = [act for _, _, others in _modals(lines[0].text) for act in others]
            if any(says(part.text.tokens[place], act) for place in part.places for act in acts):
                yield "the cited line says “may”, which is not kept here"


def _modals(text: str) -> list[tuple[str, int, tuple[Token, ...]]]:
    found = []
    for match in _MODAL.finditer(text):
        strength = match.lastgroup or ""
        if re.search(r"\bnot?\s+(?:be\s+)?$|\bneed(?:s)? not\b", text[: match.start()]) and strength == "must":
            strength = "may"  # "not required": free to
        elif strength == "may" and re.search(r"(?:not|never)$", match[0]):
            strength = "must"  # "may not": must not
        acts = tuple(token for token in read(text) if token.start >= match.end())[:_ACTS]
        found.append((strength, match.start(), acts))
    return found


def _same_act(one: tuple[Token, ...], other: tuple[Token, ...]) -> bool:
    return any(says(mine, theirs) for mine in one for theirs in other)

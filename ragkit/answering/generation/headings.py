"""What title and headings say of a line: a statement names its subject, which a line often leaves to the heading.

"Assess the site every 4 hours" under "Peripheral IV catheters" carries "Assess a peripheral IV site every 4 hours". A
heading must never lend a line what the line says otherwise, or what is not clear: numbers never count; a medicine, a
route, a population or the like counts only if the line names none of its kind, and only from the nearest heading that
does, if that names exactly one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.answering.generation.lines import Line
from ragkit.grounding.composed.reading import NUMBER, QUANTITY, WORD, Token, read


def with_headings(line: Line) -> str:
    """The line's evidence under what its headings and its document's title say of it."""
    levels = (*reversed(line.unit.section), line.evidence.document.governance.title)
    taken = {token.kind for token in read(line.evidence_text) if token.kind != WORD}
    kept: list[str] = []
    for level in dict.fromkeys(levels):
        tokens = read(level)
        named = _by_kind(tokens)
        clear = {kind for kind, keys in named.items() if len(keys) == 1 and kind not in taken}
        kept.append(_without([token for token in tokens if not _counts(token, clear)], level))
        taken |= set(named)
    return "\n".join([*(level for level in reversed(kept) if level), line.evidence_text])


def _by_kind(tokens: Sequence[Token]) -> dict[str, set[str]]:
    """What is named, by kind; words aside."""
    named: dict[str, set[str]] = {}
    for token in tokens:
        if token.kind != WORD:
            named.setdefault(token.kind, set()).add(token.key)
    return named


def _counts(token: Token, clear: set[str]) -> bool:
    return token.kind == WORD or (token.kind not in (NUMBER, QUANTITY) and token.kind in clear)


def _without(tokens: Sequence[Token], text: str) -> str:
    """The text with some tokens taken out."""
    for token in sorted(tokens, key=lambda each: -each.start):
        text = f"{text[: token.start]} {text[token.end :]}"
    return " ".join(text.split()) if any(character.isalpha() for character in text) else ""

"""Cutting a span of text that is too long: at line ends, then sentence ends, clauses, words, and characters at last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

CountTokens = Callable[[str], int]
Span = tuple[int, int]

_SENTENCE_STARTS = re.compile(r"(?<=[.!?])[\"')\]\u2019\u201d]*\s+(?=[\"'(\[\u2018\u201c\u2022]?[A-Z0-9])")
_BOUNDARIES = (
    re.compile(r"\s*\n\s*"),
    _SENTENCE_STARTS,
    re.compile(r"(?<=[;:])\s+|\s*\t\s*"),
    re.compile(r"\s+"),
)


def split_span(text: str, start: int, end: int, budget: int, count_tokens: CountTokens) -> list[Span]:
    """Parts of ``text[start:end]`` of at most ``budget`` tokens each, in order; only white space lies between them.

    Args:
        text: the whole text.
        start: offset of the span's first character.
        end: offset after its last character.
        budget: the most tokens a part may have, at least 1.
        count_tokens: the tokenizer's count.

    Returns:
        Parts cut at the strongest boundary that makes them fit. A single character is never cut, whatever its count.
    """
    start, end = trimmed(text, start, end)
    if start == end:
        return []
    return [span for span, _ in _split(text, (start, end), budget, count_tokens, 0)]


def sentence_starts(text: str, start: int, end: int) -> list[int]:
    """Offsets in ``[start, end)`` at which a line or a sentence begins, ``start`` included."""
    starts = {start}
    for boundary in _BOUNDARIES[:2]:
        starts.update(match.end() for match in boundary.finditer(text, start, end) if match.end() < end)
    return sorted(starts)


def last_part(text: str, start: int, end: int, budget: int, count_tokens: CountTokens) -> Span | None:
    """The longest end of ``text[start:end]`` of at most ``budget`` tokens; None where not even its last word fits.

    It begins at a sentence where that keeps at least half of what the budget allows, else at a word.
    """
    words = [match.start() for match in re.compile(r"\S+").finditer(text, start, end)]
    first = _first_that_fits(text, words, end, budget, count_tokens)
    if first is None:
        return None
    for sentence in sentence_starts(text, start, end):
        if sentence >= first:
            enough = count_tokens(text[sentence:end]) * 2 >= budget
            return (sentence, end) if enough else (first, end)
    return first, end


def _first_that_fits(text: str, starts: list[int], end: int, budget: int, count_tokens: CountTokens) -> int | None:
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if count_tokens(text[starts[middle] : end]) <= budget:
            high = middle
        else:
            low = middle + 1
    return starts[low] if low < len(starts) else None


def _split(text: str, span: Span, budget: int, count_tokens: CountTokens, depth: int) -> list[tuple[Span, int]]:
    tokens = count_tokens(text[span[0] : span[1]])
    if tokens <= budget or span[1] - span[0] == 1:
        return [(span, tokens)]
    if depth == len(_BOUNDARIES):
        middle = (span[0] + span[1]) // 2
        halves = [(span[0], middle), (middle, span[1])]
        return [part for half in halves for part in _split(text, half, budget, count_tokens, depth)]
    pieces = [
        part
        for piece in _pieces(text, span, _BOUNDARIES[depth])
        for part in _split(text, piece, budget, count_tokens, depth + 1)
    ]
    return list(_joined(text, pieces, budget, count_tokens))


def _pieces(text: str, span: Span, boundary: re.Pattern[str]) -> Iterator[Span]:
    start = span[0]
    for match in boundary.finditer(text, *span):
        if start < match.start() and match.end() < span[1]:
            yield start, match.start()
            start = match.end()
    yield start, span[1]


def _joined(
    text: str, pieces: list[tuple[Span, int]], budget: int, count_tokens: CountTokens
) -> Iterator[tuple[Span, int]]:
    """Neighbours put together again as long as they fit, so that parts are as long as they may be."""
    (start, end), tokens = pieces[0]
    for (next_start, next_end), next_tokens in pieces[1:]:
        # The sum decides cheaply; the true count confirms it, as joining can change how a word is cut into tokens.
        together = tokens + next_tokens
        if together <= budget and (together := count_tokens(text[start:next_end])) <= budget:
            end, tokens = next_end, together
        else:
            yield (start, end), tokens
            start, end, tokens = next_start, next_end, next_tokens
    yield (start, end), tokens


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end

"""The line in front of a chunk that says where it comes from: embedded and indexed with it, never quoted."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.chunking.splitting import CountTokens
from ragkit.documents.governance import Governance

_BETWEEN = " > "


def heading_line(governance: Governance, section: Sequence[str], count_tokens: CountTokens, room: int) -> str:
    """Reference number, title and section trail, in at most ``room`` tokens.

    Where they do not all fit, the outer headings of the trail go first, then the inner ones, then the end of the title.
    """
    title = _one_line(governance.title)
    number = governance.reference_number
    named = f"{number} {title}".strip() if number and number.casefold() not in title.casefold() else title
    trail = [heading for heading in map(_one_line, section) if heading and heading.casefold() != title.casefold()]
    for first in range(len(trail) + 1):
        line = _BETWEEN.join(part for part in (named, *trail[first:]) if part)
        if count_tokens(line) <= room:
            return line
    return _first_words(named, count_tokens, room)


def _first_words(text: str, count_tokens: CountTokens, room: int) -> str:
    words = text.split()
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(" ".join(words[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])


def _one_line(text: str) -> str:
    return " ".join(text.split())

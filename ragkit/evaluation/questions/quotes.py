"""Where a quote stands in a text, white space aside; and where it stops agreeing, for the person who mends it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

_SHOWN = 40
_SEED = 12


def occurrences(quote: str, text: str) -> Iterator[int]:
    """The offsets in ``text`` at which the quote starts; white space does not count on either side."""
    wanted = _without_space(quote)
    packed, offsets = _packed(text)
    at = packed.find(wanted) if wanted else -1
    while at >= 0:
        yield offsets[at]
        at = packed.find(wanted, at + 1)


def stands_in(quote: str, text: str) -> bool:
    """Whether the quote stands in ``text``, white space aside."""
    return next(occurrences(quote, text), None) is not None


def parting(quote: str, text: str) -> tuple[str, str, str] | None:
    """How far a quote that does not stand in a text agrees with it.

    Returns:
        (the last words that agree, how the quote goes on, how the text goes on); None where not even a beginning of
        the quote stands there.
    """
    wanted = _without_space(quote)
    packed, offsets = _packed(text)
    low, high = 0, len(wanted)
    while low < high:  # the longest beginning that stands there: every beginning of it does, too
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wanted[:middle] in packed else (low, middle - 1)
    if low < min(_SEED, len(wanted) - 1):
        return None
    at = packed.find(wanted[:low]) + low
    rest = text[offsets[at] : offsets[at] + _SHOWN] if at < len(offsets) else ""
    position = _position(quote, low)
    return _plain(quote[:position])[-_SHOWN:], _plain(quote[position : position + _SHOWN]), _plain(rest)


@lru_cache(maxsize=1024)
def _packed(text: str) -> tuple[str, list[int]]:
    """A text without its white space, and the offset in the text of each character that is left."""
    offsets = [offset for offset, character in enumerate(text) if not character.isspace()]
    return "".join(text[offset] for offset in offsets), offsets


def _without_space(text: str) -> str:
    return "".join(text.split())


def _position(text: str, count: int) -> int:
    """The offset after the first ``count`` characters that are no white space."""
    for offset, character in enumerate(text):
        if count == 0:
            return offset
        count -= not character.isspace()
    return len(text)


def _plain(text: str) -> str:
    return " ".join(text.split())

"""Glyphs to words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ragkit.documents.formats.pdf.geometry import Glyph, Word
from ragkit.documents.formats.pdf.markers import CIRCLED
from ragkit.documents.formats.pdf.symbols import REPLACEMENT, is_symbol_font

_WORD_GAP = 0.2
"""A gap wider than this share of the font size parts two words."""
_SPACED_LETTERS = 4
_ZERO_WIDTH = set("\u200b\u200c\u200d\u2060\ufeff\u00ad")


def build_words(glyphs: Iterable[Glyph]) -> list[Word]:
    """Joins glyphs that touch, in content order.

    Args:
        glyphs: visible glyphs of one page.

    Returns:
        The words, in content order.
    """
    words: list[Word] = []
    current: list[Glyph] = []
    for glyph in glyphs:
        if glyph.char in _ZERO_WIDTH or glyph.char.isspace():
            continue
        if current and not _goes_on(current[-1], glyph):
            words.append(_word(current))
            words[-1].space_after = glyph.space_before
            current = []
        current.append(glyph)
    if current:
        words.append(_word(current))
    return _join_spaced_letters(words)


def _join_spaced_letters(words: list[Word]) -> list[Word]:
    """Letter-spaced words ("P O L I C Y") are joined; a wider gap parts two of them."""
    joined: list[Word] = []
    index = 0
    while index < len(words):
        end, gap = index + 1, 0.0
        while end < len(words) and (step := _letter_gap(words[end - 1], words[end])) > 0:
            if gap and not 0.65 * gap <= step <= 1.5 * gap:
                break
            gap = min(gap, step) if gap else step
            end += 1
        if end - index >= _SPACED_LETTERS:
            run = words[index:end]
            joined.append(
                replace(run[0], text="".join(w.text for w in run), x1=run[-1].x1, space_after=run[-1].space_after)
            )
        else:
            end = index + 1
            joined.append(words[index])
        index = end
    return joined


def _letter_gap(last: Word, word: Word) -> float:
    """The gap between two single letters of one style; 0 for other words."""
    if len(last.text) != 1 or len(word.text) != 1 or not (last.text.isalpha() and word.text.isalpha()):
        return 0.0
    if abs(last.baseline - word.baseline) > 0.1 or last.style.size != word.style.size:
        return 0.0
    gap = word.x0 - last.x1
    return gap if gap < 2 * word.style.size else 0.0


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    if last.style is not glyph.style and not _alike(last, glyph):
        return False
    size = glyph.style.size
    if last.char in CIRCLED and glyph.char.isalpha():
        return False
    if abs(last.baseline - glyph.baseline) > 0.1 * size:
        return False
    gap = glyph.x0 - last.x1
    if glyph.space_before and gap > 0.05 * size:
        return False
    return -0.4 * size < gap < _WORD_GAP * size and glyph.x0 >= last.x0 - 0.1 * size


def _alike(last: Glyph, glyph: Glyph) -> bool:
    a, b = last.style, glyph.style
    return a.size == b.size and a.bold == b.bold and a.upright == b.upright


def _word(glyphs: list[Glyph]) -> Word:
    first = glyphs[0]
    return Word(
        text="".join(glyph.char for glyph in glyphs),
        x0=first.x0,
        x1=max(glyph.x1 for glyph in glyphs),
        top=min(glyph.top for glyph in glyphs),
        bottom=max(glyph.bottom for glyph in glyphs),
        baseline=first.baseline,
        style=first.style,
        space_before=first.space_before,
    )


def mend_lost_bullets(words: Sequence[Word]) -> int:
    """A lone sign of a symbol font without meaning that begins a line is a bullet or a tick box; it becomes a bullet.

    Between words it could as well be a "≥": there it stays a replacement sign.

    Returns:
        How many other characters have no meaning.
    """
    lost = 0
    for index, word in enumerate(words):
        if REPLACEMENT not in word.text:
            continue
        following = words[index + 1] if index + 1 < len(words) else None
        before_text = following is not None and 0 < following.x0 - word.x1 < 4 * word.style.size
        last = words[index - 1] if index else None
        after_text = (
            last is not None
            and abs(last.baseline - word.baseline) < 0.5 * word.style.size
            and 0 <= word.x0 - last.x1 < 2.5 * word.style.size
        )
        if word.text == REPLACEMENT and is_symbol_font(word.style.font) and before_text and not after_text:
            word.text = "•"
        else:
            lost += word.text.count(REPLACEMENT)
    return lost

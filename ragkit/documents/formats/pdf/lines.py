"""Words to lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ragkit.documents.formats.pdf.geometry import Line, Word
from ragkit.documents.formats.pdf.markers import CIRCLED

_SAME_LINE = 0.3
"""Baselines closer than this share of the font size are one line."""
_RAISED = 0.65
"""A smaller word (a superscript, a subscript) may stand off by this share of the larger size."""
_SPACE = 0.12
"""A gap wider than this share of the font size is read as a space even where the file has none."""


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Groups words into rows by their baselines, top to bottom, each from left to right."""
    rows: list[list[Word]] = []
    bases: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda w: (w.baseline, w.x0)):
        for index in range(len(rows) - 1, max(-1, len(rows) - 7), -1):
            if _same_row(word, *bases[index]):
                rows[index].append(word)
                if word.style.size > bases[index][1] * 1.15:
                    bases[index] = (word.baseline, word.style.size)
                break
        else:
            rows.append([word])
            bases.append((word.baseline, word.style.size))
    ordered = sorted(zip(bases, rows, strict=True), key=lambda pair: pair[0][0])
    return [sorted(row, key=lambda w: w.x0) for row in _with_raised(ordered)]


def _with_raised(rows: Sequence[tuple[tuple[float, float], list[Word]]]) -> list[list[Word]]:
    """Rows of nothing but raised signs go to the row below, of lowered ones to the row above."""
    merged: list[tuple[tuple[float, float], list[Word]]] = []
    for (baseline, size), row in rows:
        if merged:
            (above, above_size), above_row = merged[-1]
            small, large = sorted((size, above_size))
            if small < 0.8 * large and abs(baseline - above) <= _RAISED * large and not _overlap(above_row, row):
                base = (baseline, size) if size >= above_size else (above, above_size)
                merged[-1] = (base, above_row + row)
                continue
        merged.append(((baseline, size), row))
    return [row for _, row in merged]


def _overlap(a: Sequence[Word], b: Sequence[Word]) -> bool:
    return any(v.x0 < w.x1 - 0.5 and w.x0 < v.x1 - 0.5 for v in a for w in b)


def _same_row(word: Word, baseline: float, size: float) -> bool:
    distance = abs(word.baseline - baseline)
    small, large = sorted((word.style.size, size))
    return distance <= (_RAISED if small < 0.8 * large else _SAME_LINE) * large


def make_line(words: Sequence[Word], page: int) -> Line:
    """One line from the words of one row."""
    words = _joined(words)
    heavy = max(words, key=lambda w: (w.style.size, len(w.text)))
    letters = sum(len(w.text) for w in words)
    bold = sum(len(w.text) for w in words if w.style.bold) >= 0.9 * letters
    sizes: dict[float, int] = {}
    for word in words:
        size = round(word.style.size, 1)
        sizes[size] = sizes.get(size, 0) + len(word.text)
    return Line(
        words=list(words),
        page=page,
        text=join_words(words),
        x0=words[0].x0,
        x1=max(w.x1 for w in words),
        top=min(w.top for w in words),
        bottom=max(w.bottom for w in words),
        baseline=heavy.baseline,
        size=max(sizes, key=lambda s: sizes[s]),
        bold=bold,
    )


def _joined(words: Sequence[Word]) -> list[Word]:
    """Parts of one word in several fonts ("1" and ".") become one word; raised and lowered signs stay apart."""
    joined = [words[0]]
    for word in words[1:]:
        last = joined[-1]
        touching = (
            last.text not in CIRCLED
            and not _parted(last, word)
            and abs(last.baseline - word.baseline) < 0.1 * word.style.size
        )
        if touching and last.style.bold == word.style.bold:
            joined[-1] = replace(
                last, text=last.text + word.text, x1=max(last.x1, word.x1), space_after=word.space_after
            )
        else:
            joined.append(word)
    return joined


def join_words(words: Sequence[Word]) -> str:
    """The words as text, a space wherever the page shows one."""
    parts: list[str] = []
    last: Word | None = None
    for word in words:
        if last is not None and _parted(last, word):
            parts.append(" ")
        parts.append(word.text)
        last = word
    return "".join(parts)


def _parted(last: Word, word: Word) -> bool:
    if last.space_after and word.space_before:
        return word.x0 - last.x1 > -0.2 * word.style.size
    return word.x0 - last.x1 > _SPACE * min(last.style.size, word.style.size)


def build_lines(words: Sequence[Word], page: int) -> list[Line]:
    """The lines of one column or cell, top to bottom."""
    return [make_line(row, page) for row in rows_of(words)]

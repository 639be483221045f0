"""Text that does not run from left to right: watermarks across the page, labels along its edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.documents.formats.pdf.geometry import Glyph

_WATERMARK_SIZE = 24.0


@dataclass(frozen=True, slots=True)
class TurnedText:
    """A run of turned text.

    Attributes:
        text: its words.
        size: font size in points.
    """

    text: str
    size: float

    @property
    def is_watermark(self) -> bool:
        """Whether it is as large as only watermarks are ("DRAFT" across the page)."""
        return self.size >= _WATERMARK_SIZE


def turned_text(glyphs: Sequence[Glyph]) -> list[TurnedText]:
    """The runs of glyphs that are not upright, in content order.

    Args:
        glyphs: the glyphs of a page; upright ones part the runs.
    """
    runs: list[TurnedText] = []
    text, size = "", 0.0
    for glyph in glyphs:
        if glyph.style.upright or (text and abs(glyph.style.size - size) > 0.5):
            if text:
                runs.append(TurnedText(text, size))
            text = ""
        if not glyph.style.upright:
            text += (" " if text and glyph.space_before else "") + glyph.char
            size = glyph.style.size
    if text:
        runs.append(TurnedText(text, size))
    return [run for run in runs if any(c.isalnum() for c in run.text)]

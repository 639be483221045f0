"""Pages whose words are in a picture: a form or flowchart that was pasted in as an image."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.documents.formats.pdf.geometry import Box
from ragkit.documents.formats.pdf.units import PageContent

_PICTURE = 0.25
"""The pictures take at least this share of the page."""
_FEW_WORDS = 100
"""The page has fewer words than this in its text layer."""


def picture_pages(pages: Sequence[PageContent]) -> set[int]:
    """Numbers of the pages with a large picture and few words; a watermark, which other pages have too, is none.

    Args:
        pages: all pages of a document.
    """
    marks = [box for page in pages if page.word_count >= _FEW_WORDS for box in _images(page)]
    found = set()
    for page in pages:
        boxes = [box for box in _images(page) if not any(_same(box, mark) for mark in marks)]
        area = sum(box.width * box.height for box in boxes)
        if page.word_count < _FEW_WORDS and area > _PICTURE * page.width * page.height:
            found.add(page.number)
    return found


def _images(page: PageContent) -> list[Box]:
    return [fill.box for fill in page.drawings.fills if fill.image]


def _same(a: Box, b: Box) -> bool:
    return max(abs(a.x0 - b.x0), abs(a.x1 - b.x1), abs(a.top - b.top), abs(a.bottom - b.bottom)) < 4

"""Reads one page: words and drawings, laid out."""

from __future__ import annotations

import pypdfium2

from ragkit.documents.formats.pdf.annotations import read_annotations
from ragkit.documents.formats.pdf.characters import CharacterReader
from ragkit.documents.formats.pdf.drawings import DrawingReader
from ragkit.documents.formats.pdf.exclusions import exclude
from ragkit.documents.formats.pdf.placement import Placement
from ragkit.documents.formats.pdf.units import PageContent, lay_out
from ragkit.documents.formats.pdf.words import build_words, mend_lost_bullets


def read_page(document: pypdfium2.PdfDocument, index: int) -> PageContent:
    """Reads the page with the given index (0-based)."""
    page = document[index]
    text_page = page.get_textpage()
    try:
        left, bottom, right, top = page.get_cropbox()
        placement = Placement(left, bottom, right, top, page.get_rotation() // 90)
        drawings = DrawingReader(placement).read(page.raw)
        content = PageContent(index + 1, placement.width, placement.height, drawings)
        glyphs = list(CharacterReader(text_page.raw, placement, drawings.text_orders).glyphs())
        struck = read_annotations(page.raw, placement, drawings)
        kept, content.excluded = exclude(glyphs, drawings, struck, page, placement)
        words = build_words(kept)
        content.unreadable = mend_lost_bullets(words)
        lay_out(words, content)
        return content
    finally:
        text_page.close()
        page.close()

"""Reads one page: words and drawings, laid out."""

from __future__ import annotations

import pypdfium2

from ragkit.documents.formats.pdf.annotations import flatten_fields, read_annotations
from ragkit.documents.formats.pdf.characters import CharacterReader
from ragkit.documents.formats.pdf.drawings import DrawingReader, Drawings
from ragkit.documents.formats.pdf.exclusions import exclude
from ragkit.documents.formats.pdf.placement import Placement
from ragkit.documents.formats.pdf.turned import turned_text
from ragkit.documents.formats.pdf.units import PageContent, lay_out
from ragkit.documents.formats.pdf.words import build_words, mend_lost_bullets


def read_page(document: pypdfium2.PdfDocument, index: int) -> PageContent:
    """Reads the page with the given index (0-based)."""
    page = document[index]
    left, bottom, right, top = page.get_cropbox()
    placement = Placement(left, bottom, right, top, page.get_rotation() // 90)
    annotated = Drawings()
    struck = read_annotations(page.raw, placement, annotated)
    if flatten_fields(page.raw):
        # annotations are part of the page now
        page.close()
        page, annotated = document[index], Drawings()
    text_page = page.get_textpage()
    try:
        drawings = DrawingReader(placement).read(page.raw)
        drawings.horizontal += annotated.horizontal
        drawings.fills += annotated.fills
        content = PageContent(index + 1, placement.width, placement.height, drawings)
        glyphs = list(CharacterReader(text_page.raw, placement, drawings.text_orders).glyphs())
        kept, content.excluded = exclude(glyphs, drawings, struck, page, placement)
        content.turned = turned_text(kept)
        words = build_words(glyph for glyph in kept if glyph.style.upright)
        content.unreadable = mend_lost_bullets(words)
        lay_out(words, content)
        return content
    finally:
        text_page.close()
        page.close()

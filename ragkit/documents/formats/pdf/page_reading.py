"""Reads one page: words and drawings, laid out."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2

from ragkit.documents.formats.pdf.annotations import flatten_fields, read_annotations
from ragkit.documents.formats.pdf.characters import CharacterReader
from ragkit.documents.formats.pdf.drawings import DrawingReader, Drawings
from ragkit.documents.formats.pdf.exclusions import exclude
from ragkit.documents.formats.pdf.geometry import Box, Glyph
from ragkit.documents.formats.pdf.placement import Placement
from ragkit.documents.formats.pdf.turned import turned_text
from ragkit.documents.formats.pdf.units import PageContent, lay_out
from ragkit.documents.formats.pdf.words import build_words, mend_lost_bullets

_MOSTLY = 0.6


def read_page(document: pypdfium2.PdfDocument, index: int) -> PageContent:
    """Reads the page with the given index (0-based)."""
    page = document[index]
    placement = _placement(page)
    struck_before = _flatten(page, placement)
    if struck_before is not None:
        # form fields and text boxes are part of the page now; what is struck out was noted before
        page.close()
        page = document[index]
    text_page = page.get_textpage()
    try:
        placement, drawings, glyphs = _read_upright(page, text_page, placement)
        struck = read_annotations(page.raw, placement, drawings) if struck_before is None else struck_before
        content = PageContent(index + 1, placement.width, placement.height, drawings)
        kept, content.excluded = exclude(glyphs, drawings, struck, page, placement)
        content.turned = turned_text(kept)
        words = build_words(glyph for glyph in kept if glyph.style.upright)
        content.unreadable = mend_lost_bullets(words)
        lay_out(words, content)
        return content
    finally:
        text_page.close()
        page.close()


def _placement(page: pypdfium2.PdfPage) -> Placement:
    """The visible part: what the crop box leaves of the media box."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    return Placement(left, bottom, right, top, page.get_rotation() // 90)


def _flatten(page: pypdfium2.PdfPage, placement: Placement) -> list[Box] | None:
    """Flattens form fields; returns the boxes struck out before that, None if there was nothing to flatten."""
    struck = read_annotations(page.raw, placement, Drawings())
    return struck if flatten_fields(page.raw) else None


def _read_upright(
    page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, placement: Placement
) -> tuple[Placement, Drawings, list[Glyph]]:
    """Reads the page as its text stands: a page whose text runs upwards is turned."""
    read = _read(page, text_page, placement)
    turned = sum(1 for glyph in read[2] if not glyph.style.upright)
    if turned <= _MOSTLY * len(read[2]):
        return read
    turns = [replace(placement, quarter_turns=(placement.quarter_turns + extra) % 4) for extra in (1, 3, 2)]
    tried = [_read(page, text_page, turn) for turn in turns]
    return max([read, *tried], key=lambda result: sum(1 for glyph in result[2] if glyph.style.upright))


def _read(
    page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, placement: Placement
) -> tuple[Placement, Drawings, list[Glyph]]:
    drawings = DrawingReader(placement).read(page.raw)
    return placement, drawings, list(CharacterReader(text_page.raw, placement, drawings.text_orders).glyphs())

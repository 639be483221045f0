"""Proves that text cannot be seen: the page is painted with and without it, and the two pictures are compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ragkit.documents.formats.pdf.geometry import Glyph
from ragkit.documents.formats.pdf.placement import Placement

_SCALE = 2.0
_DIFFERENCE = 20
"""A grey level difference (of 255) that an eye can see."""


def invisible_glyphs(
    page: pypdfium2.PdfPage, placement: Placement, suspects: Sequence[Glyph], orders: Collection[int]
) -> list[Glyph]:
    """Those of ``suspects`` that make no visible difference to the painted page.

    Args:
        page: the page; its objects are switched off and on again.
        placement: how the page lies.
        suspects: glyphs that may be hidden.
        orders: paint orders of their text objects.
    """
    full = _paint(page)
    switched = list(_switch(page, set(orders)))
    try:
        without = _paint(page)
    finally:
        for item in switched:
            pdfium.FPDFPageObj_SetIsActive(item, True)
    difference = np.abs(full.astype(np.int16) - without.astype(np.int16)).max(axis=2)
    return [glyph for glyph in suspects if not _is_seen(difference, glyph)]


def _is_seen(difference: np.ndarray, glyph: Glyph) -> bool:
    height, width = difference.shape
    x0, x1 = max(0, int(glyph.x0 * _SCALE)), min(width, int(glyph.x1 * _SCALE) + 2)
    y0, y1 = max(0, int(glyph.top * _SCALE)), min(height, int(glyph.bottom * _SCALE) + 2)
    if x0 >= x1 or y0 >= y1:
        return False
    return bool(difference[y0:y1, x0:x1].max() > _DIFFERENCE)


def _paint(page: pypdfium2.PdfPage) -> np.ndarray:
    bitmap = page.render(scale=_SCALE, may_draw_forms=False, optimize_mode=None)
    return np.array(bitmap.to_numpy()[:, :, :3])


def _switch(page: pypdfium2.PdfPage, orders: set[int]) -> Iterator[object]:
    """Switches text objects off, in the order in which they were counted when the page was read."""
    counter = 0

    def walk(objects: Iterator[object]) -> Iterator[object]:
        nonlocal counter
        for item in objects:
            counter += 1
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT and counter in orders:
                pdfium.FPDFPageObj_SetIsActive(item, False)
                yield item
            elif kind == pdfium.FPDF_PAGEOBJ_FORM:
                count = pdfium.FPDFFormObj_CountObjects(item)
                yield from walk(pdfium.FPDFFormObj_GetObject(item, i) for i in range(count))

    count = pdfium.FPDFPage_CountObjects(page.raw)
    yield from walk(pdfium.FPDFPage_GetObject(page.raw, i) for i in range(count))

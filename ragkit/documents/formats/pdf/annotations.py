"""Annotations that strike text out or cover it."""

from __future__ import annotations

import ctypes

import pypdfium2.raw as pdfium

from ragkit.documents.formats.pdf.drawings import Drawings, Fill, Rule
from ragkit.documents.formats.pdf.geometry import Box
from ragkit.documents.formats.pdf.placement import Placement

_ABOVE_ALL = 1 << 30
"""Annotations are painted after the page."""
_HIDDEN_FLAGS = 0x02 | 0x20


def read_annotations(page: object, placement: Placement, drawings: Drawings) -> list[Box]:
    """Reads the annotations of a page.

    Lines drawn as annotations are added to the drawings' rules, filled squares to its fills.

    Returns:
        The boxes of text that strike-out annotations cover.
    """
    struck: list[Box] = []
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN_FLAGS:
                continue
            subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
            if subtype == pdfium.FPDF_ANNOT_STRIKEOUT:
                struck += _quads(annotation, placement)
            elif subtype == pdfium.FPDF_ANNOT_LINE:
                _line(annotation, placement, drawings)
            elif subtype == pdfium.FPDF_ANNOT_SQUARE:
                _square(annotation, placement, drawings)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return struck


def flatten_fields(page: object) -> bool:
    """Makes what is written in form fields and text boxes part of the page, so that it is read like the rest.

    Returns:
        Whether the page changed; it must be loaded again then.
    """
    count = pdfium.FPDFPage_GetAnnotCount(page)
    if not any(_holds_words(page, index) for index in range(count)):
        return False
    return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS)


def _holds_words(page: object, index: int) -> bool:
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return False
    try:
        hidden = pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN_FLAGS
        return not hidden and pdfium.FPDFAnnot_GetSubtype(annotation) in (
            pdfium.FPDF_ANNOT_WIDGET,
            pdfium.FPDF_ANNOT_FREETEXT,
            pdfium.FPDF_ANNOT_STAMP,
        )
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)


def _quads(annotation: object, placement: Placement) -> list[Box]:
    boxes = []
    quad = pdfium.FS_QUADPOINTSF()
    for index in range(pdfium.FPDFAnnot_CountAttachmentPoints(annotation)):
        if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, index, ctypes.byref(quad)):
            xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
            boxes.append(placement.box(min(xs), min(ys), max(xs), max(ys)))
    if not boxes:
        boxes.append(_rectangle(annotation, placement))
    return boxes


def _rectangle(annotation: object, placement: Placement) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(rect))
    return placement.box(rect.left, rect.bottom, rect.right, rect.top)


def _line(annotation: object, placement: Placement, drawings: Drawings) -> None:
    start, end = pdfium.FS_POINTF(), pdfium.FS_POINTF()
    if not pdfium.FPDFAnnot_GetLine(annotation, ctypes.byref(start), ctypes.byref(end)):
        return
    box = placement.box(min(start.x, end.x), min(start.y, end.y), max(start.x, end.x), max(start.y, end.y))
    if box.height <= 2.5 < box.width:
        drawings.horizontal.append(Rule(box, _ABOVE_ALL))


def _square(annotation: object, placement: Placement, drawings: Drawings) -> None:
    channels = tuple(ctypes.c_uint() for _ in range(4))
    interior = pdfium.FPDFANNOT_COLORTYPE_InteriorColor
    if pdfium.FPDFAnnot_GetColor(annotation, interior, *(ctypes.byref(channel) for channel in channels)):
        red, green, blue, alpha = (channel.value for channel in channels)
        if alpha > 250:
            drawings.fills.append(Fill(_rectangle(annotation, placement), (red, green, blue, alpha), _ABOVE_ALL))

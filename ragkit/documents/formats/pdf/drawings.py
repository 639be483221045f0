"""What is painted on a page besides text: rules, filled boxes, images, and in which order."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2.raw as pdfium

from ragkit.documents.formats.pdf.geometry import Box
from ragkit.documents.formats.pdf.placement import Placement

_THIN = 2.5
"""A filled box thinner than this, in points, is a rule."""
_MOST_SEGMENTS = 40
"""A path of more segments is a drawing (a signature, a logo), not a rule or a box."""
_DEEPEST = 4
Colour = tuple[int, int, int, int]
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight horizontal or vertical line.

    Attributes:
        box: its extent; its thickness is the smaller side.
        order: its paint order.
        colour: what it is painted in; None where it is a pattern.
    """

    box: Box
    order: int
    colour: Colour | None = None

    @property
    def is_white(self) -> bool:
        """Whether it cannot be seen on white paper."""
        return self.colour is not None and min(self.colour[:3]) > 235


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled rectangle or an image."""

    box: Box
    colour: Colour | None
    order: int
    image: bool = False
    opaque: bool = True


@dataclass(slots=True)
class Drawings:
    """Everything painted on a page.

    Attributes:
        horizontal, vertical: the rules.
        fills: filled boxes and images in paint order.
        shapes: boxes of other paths (curves, arrows, drawings).
        text_orders: paint order of each text object, by its address.
    """

    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    shapes: list[Box] = field(default_factory=list)
    text_orders: dict[int, int] = field(default_factory=dict)


class DrawingReader:
    """Walks the page objects of one page."""

    def __init__(self, placement: Placement):
        self._placement = placement
        self._found = Drawings()
        self._order = 0
        self._edges = tuple(ctypes.c_float() for _ in range(4))

    def read(self, page: object) -> Drawings:
        """All drawings of ``page`` (a PDFium page handle)."""
        count = pdfium.FPDFPage_CountObjects(page)
        self._walk((pdfium.FPDFPage_GetObject(page, i) for i in range(count)), _IDENTITY, 0)
        return self._found

    def _walk(self, objects: Iterator[object], outer: Matrix, depth: int) -> None:
        for item in objects:
            self._order += 1
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                address = ctypes.cast(item, ctypes.c_void_p).value  # type: ignore[arg-type]
                if address:
                    self._found.text_orders[address] = self._order
            elif kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(item, outer)
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                self._found.fills.append(
                    Fill(self._bounds(item, outer), None, self._order, True, not _is_transparent(item))
                )
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inner = _multiply(_matrix_of(item), outer)
                count = pdfium.FPDFFormObj_CountObjects(item)
                self._walk((pdfium.FPDFFormObj_GetObject(item, i) for i in range(count)), inner, depth + 1)

    def _bounds(self, item: object, outer: Matrix) -> Box:
        left, bottom, right, top = self._edges
        pdfium.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in self._edges))
        return self._place(left.value, bottom.value, right.value, top.value, outer)

    def _place(self, left: float, bottom: float, right: float, top: float, outer: Matrix) -> Box:
        if outer is not _IDENTITY:
            (left, bottom), (right, top) = _apply(outer, left, bottom), _apply(outer, right, top)
        return self._placement.box(left, bottom, right, top)

    def _path(self, item: object, outer: Matrix) -> None:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke))
        filled, stroked = mode.value != pdfium.FPDF_FILLMODE_NONE, bool(stroke.value)
        if not filled and not stroked:
            return
        box = self._bounds(item, outer)
        colour = _colour_of(item, pdfium.FPDFPageObj_GetFillColor if filled else pdfium.FPDFPageObj_GetStrokeColor)
        if colour is not None and colour[3] < 8:
            return
        count = pdfium.FPDFPath_CountSegments(item)
        if count <= 5 and self._thin(box, colour):
            return
        if count > _MOST_SEGMENTS:
            self._found.shapes.append(box)
            return
        self._segments(item, count, outer, filled=filled, stroked=stroked, colour=colour)

    def _thin(self, box: Box, colour: Colour | None) -> bool:
        if box.height <= _THIN and box.width > box.height:
            self._found.horizontal.append(Rule(box, self._order, colour))
            return True
        if box.width <= _THIN and box.height > box.width:
            self._found.vertical.append(Rule(box, self._order, colour))
            return True
        return box.width <= _THIN and box.height <= _THIN

    def _segments(
        self,
        item: object,
        count: int,
        outer: Matrix,
        *,
        filled: bool,
        stroked: bool,
        colour: Colour | None,
    ) -> None:
        """Reads each subpath: rectangles become fills or four rules, straight pieces become rules."""
        matrix = _multiply(_matrix_of(item), outer)
        points: list[tuple[float, float]] = []
        curved = False
        opaque = filled and not _is_transparent(item)
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
                self._subpath(points, curved, filled, stroked, colour, opaque)
                points, curved = [], False
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            points.append(self._placement.point(*_apply(matrix, x.value, y.value)))
            curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        self._subpath(points, curved, filled, stroked, colour, opaque)

    def _subpath(
        self,
        points: list[tuple[float, float]],
        curved: bool,
        filled: bool,
        stroked: bool,
        colour: Colour | None,
        opaque: bool,
    ) -> None:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        straight = not curved and all(abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5 for a, b in pairwise(points))
        if not straight:
            self._found.shapes.append(box)
            return
        if filled and self._thin(box, colour):
            return
        if filled and len(points) <= 6:
            self._found.fills.append(Fill(box, colour, self._order, opaque=opaque))
        if stroked:
            for a, b in pairwise(points):
                edge = Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                self._thin(edge, colour)


def _matrix_of(item: object) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _multiply(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _colour_of(item: object, getter: Callable[..., int]) -> Colour | None:
    channels = tuple(ctypes.c_uint() for _ in range(4))
    if not getter(item, *(ctypes.byref(channel) for channel in channels)):
        return None
    red, green, blue, alpha = (channel.value for channel in channels)
    return red, green, blue, alpha


def _is_transparent(item: object) -> bool:
    return bool(pdfium.FPDFPageObj_HasTransparency(item))

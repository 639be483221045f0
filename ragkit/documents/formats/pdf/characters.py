"""The characters of a page with their boxes and styles, read through PDFium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from ragkit.documents.formats.pdf.geometry import Glyph, Style
from ragkit.documents.formats.pdf.placement import Placement
from ragkit.documents.formats.pdf.symbols import mend

_ASCENT = 0.76
_DESCENT = 0.22
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
_ITALIC_NAMES = ("italic", "oblique")
_HYPHEN_MARKS = {0x02, 0xFFFE}
"""What PDFium puts where a hyphen ended a line."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What the characters of one text object have in common."""

    style: Style
    scale: float


class CharacterReader:
    """Reads the glyphs of one page.

    Args:
        text_page: PDFium's text page handle.
        placement: turns PDF coordinates into page coordinates.
        orders: paint order by address of the text object.
    """

    def __init__(self, text_page: object, placement: Placement, orders: dict[int, int]):
        self._page = text_page
        self._placement = placement
        self._orders = orders
        self._runs: dict[int, _Run] = {}
        self._fonts: dict[tuple[str, int], tuple[bool, bool]] = {}

    def glyphs(self) -> Iterator[Glyph]:
        """The characters in the order of the content stream, white space left out but remembered."""
        page, place = self._page, self._placement
        x, y = ctypes.c_double(), ctypes.c_double()
        box = pdfium.FS_RECTF()
        x_ref, y_ref, box_ref = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
        space = False
        for index in range(pdfium.FPDFText_CountChars(page)):
            code = pdfium.FPDFText_GetUnicode(page, index)
            if code in (0x20, 0xA0, 0x0D, 0x0A, 0x09, 0x3000) or 0x2000 <= code <= 0x200A:
                space = True
                continue
            address = ctypes.cast(pdfium.FPDFText_GetTextObject(page, index), ctypes.c_void_p).value
            if not address:
                continue
            run = self._runs.get(address)
            if run is None:
                run = self._runs[address] = self._read_run(index, address)
            pdfium.FPDFText_GetCharOrigin(page, index, x_ref, y_ref)
            pdfium.FPDFText_GetLooseCharBox(page, index, box_ref)
            yield self._glyph(code, run, x.value, y.value, box, space, place)
            space = False

    def _glyph(
        self, code: int, run: _Run, x: float, y: float, box: pdfium.FS_RECTF, space: bool, place: Placement
    ) -> Glyph:
        size = run.style.size
        corners = place.box(box.left, box.bottom, box.right, box.top)
        x0, x1, top, bottom, baseline = corners.x0, corners.x1, corners.top, corners.bottom, corners.bottom
        if run.style.upright:
            origin, baseline = place.point(x, y)
            x0 = min(x0, origin) if x0 > origin else origin
            top, bottom = baseline - _ASCENT * size, baseline + _DESCENT * size
        char = "-" if code in _HYPHEN_MARKS else mend(code, run.style.font)
        return Glyph(char, x0, max(x1, x0), top, bottom, baseline, run.style, space)

    def _read_run(self, index: int, address: int) -> _Run:
        page = self._page
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(page, index, ctypes.byref(matrix))
        scale = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        size = float(pdfium.FPDFText_GetFontSize(page, index)) * scale
        name, flags = self._font_name(index)
        weight = pdfium.FPDFText_GetFontWeight(page, index)
        lowered = name.lower()
        bold = weight >= 600 or any(word in lowered for word in _BOLD_NAMES) or bool(flags & (1 << 18))
        italic = any(word in lowered for word in _ITALIC_NAMES) or bool(flags & (1 << 6))
        text_object = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
        mode = int(pdfium.FPDFTextObj_GetTextRenderMode(text_object))
        upright = self._placement.is_upright(matrix.a, matrix.b)
        order = self._orders.get(address, 0)
        style = Style(name, size, bold, italic, self._colour(text_object), mode, order, upright)
        return _Run(style, scale)

    def _font_name(self, index: int) -> tuple[str, int]:
        buffer = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self._page, index, buffer, 128, ctypes.byref(flags))
        return buffer.value.decode("utf-8", "replace"), flags.value

    @staticmethod
    def _colour(page_object: object) -> tuple[int, int, int, int] | None:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        found = pdfium.FPDFPageObj_GetFillColor(
            page_object, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)
        )
        return (red.value, green.value, blue.value, alpha.value) if found else None

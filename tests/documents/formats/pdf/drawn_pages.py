"""Small PDFs for the tests, drawn line by line. Positions are points from the top left corner of a letter page."""

from __future__ import annotations

import io

from reportlab.lib import pdfencrypt
from reportlab.lib.colors import black, white
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ragkit.documents.document import Block, BlockKind
from ragkit.documents.formats.pdf import read_pdf
from ragkit.documents.parsed import ParsedSource

WIDTH, HEIGHT = 612.0, 792.0


class DrawnPdf:
    """A PDF under construction."""

    def __init__(self, password: str | None = None):
        self._bytes = io.BytesIO()
        encryption = pdfencrypt.StandardEncryption(password) if password else None
        self.canvas = Canvas(self._bytes, pagesize=(WIDTH, HEIGHT), encrypt=encryption, pageCompression=0)

    def text(
        self, x: float, y: float, words: str, *, size: float = 11, bold: bool = False, colour=black, mode: int = 0
    ):
        self.canvas.setFillColor(colour)
        line = self.canvas.beginText(x, HEIGHT - y)
        line.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        line.setTextRenderMode(mode)
        line.textOut(words)
        self.canvas.drawText(line)
        return self

    def lines(self, x: float, y: float, *lines: str, pitch: float = 13.5, **style):
        for index, words in enumerate(lines):
            self.text(x, y + index * pitch, words, **style)
        return self

    def item(self, x: float, y: float, mark: str, *lines: str, hang: float = 18, **style):
        self.text(x, y, mark, **style)
        return self.lines(x + hang, y, *lines, **style)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6):
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)
        return self

    def box(self, x0: float, top: float, x1: float, bottom: float, colour=white, *, stroke: int = 0):
        self.canvas.setFillColor(colour)
        self.canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top, fill=1, stroke=stroke)
        return self

    def grid(self, xs: list[float], ys: list[float]):
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])
        return self

    def strike(self, x: float, y: float, words: str, size: float = 11):
        return self.rule(x, y - 0.28 * size, x + stringWidth(words, "Helvetica", size), y - 0.28 * size)

    def page(self):
        self.canvas.showPage()
        return self

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._bytes.getvalue()

    def read(self) -> ParsedSource:
        return read_pdf(self.bytes(), source="drawn.pdf")


PROSE = (
    "Every unit keeps a written plan for the transfer of patients to another",
    "facility. The charge nurse reviews the plan at the start of each shift and",
    "reports changes to the nursing supervisor before the end of the round.",
)


def text_of(parsed: ParsedSource, block: Block) -> str:
    return parsed.text[block.start : block.end]


def blocks_of(parsed: ParsedSource, kind: BlockKind) -> list[str]:
    return [text_of(parsed, block) for block in parsed.blocks if block.kind is kind]


def block_with(parsed: ParsedSource, words: str) -> Block:
    found = [block for block in parsed.blocks if words in text_of(parsed, block)]
    assert len(found) == 1, f"{words!r} is in {len(found)} blocks of {[text_of(parsed, b) for b in parsed.blocks]}"
    return found[0]


def context_of(parsed: ParsedSource, words: str) -> list[str]:
    return [text_of(parsed, parsed.blocks[index]) for index in block_with(parsed, words).context]

"""The block whose lines are being gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.pdf.flow import Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.headings import Heading
from ragkit.documents.formats.pdf.nesting import Lead, OpenItem

_LABEL_WORDS = 9
_SHORT_WORDS = 14


@dataclass(slots=True)
class Pending:
    """A block in the making.

    Attributes:
        indents: left edges, relative to the column, at which its lines may go on.
        written: the page ended and it was written; what comes now is added to it.
        continued: lines were added after it was written.
        glue: what parts the added words from the written ones.
        broken: what is written ends in the first part of a word that goes on with the next page.
    """

    kind: BlockKind
    lines: list[Line]
    region: Region
    text: str
    node: OpenItem | None = None
    heading: Heading | None = None
    indents: list[float] = field(default_factory=list)
    written: bool = False
    continued: bool = False
    glue: str = " "
    broken: bool = False

    def hangs(self, x: float, size: float) -> bool:
        """Whether a second line may stand at ``x``: first line indents and hanging indents."""
        node = self.node
        if node is None or len(self.lines) > 1:
            return False
        if node.reading is not None:
            return node.mark_x - 0.6 * size <= x <= node.text_x + 2.5 * size
        if node.mark_x - 5 * size <= x <= node.mark_x + 0.6 * size:
            return True
        return ":" in self.text[:40] and node.mark_x < x < node.mark_x + 12 * size

    def lead(self) -> Lead:
        """How far a paragraph leads in what follows it."""
        text = self.text.rstrip()
        words = len(text.split())
        if text.endswith(":"):
            return Lead.ALWAYS
        if text.endswith((".", ";", ",")) or words > _SHORT_WORDS:
            return Lead.NO
        first = self.lines[0]
        return Lead.ALWAYS if words <= _LABEL_WORDS and (first.bold or first.underlined) else Lead.INDENTED

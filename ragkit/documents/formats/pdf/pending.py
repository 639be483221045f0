"""The block whose lines are being gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.pdf.flow import Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.headings import Heading
from ragkit.documents.formats.pdf.nesting import OpenItem


@dataclass(slots=True)
class Pending:
    """A block in the making.

    Attributes:
        indents: left edges, relative to the column, at which its lines may go on.
        written: the page ended and it was written; what comes now is added to it.
        continued: lines were added after it was written.
        glue: what parts the added words from the written ones.
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

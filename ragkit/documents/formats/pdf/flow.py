"""What the layout hands to the structure: lines and table rows in reading order."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.documents.document import ExclusionReason
from ragkit.documents.formats.pdf.geometry import Line


@dataclass(frozen=True, slots=True)
class Region:
    """A column of text: the whole page, one of two columns, a cell of a layout table.

    Attributes:
        x0: left edge, from which indents are counted.
        x1: right edge, at which lines wrap.
        key: which column it is; lists and sections of one cell do not go on in another.
        trail: title, band and column heading of a layout table, that belong to the section of the text in it.
        body_size: font size of most of its text, where it differs from the document's; 0 where it has only one line.
    """

    x0: float
    x1: float
    key: tuple[object, ...] = ()
    trail: tuple[str, ...] = ()
    body_size: float | None = None

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell or box and not running text of the page."""
        return bool(self.key)


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line of running text in its region."""

    line: Line
    region: Region


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A row of a data table.

    Attributes:
        cells: the cells' texts.
        header: whether it is a header row.
        table: number of the table, to keep tables apart.
        trail: title and band headings of the table above the row.
        goes_on: whether it is understood only with the row before it: a cell of that one spans this row too, or the
            page broke the row.
        first: first line of the first cell, whose list mark nests the row in rows above; None where there is none.
        left: left edge of the first cell.
    """

    cells: tuple[str, ...]
    header: bool
    table: int
    trail: tuple[str, ...] = ()
    goes_on: bool = False
    first: Line | None = None
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class FlowHeaderLine:
    """A line, or label and value, of the policy's header block."""

    text: str


@dataclass(frozen=True, slots=True)
class FlowBand:
    """The title of a table or a band heading in it."""

    text: str
    trail: tuple[str, ...]
    """Title and bands above it."""


@dataclass(frozen=True, slots=True)
class FlowParagraph:
    """The words of a box that stands for itself (in a flowchart)."""

    text: str


@dataclass(frozen=True, slots=True)
class FlowFootnote:
    """A footnote; the text above it may go on with the next page."""

    text: str


@dataclass(frozen=True, slots=True)
class FlowExcluded:
    """Words that are struck out or hidden, at the place where they stood."""

    reason: ExclusionReason
    detail: str
    text: str


FlowPart = FlowLine | FlowRow | FlowHeaderLine | FlowBand | FlowParagraph | FlowFootnote | FlowExcluded

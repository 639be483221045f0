"""What the layout hands to the structure: lines and table rows in reading order."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.documents.formats.pdf.geometry import Line


@dataclass(frozen=True, slots=True)
class Region:
    """A column of text: the whole page, one of two columns, a cell of a layout table.

    Attributes:
        x0: left edge, from which indents are counted.
        x1: right edge, at which lines wrap.
        trail: band and column headings of a layout table, that belong to the section of all text in the region.
        fresh: whether lists and sections of the text before do not go on here (a cell).
    """

    x0: float
    x1: float
    trail: tuple[str, ...] = ()
    fresh: bool = False


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
        page: 1-based page.
    """

    cells: tuple[str, ...]
    header: bool
    table: int
    page: int


@dataclass(frozen=True, slots=True)
class FlowHeaderLine:
    """A line, or label and value, of the policy's header block."""

    text: str
    page: int


@dataclass(frozen=True, slots=True)
class FlowHeading:
    """A heading that the layout found: the title or a band of a layout table."""

    text: str
    page: int
    rank: float
    """The higher, the further up in the document."""


FlowPart = FlowLine | FlowRow | FlowHeaderLine | FlowHeading

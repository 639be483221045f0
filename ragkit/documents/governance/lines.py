"""The lines of a document in which governance may stand: the header block, the top, the end, running heads and feet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ragkit.documents.document import BlockKind
from ragkit.documents.parsed import ParsedSource

_TOP_BLOCKS = 25
_END_BLOCKS = 10
_LONGEST_LINE = 220
_LONGEST_HEADER_LINE = 500


class Place(StrEnum):
    """Where a line stands, in the order in which it is believed."""

    HEADER = "header"
    TOP = "top"
    RUNNING = "running"
    END = "end"


@dataclass(frozen=True)
class Line:
    """A line that may hold governance.

    Attributes:
        text: its words; cells are separated by a tab.
        place: where it stands.
        heading: it is a heading of the document.
        index: its position among all lines; neighbours in the document have neighbouring numbers.
    """

    text: str
    place: Place
    heading: bool
    index: int

    @property
    def cells(self) -> list[str]:
        """The cells of a table row, or the whole line."""
        return [cell.strip() for cell in self.text.split("\t")]


def governance_lines(parsed: ParsedSource) -> list[Line]:
    """The lines of ``parsed`` that may hold governance, in document order, the running lines last.

    Long paragraphs are prose and are left out: a sentence that mentions another policy is no header.
    """
    lines: list[Line] = []
    last = len(parsed.blocks)
    for number, block in enumerate(parsed.blocks):
        in_header = block.kind is BlockKind.HEADER_BLOCK
        place = Place.HEADER if in_header else Place.TOP if number < _TOP_BLOCKS else Place.END
        if place is Place.END and number < last - _END_BLOCKS:
            continue
        for text in parsed.text[block.start : block.end].splitlines():
            if text.strip() and (in_header or len(text) <= _LONGEST_LINE):
                lines.append(
                    Line(text.strip()[:_LONGEST_HEADER_LINE], place, block.kind is BlockKind.HEADING, len(lines))
                )
        lines_end = len(lines)
        if number + 1 == _TOP_BLOCKS and lines_end:
            lines.append(Line("", Place.END, False, lines_end))
    lines.append(Line("", Place.RUNNING, False, len(lines)))
    for text in parsed.running_lines:
        if text.strip():
            lines.append(Line(text.strip()[:_LONGEST_HEADER_LINE], Place.RUNNING, False, len(lines)))
    return lines

"""Which block is nested in which: by list marks, indents and lead-ins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ragkit.documents.formats.pdf.markers import Reading


class Lead(IntEnum):
    """How far a block leads in what follows it."""

    NO = 0
    INDENTED = 1
    """It leads in what stands further to the right."""
    ALWAYS = 2
    """It ends in a colon, or is a label in bold: it leads in what stands at its own indent, too."""


@dataclass(slots=True)
class OpenItem:
    """A block that later ones may be nested in.

    Attributes:
        reading: its mark; None for a paragraph.
        mark_x: left edge, relative to the column.
        text_x: left edge of the text after the mark.
        block: its index in the document, once written.
        lead: whether it is a lead-in of what follows. List items are.
        heading: whether it is a numbered heading: it keeps the sequence of its numbers, but is no lead-in.
        continues: whether it went on with an open list.
    """

    reading: Reading | None
    mark_x: float
    text_x: float
    block: int | None = None
    lead: Lead = Lead.INDENTED
    heading: bool = False
    continues: bool = False


class ListNesting:
    """Keeps track of the open list items and lead-ins, and finds the place of the next block among them."""

    def __init__(self) -> None:
        self.open: list[OpenItem] = []
        self.left = 0.0
        """Left edge of the column, from which indents are counted."""

    def clear(self) -> None:
        """Nothing goes on here."""
        self.open.clear()

    def place_item(self, readings: tuple[Reading, ...], mark_x: float, text_x: float, size: float) -> OpenItem:
        """Adds a list item; what it is not nested in is closed.

        Args:
            readings: the possible readings of its mark.
            mark_x: left edge of the mark, relative to the column.
            text_x: left edge of the text after the mark.
            size: font size, the unit of tolerance.

        Returns:
            The item, now last in ``open``.
        """
        depth, reading = self._continued(readings, mark_x, text_x, size)
        continues = depth is not None
        if depth is None:
            depth, reading = self._by_indent(readings, mark_x, size)
        del self.open[depth:]
        item = OpenItem(reading, mark_x, text_x, continues=continues)
        self.open.append(item)
        return item

    def _continued(
        self, readings: tuple[Reading, ...], mark_x: float, text_x: float, size: float
    ) -> tuple[int | None, Reading]:
        """The open list of which this is the next item."""
        best: tuple[float, int, Reading] | None = None
        for depth, item in enumerate(self.open):
            for reading in readings:
                if item.reading is None or reading.kind != item.reading.kind:
                    continue
                follows = reading.value == item.reading.value + 1
                offset = min(abs(mark_x - item.mark_x), abs(text_x - item.text_x))
                tolerance = (0.7 if reading.is_bullet or not follows else 2.5) * size
                if offset <= tolerance and (reading.is_bullet or reading.value > item.reading.value):
                    score = offset + (0 if follows or reading.is_bullet else 2 * size)
                    if best is None or score < best[0]:
                        best = (score, depth, reading)
        return (best[1], best[2]) if best else (None, readings[0])

    def _by_indent(self, readings: tuple[Reading, ...], mark_x: float, size: float) -> tuple[int, Reading]:
        """A new list: nested in items further to the left, and in the one at its indent if it opens with a first."""
        reading = next((r for r in reversed(readings) if r.value == 1), readings[0])
        depth = len(self.open)
        while depth:
            item = self.open[depth - 1]
            distance = mark_x - item.mark_x
            if item.reading is None:
                if distance > 0.4 * size and item.lead >= Lead.INDENTED:
                    break
                if abs(distance) <= 2.5 * size and item.lead is Lead.ALWAYS:
                    break
            elif distance > 0.4 * size:
                break
            elif abs(distance) <= 0.4 * size:
                first = reading.value == 1 and not reading.is_bullet
                under_number = reading.is_bullet and not item.reading.is_bullet
                if item.reading.kind != reading.kind and (first or under_number):
                    break
            depth -= 1
        return depth, reading

    def place_paragraph(self, x: float, size: float, *, near: bool, label: bool) -> OpenItem:
        """Adds a paragraph: it is nested in the items and lead-ins that stand further to the left.

        Args:
            x: left edge, relative to the column.
            size: font size, the unit of tolerance.
            near: whether it follows without a gap; then it still belongs to a label at its own indent.
            label: whether it is a label itself (bold, underlined, ends in a colon); then it does not.
        """
        depth = len(self.open)
        while depth:
            item = self.open[depth - 1]
            if item.reading is None:
                further = x > item.mark_x + 0.4 * size
                last = depth == len(self.open)
                same = abs(x - item.mark_x) <= 0.4 * size and item.lead is Lead.ALWAYS and (last or near) and not label
                if (further and item.lead >= Lead.INDENTED) or same:
                    break
            elif x >= item.text_x - 0.6 * size and x > item.mark_x + 0.4 * size:
                break
            depth -= 1
        del self.open[depth:]
        node = OpenItem(None, x, x, lead=Lead.NO)
        self.open.append(node)
        return node

    def head(self, node: OpenItem, size: float) -> None:
        """Makes the last item a numbered heading.

        A lead-in above stays open if the numbers began with it; else the heading ends lists and lead-ins at its indent.
        """
        node.heading = True
        begins = node.reading is not None and node.reading.value == 1
        if not begins and not node.continues:
            self.open = [item for item in self.open if item.heading or item.mark_x < node.mark_x - 0.4 * size]

    def parents(self) -> list[OpenItem]:
        """The lead-ins of the last block, outermost first."""
        return [item for item in self.open[:-1] if item.lead and not item.heading]

    def level(self) -> int:
        """The depth of the last item among list items, 1 for the outermost."""
        return sum(1 for item in self.open if item.reading is not None and not item.heading)

"""Which block is nested in which: by list marks and indents."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.documents.formats.pdf.markers import Reading


@dataclass(slots=True)
class OpenItem:
    """A block that later ones may be nested in.

    Attributes:
        reading: its mark; None for a paragraph.
        mark_x: left edge, relative to the column.
        text_x: left edge of the text after the mark.
        block: its index in the document, once written.
        leads: whether it is a lead-in of what follows: every list item, and a paragraph that ends in a colon or is a
            short label.
        heading: whether it is a numbered heading: it keeps the sequence of its numbers, but is no lead-in.
    """

    reading: Reading | None
    mark_x: float
    text_x: float
    block: int | None = None
    leads: bool = True
    heading: bool = False


class ListNesting:
    """Keeps track of the open list items and finds the depth of the next one by its mark and its indent."""

    def __init__(self) -> None:
        self.open: list[OpenItem] = []

    def clear(self) -> None:
        """Nothing goes on here."""
        self.open.clear()

    def place(self, readings: tuple[Reading, ...], mark_x: float, text_x: float, size: float) -> OpenItem:
        """Adds an item; items that it is not nested in are closed.

        Args:
            readings: the possible readings of its mark.
            mark_x: left edge of the mark, relative to the column.
            text_x: left edge of the text after the mark.
            size: font size, the unit of tolerance.

        Returns:
            The item, now last in ``open``.
        """
        depth, reading = self._continued(readings, mark_x, text_x, size)
        if depth is None:
            depth, reading = self._by_indent(readings, mark_x, size)
        del self.open[depth:]
        item = OpenItem(reading, mark_x, text_x)
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
                bullet = reading.kind.startswith("bullet")
                offset = min(abs(mark_x - item.mark_x), abs(text_x - item.text_x))
                tolerance = (0.7 if bullet or not follows else 2.5) * size
                if offset <= tolerance and (bullet or reading.value > item.reading.value):
                    score = offset + (0 if follows or bullet else 2 * size)
                    if best is None or score < best[0]:
                        best = (score, depth, reading)
        return (best[1], best[2]) if best else (None, readings[0])

    def _by_indent(self, readings: tuple[Reading, ...], mark_x: float, size: float) -> tuple[int, Reading]:
        """A new list, nested in every open item that stands further to the left or in which it is a first item."""
        reading = next((r for r in reversed(readings) if r.value == 1), readings[0])
        depth = len(self.open)
        while depth and self.open[depth - 1].mark_x > mark_x + 0.4 * size:
            depth -= 1
        if depth and abs(self.open[depth - 1].mark_x - mark_x) <= 0.4 * size:
            item = self.open[depth - 1]
            if item.reading is None:
                return (depth if item.leads else depth - 1), reading
            first = reading.value == 1 and not reading.kind.startswith("bullet")
            if item.reading.kind == reading.kind or not first:
                depth -= 1
        return depth, reading

    def place_paragraph(self, x: float, size: float, *, leads: bool) -> OpenItem:
        """Adds a paragraph: it is nested in the open items and lead-ins that stand further to the left."""
        depth = len(self.open)
        while depth:
            item = self.open[depth - 1]
            inside = x >= item.text_x - 0.6 * size and x > item.mark_x + 0.4 * size
            if item.reading is None:
                inside = item.leads and x > item.mark_x + 0.4 * size
            if inside:
                break
            depth -= 1
        del self.open[depth:]
        node = OpenItem(None, x, x, leads=leads)
        self.open.append(node)
        return node

    def parents(self) -> list[OpenItem]:
        """The lead-ins of the last item, outermost first."""
        return [item for item in self.open[:-1] if item.leads and not item.heading]

    def level(self) -> int:
        """The depth of the last item among list items, 1 for the outermost."""
        return sum(1 for item in self.open if item.reading is not None and not item.heading)

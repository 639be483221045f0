"""Writes a mark in front of every run of text of a cleaned page, and flattens its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ragkit.documents.formats.html_visibility import StyleSheet, declared
from ragkit.documents.formats.nodes import LINE_BREAK, Marks, Node, NodeKind
from ragkit.documents.formats.partitioning import CellSlot, ItemSlot, Run, TableSlot

BLOCK_TAGS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figcaption", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "ol", "p", "pre", "section", "table", "ul", "caption",
}  # fmt: skip
_NUMBER_TYPES = {
    "1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman",
    "lower-latin": "lower-alpha", "upper-latin": "upper-alpha",
}  # fmt: skip
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
BULLET = "•"
MOST_CELLS = 200_000


@dataclass(frozen=True)
class _Place:
    """Where in the page we are."""

    into: list[Node | TableSlot]
    kind: NodeKind = NodeKind.PARAGRAPH
    level: int = 0
    item: ItemSlot | None = None
    depth: int = 0
    emphasised: bool = False
    caption_of: TableSlot | None = None


class PageMarker:
    """Marks one page."""

    def __init__(self, marks: Marks, sheet: StyleSheet) -> None:
        self._marks = marks
        self._sheet = sheet
        self._cells = 0

    def mark(self, body: Any, into: list[Node | TableSlot]) -> str:
        """Marks the runs of text of ``body``, which will be collected into ``into``; returns the HTML to partition."""
        import lxml.html

        body.tag = "div"
        body.attrib.clear()
        self._block(body, _Place(into))
        markup: str = lxml.html.tostring(body, encoding="unicode", with_tail=False)
        return f"<html><body>{markup}</body></html>"

    def _run(self, place: _Place) -> str:
        return self._marks.new(
            Run(
                into=place.into,
                kind=place.kind,
                level=place.level,
                item=place.item,
                emphasised=place.emphasised,
                caption_of=place.caption_of,
            )
        )

    def _block(self, element: Any, place: _Place) -> None:
        place = self._placed(element, place)
        if element.tag == "pre":
            element.tag = "p"
            _keep_lines(element)
        if element.tag in ("figcaption", "caption", "dt", "dd", "li", "ul", "ol", "dl"):
            # marks say all there is to say; as plain blocks nothing of them is dropped or read in another way
            element.tag = "div"
        lead = _bold_lead(element) if place.kind is NodeKind.PARAGRAPH else None
        first = place if lead is None else replace(place, emphasised=True)
        element.text = self._run(first) + (element.text or "")
        self._children(element, place, lead)

    def _children(self, element: Any, place: _Place, lead: Any = None) -> None:
        """Marks what is inside an element; ``lead`` is the line break after a first line that stands as a heading."""
        for child in list(element):
            if child is lead:
                child.tail = self._run(place) + (child.tail or "")
            elif child.tag == "br":
                child.tail = LINE_BREAK + (child.tail or "")
            elif child.tag in ("table",):
                self._table(child, place)
                child.tail = self._run(place) + (child.tail or "")
            elif child.tag == "dl":
                self._definition_list(child, place)
                child.tail = self._run(place) + (child.tail or "")
            elif child.tag in BLOCK_TAGS:
                if child.tag in ("ul", "ol"):
                    self._number_items(child, place)
                self._block(child, place)
                child.tail = self._run(place) + (child.tail or "")
            else:
                self._children(child, place)

    def _placed(self, element: Any, place: _Place) -> _Place:
        tag = element.tag
        if re.fullmatch("h[1-6]", tag):
            element.tag = "div"
            return replace(place, kind=NodeKind.HEADING, level=int(tag[1]))
        if tag == "figcaption":
            return replace(place, kind=NodeKind.CAPTION)
        if _is_footnote(element) and place.kind in (NodeKind.PARAGRAPH, NodeKind.FOOTNOTE):
            return replace(place, kind=NodeKind.FOOTNOTE)
        if tag in ("ul", "ol"):
            return replace(place, depth=place.depth + 1)
        if tag == "li":
            item = ItemSlot(level=max(place.depth, 1), marker=element.attrib.pop("data-marker", ""))
            return replace(place, kind=NodeKind.CONTINUATION, item=item)
        role = (element.get("role") or "").lower()
        if role == "heading":
            level = element.get("aria-level") or "2"
            return replace(place, kind=NodeKind.HEADING, level=int(level) if level.isdigit() else 2)
        listed = re.search(r"mso-list:[^;]*level(\d)", element.get("style") or "")
        if tag == "p" and listed:
            return replace(place, item=ItemSlot(int(listed[1])), emphasised=_all_bold(element))
        if tag in ("p", "div"):
            level = _indent(element) if place.kind is NodeKind.PARAGRAPH else place.level
            return replace(place, emphasised=_all_bold(element), level=level)
        return place

    def _number_items(self, element: Any, place: _Place) -> None:
        """Writes the marker of each item into an attribute, as a browser would show it."""
        style = self._sheet.style_of(element)
        shown = style.get("list-style-type") or style.get("list-style", "")
        if "none" in shown.split():
            return
        items = [child for child in element if child.tag == "li"]
        if element.tag == "ul":
            for item in items:
                item.set("data-marker", BULLET)
            return
        kind = _NUMBER_TYPES.get(element.get("type") or "", "")
        kind = next((word for word in shown.split() if word.startswith(("decimal", "lower", "upper"))), kind)
        kind = _NUMBER_TYPES.get(kind, kind) or "decimal"
        reverse = element.get("reversed") is not None
        number = _integer(element.get("start"), len(items) if reverse else 1)
        for item in items:
            number = _integer(item.get("value"), number)
            item.set("data-marker", f"{_numeral(number, kind)}.")
            number += -1 if reverse else 1

    def _definition_list(self, element: Any, place: _Place) -> None:
        """Terms and what they mean are a table of two columns."""
        table = TableSlot()
        content: list[Any] = []
        term = CellSlot()
        for child in [inner for inner in element.iter("dt", "dd") if _nearest(inner, "dl") is element]:
            if child.tag == "dt":
                term = CellSlot()
                self._fill(child, term)
            else:
                value = CellSlot()
                merged = "down" if any(cells[0][0] is term for cells, _ in table.rows) else ""
                table.rows.append(([(term, merged), (value, "")], False))
                self._fill(child, value)
            content.append(child)
        self._flatten(element, table, content, place)

    def _table(self, element: Any, place: _Place) -> None:
        table = TableSlot()
        content: list[Any] = []
        for caption in [inner for inner in element.iter("caption") if _nearest(inner, "table") is element]:
            self._block(caption, _Place(into=[], caption_of=table))
            content.append(caption)
        open_cells: dict[int, tuple[CellSlot, int]] = {}
        for row in [inner for inner in element.iter("tr") if _nearest(inner, "table") is element]:
            cells, elements = self._row(row, open_cells)
            section = row.getparent().tag
            texts = [cell for cell in row if cell.tag in ("td", "th")]
            header = section == "thead" or (bool(texts) and all(cell.tag == "th" for cell in texts))
            if cells:
                table.rows.append((cells, header))
            content.extend(elements)
        self._flatten(element, table, content, place)

    def _row(
        self, row: Any, open_cells: dict[int, tuple[CellSlot, int]]
    ) -> tuple[list[tuple[CellSlot, str]], list[Any]]:
        """The cells of a row, with the values of merged cells repeated, and the elements that hold them."""
        cells: list[tuple[CellSlot, str]] = []
        elements: list[Any] = []

        def repeat_open() -> None:
            while len(cells) in open_cells:
                slot, left = open_cells[len(cells)]
                if left <= 1:
                    del open_cells[len(cells)]
                else:
                    open_cells[len(cells)] = (slot, left - 1)
                cells.append((slot, "down"))

        for element in [cell for cell in row if cell.tag in ("td", "th")]:
            repeat_open()
            slot = CellSlot()
            across = min(max(_integer(element.get("colspan"), 1), 1), 100)
            down = min(max(_integer(element.get("rowspan"), 1), 1), 1000)
            for offset in range(across):
                self._cells += 1
                if self._cells > MOST_CELLS:
                    break
                if down > 1:
                    open_cells[len(cells)] = (slot, down - 1)
                cells.append((slot, "across" if offset else ""))
            self._fill(element, slot)
            elements.append(element)
        repeat_open()
        return cells, elements

    def _fill(self, element: Any, slot: CellSlot) -> None:
        bold = element.tag == "th" or _all_bold(element)
        element.tag = "div"
        element.text = self._run(_Place(slot.nodes, emphasised=bold)) + (element.text or "")
        self._children(element, _Place(slot.nodes, emphasised=bold))

    def _flatten(self, element: Any, table: TableSlot, content: list[Any], place: _Place) -> None:
        """Puts the cells one after the other in the place of the grid."""
        tail = element.tail
        element.clear()
        element.tail = tail
        element.tag = "div"
        slot = replace(place)
        element.text = self._marks.new(Run(into=slot.into, table=table))
        for cell in content:
            cell.tail = None
            cell.attrib.clear()
            cell.tag = "div"
            element.append(cell)


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def _all_bold(element: Any) -> bool:
    """True if all words inside stand in <b> or <strong>."""
    if (element.text or "").strip() or not len(element):
        return False
    children = [child for child in element if child.tag != "br"]
    return (
        bool(children)
        and all(
            child.tag in ("b", "strong") or (child.tag in ("span", "font", "em", "u", "p") and _all_bold(child))
            for child in children
        )
        and not any((child.tail or "").strip() for child in element)
    )


def _is_footnote(element: Any) -> bool:
    names = f"{element.get('class') or ''} {element.get('role') or ''} {element.get('style') or ''}".lower()
    return bool(re.search(r"footnote|endnote", names))


def _bold_lead(element: Any) -> Any:
    """The line break after a first line in bold; None if the paragraph does not begin with one."""
    if (element.text or "").strip():
        return None
    before = ""
    for child in element:
        if child.tag == "br":
            return child if before.strip() else None
        if child.tag not in ("b", "strong") and not _all_bold(child):
            return None
        before += "".join(child.itertext())
        if (child.tail or "").strip():
            return None
    return None


def _indent(element: Any) -> int:
    """How far a paragraph is moved in, in half inches; some editors write lists that way."""
    style = declared(element.get("style") or "")
    margin = re.match(r"([\d.]+)\s*(in|cm|mm|pt|px|em)?", style.get("margin-left") or style.get("padding-left") or "")
    if not margin:
        return 0
    inches = float(margin[1]) * {"in": 1, "cm": 0.394, "mm": 0.0394, "pt": 1 / 72, "em": 1 / 6}.get(margin[2], 1 / 96)
    return min(round(inches / 0.5), 9)


def _keep_lines(element: Any) -> None:
    for node in element.iter():
        if node.text:
            node.text = node.text.strip("\n").replace("\n", LINE_BREAK) if node is element else node.text
        if node is not element and node.tail:
            node.tail = node.tail.replace("\n", LINE_BREAK)


def _integer(value: str | None, default: int) -> int:
    text = (value or "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else default


def _numeral(number: int, kind: str) -> str:
    if "alpha" in kind and number > 0:
        letters = ""
        while number > 0:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("a") + rest) + letters
        return letters.upper() if kind.startswith("upper") else letters
    if "roman" in kind and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            count, number = divmod(number, value)
            roman += sign * count
        return roman.upper() if kind.startswith("upper") else roman
    return str(number)

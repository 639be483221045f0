"""Writes a mark in front of every paragraph of a cleaned Word file, and flattens its tables and text boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragkit.documents.formats.docx_cleaning import text_run
from ragkit.documents.formats.docx_styles import Styles, w
from ragkit.documents.formats.nodes import LINE_BREAK, Marks, Node, NodeKind, PageStart, without_marks
from ragkit.documents.formats.partitioning import CellSlot, ItemSlot, Run, TableSlot

BULLET = "•"
MOST_COLUMNS = 100


@dataclass
class _Pages:
    """The page count; a file whose last editor saved no page breaks has no pages."""

    current: int = 1
    found: bool = False


class WordMarker:
    """Marks one document."""

    def __init__(self, styles: Styles, marks: Marks, footnotes: dict[tuple[str, str], list[Any]]) -> None:
        self._styles = styles
        self._marks = marks
        self._footnotes = footnotes
        self._footnote_number = 0
        self._pages = _Pages()

    @property
    def has_pages(self) -> bool:
        """True if the file tells where its pages begin."""
        return self._pages.found

    def mark(self, body: Any, into: list[Node | TableSlot]) -> None:
        """Marks the paragraphs of the body, which will be collected into ``into``, and leaves only paragraphs in it."""
        self._pages.found = next(body.iter(w("lastRenderedPageBreak")), None) is not None
        flat = self._flow(body, into, in_cell=False)
        for paragraph in flat:
            is_numbered = self._styles.numbering(paragraph) is not None
            _keep_only_structure(paragraph, "" if is_numbered else self._styles.plain)
        section = body.find(w("sectPr"))
        for child in list(body):
            body.remove(child)
        for paragraph in flat:
            body.append(paragraph)
        if section is not None:
            body.append(section)

    def _flow(self, container: Any, into: list[Node | TableSlot], *, in_cell: bool, bold: bool = False) -> list[Any]:
        """The paragraphs of a container in reading order, marked; those of tables, boxes and footnotes among them."""
        flat: list[Any] = []
        for child in list(container):
            if child.tag == w("p"):
                flat += self._paragraph(child, into, in_cell=in_cell, bold=bold)
            elif child.tag == w("tbl"):
                flat += self._table(child, into)
        return flat

    def _paragraph(self, paragraph: Any, into: list[Node | TableSlot], *, in_cell: bool, bold: bool) -> list[Any]:
        if self._styles.style_name(paragraph).startswith("toc "):
            self._mark_page_breaks(paragraph)
            return []
        boxes = [
            box for box in paragraph.iter(w("txbxContent")) if next(box.iterancestors(w("txbxContent")), None) is None
        ]
        inner = [self._detached(box) for box in boxes]
        notes = self._number_footnotes(paragraph)
        self._mark_page_breaks(paragraph)
        run = self._run(paragraph, into, in_cell=in_cell, bold=bold)
        if run.kind is NodeKind.PARAGRAPH and self._part_bold_lead(paragraph, into):
            run.emphasised = True
        _put_first(paragraph, self._marks.new(run))
        flat = [paragraph]
        for note, text in notes:
            flat += self._footnote(note, text, into)
        for box in inner:
            flat += self._flow(box, into, in_cell=in_cell, bold=False)
        return flat

    def _run(self, paragraph: Any, into: list[Node | TableSlot], *, in_cell: bool, bold: bool) -> Run:
        emphasised = bold or self._all_bold(paragraph)
        level = self._styles.heading_level(paragraph)
        name = self._styles.style_name(paragraph)
        if level and not in_cell:
            return Run(into, NodeKind.HEADING, level, emphasised=emphasised)
        if name == "caption":
            return Run(into, NodeKind.CAPTION)
        numbering = self._styles.numbering(paragraph)
        if numbering is not None:
            level = numbering.level + 1
            if name.startswith("list ") and level == 1:
                level = _trailing_number(name)
            item = ItemSlot(level, BULLET if numbering.bullet else "")
            return Run(into, NodeKind.ITEM, item=item, emphasised=emphasised)
        if name.startswith("list continue"):
            return Run(into, NodeKind.CONTINUATION, level=_trailing_number(name), emphasised=emphasised)
        return Run(into, NodeKind.PARAGRAPH, level=_indent(paragraph), emphasised=emphasised)

    def _part_bold_lead(self, paragraph: Any, into: list[Node | TableSlot]) -> bool:
        """Parts a first line in bold from the lines below it: it stands as their heading."""
        before = ""
        for run in paragraph.iter(w("r")):
            for node in run.iter(w("t")):
                text = without_marks((node.text or "").replace(LINE_BREAK, ""))
                if node.text == LINE_BREAK:
                    if before:
                        node.text = self._marks.new(Run(into))
                    return bool(before)
                if text and not self._styles.switched_on(run, "b"):
                    return False
                before += text
        return False

    def _all_bold(self, paragraph: Any) -> bool:
        runs = [run for run in paragraph.iter(w("r")) if any((node.text or "").strip() for node in run.iter(w("t")))]
        return bool(runs) and all(self._styles.switched_on(run, "b") for run in runs)

    def _mark_page_breaks(self, root: Any) -> None:
        for element in list(root.iter(w("lastRenderedPageBreak"))):
            self._pages.current += 1
            run = element.getparent()
            run.replace(element, _text_like(run, self._marks.new(PageStart(self._pages.current))))

    def _table(self, element: Any, into: list[Node | TableSlot]) -> list[Any]:
        table = TableSlot()
        flat = [self._table_mark(element, table, into)]
        above: dict[int, CellSlot] = {}
        for row in [child for child in element if child.tag == w("tr")]:
            header = row.find(f"{w('trPr')}/{w('tblHeader')}") is not None
            cells, paragraphs = self._row(row, above)
            flat += paragraphs
            if cells:
                table.rows.append((cells, header))
        return flat

    def _row(self, row: Any, above: dict[int, CellSlot]) -> tuple[list[tuple[CellSlot, str]], list[Any]]:
        cells: list[tuple[CellSlot, str]] = []
        flat: list[Any] = []
        first_page = last_page = self._pages.current
        before = row.find(f"{w('trPr')}/{w('gridBefore')}")
        for _ in range(min(_number(before, 0), MOST_COLUMNS)):
            cells.append((CellSlot(), ""))
        for cell in [child for child in row if child.tag == w("tc")]:
            properties = cell.find(w("tcPr"))
            merge = properties.find(w("vMerge")) if properties is not None else None
            across = min(max(_number(properties.find(w("gridSpan")) if properties is not None else None, 1), 1), 100)
            continued = merge is not None and merge.get(w("val")) != "restart"
            slot = above.get(len(cells), CellSlot()) if continued else CellSlot()
            if not continued:
                # the cells of a row stand beside each other: each begins on the page on which the row begins
                self._pages.current = first_page
                flat += self._flow(cell, slot.nodes, in_cell=True)
                last_page = max(last_page, self._pages.current)
            for offset in range(across):
                above[len(cells)] = slot
                cells.append((slot, "across" if offset else "down" if continued else ""))
        self._pages.current = last_page
        return cells, flat

    def _table_mark(self, element: Any, table: TableSlot, into: list[Node | TableSlot]) -> Any:
        paragraph = element.makeelement(w("p"), {}, element.nsmap)
        paragraph.append(text_run(self._marks.new(Run(into, table=table)), element))
        return paragraph

    def _number_footnotes(self, paragraph: Any) -> list[tuple[list[Any], str]]:
        """Writes [n] where a footnote is referred to; returns the footnotes with their marks."""
        notes = []
        for kind in ("footnote", "endnote"):
            for element in list(paragraph.iter(w(f"{kind}Reference"))):
                content = self._footnotes.get((kind, element.get(w("id")) or ""))
                if content is None:
                    continue
                self._footnote_number += 1
                mark = f"[{self._footnote_number}]"
                run = element.getparent()
                run.replace(element, _text_like(run, mark))
                notes.append((content, mark))
        return notes

    def _footnote(self, content: list[Any], mark: str, into: list[Node | TableSlot]) -> list[Any]:
        for position, paragraph in enumerate(content):
            text = self._marks.new(Run(into, NodeKind.FOOTNOTE)) + (f"{mark} " if position == 0 else "")
            _put_first(paragraph, text)
            properties = paragraph.find(w("pPr"))
            if properties is not None:
                paragraph.remove(properties)
        return content

    @staticmethod
    def _detached(box: Any) -> Any:
        parent = box.getparent()
        if parent is not None:
            parent.remove(box)
        return box


def _keep_only_structure(paragraph: Any, plain_style: str) -> None:
    """Drops the formatting, which has been read by now: a partitioner stumbles over values it does not expect.

    A paragraph without a number gets a style that the partitioner takes for plain text; for all others it would ask a
    language pipeline what they are, which takes most of its time and which the marks know better.
    """
    for run in paragraph.iter(w("r")):
        properties = run.find(w("rPr"))
        if properties is not None:
            run.remove(properties)
    properties = paragraph.find(w("pPr"))
    if plain_style:
        properties = paragraph.get_or_add_pPr()
        properties.style = plain_style
    kept = {w("pStyle"), w("numPr"), w("outlineLvl"), w("sectPr")}
    for child in list(properties) if properties is not None else []:
        is_odd = child.tag == w("numPr") and not all((value.get(w("val")) or "").isdigit() for value in child)
        if child.tag not in kept or is_odd:
            properties.remove(child)


def _put_first(paragraph: Any, text: str) -> None:
    properties = paragraph.find(w("pPr"))
    position = 0 if properties is None else paragraph.index(properties) + 1
    paragraph.insert(position, text_run(text, paragraph))


def _text_like(run: Any, text: str) -> Any:
    return text_run(text, run)[0]


def _number(element: Any, default: int) -> int:
    value = (element.get(w("val")) or "") if element is not None else ""
    return int(value) if value.isdigit() else default


def _trailing_number(name: str) -> int:
    last = name.split()[-1]
    return int(last) if last.isdigit() else 1


def _indent(paragraph: Any) -> int:
    """The paragraph's own indent in half inches, which tells what hangs below a list item."""
    indent = paragraph.find(f"{w('pPr')}/{w('ind')}")
    if indent is None:
        return 0
    value = indent.get(w("left")) or indent.get(w("start")) or "0"
    return max(0, round(int(value) / 720)) if value.lstrip("-").isdigit() else 0

"""Writes a policy as DOCX: heading styles, numbered lists of numbering.xml, header rows, running heads, properties."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt

from building.header_block import header_rows
from building.source import Block, Heading, ListBlock, Paragraph, Run, Source, Table

BULLETS = ("•", "o", "▪")
NUMBERS = ("decimal", "lowerLetter", "lowerRoman")
BULLET_ABSTRACT, NUMBER_ABSTRACT = 90, 91
STAMP = (2026, 11, 24, 8, 0, 0)


def write_docx(source: Source) -> bytes:
    """The policy as a DOCX file; the same source always gives the same bytes."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    _Numbering(document)
    _running_heads(document, source)
    document.add_paragraph(source.text("title"), style="Title")
    _header_table(document, source)
    writer = _Body(document, source)
    for block in source.blocks:
        writer.block(block)
    _properties(document, source)
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _with_fixed_times(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            if "thumbnail" not in name:
                content = old.read(name)
                if name in ("_rels/.rels", "[Content_Types].xml"):
                    content = _without_thumbnail(content)
                info = zipfile.ZipInfo(name, STAMP)
                info.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(info, content)
    return target.getvalue()


def _without_thumbnail(xml: bytes) -> bytes:
    start = xml.find(b"<Relationship ", max(0, xml.find(b"thumbnail.jpeg") - 300))
    while start >= 0:
        end = xml.index(b"/>", start) + 2
        if b"thumbnail" in xml[start:end]:
            return xml[:start] + xml[end:]
        start = xml.find(b"<Relationship ", end)
    return xml


def _properties(document: Document, source: Source) -> None:
    properties = document.core_properties
    properties.title = source.text("title")
    properties.subject = source.text("reference_number")
    properties.author = source.text("owner")
    properties.keywords = source.text("applies_to")
    properties.comments = "Northmoor Health policy library. Invented; not for clinical use."
    properties.revision = 1
    edited = source.meta.get("revised_date") or source.meta["effective_date"]
    properties.created = properties.modified = datetime(edited.year, edited.month, edited.day, 8, 0, 0)
    properties.last_modified_by = source.text("owner")


def _element(tag: str, parent: Any = None, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    if parent is not None:
        parent.append(element)
    return element


class _Numbering:
    """The two multi-level lists of the corpora, written into numbering.xml."""

    def __init__(self, document: Document) -> None:
        root = document.part.numbering_part.element
        bullets = self._abstract(BULLET_ABSTRACT, ["bullet"] * 3, list(BULLETS))
        numbers = self._abstract(NUMBER_ABSTRACT, list(NUMBERS), ["%1.", "%2.", "%3."])
        first = root.find(qn("w:num"))
        first.addprevious(bullets)
        first.addprevious(numbers)

    @staticmethod
    def _abstract(number: int, formats: list[str], texts: list[str]) -> Any:
        abstract = _element("w:abstractNum", abstractNumId=str(number))
        _element("w:multiLevelType", abstract, val="hybridMultilevel")
        for depth, (shape, text) in enumerate(zip(formats, texts, strict=True)):
            level = _element("w:lvl", abstract, ilvl=str(depth))
            _element("w:start", level, val="1")
            _element("w:numFmt", level, val=shape)
            _element("w:lvlText", level, val=text)
            _element("w:lvlJc", level, val="left")
            indent = _element("w:pPr", level)
            _element("w:ind", indent, left=str(540 + 400 * depth), hanging="360")
        return abstract


def _field(paragraph: Any, instruction: str) -> None:
    simple = _element("w:fldSimple", paragraph._p, instr=instruction)
    run = _element("w:r", simple)
    text = _element("w:t", run)
    text.text = "1"


def _running_heads(document: Document, source: Source) -> None:
    section = document.sections[0]
    section.left_margin = section.right_margin = Inches(1)
    head = section.header.paragraphs[0]
    head.paragraph_format.tab_stops.add_tab_stop(Inches(6.5), WD_TAB_ALIGNMENT.RIGHT)
    head.add_run(f"Northmoor Health\t{source.text('reference_number')} {source.text('title')}")
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(Inches(6.5), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run("Printed copies are uncontrolled. Check the policy library for the current version.\tPage ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _header_table(document: Document, source: Source) -> None:
    rows = header_rows(source)
    table = document.add_table(rows=0, cols=4, style="Table Grid")
    for left, right in zip(rows[::2], [*rows[1::2], ("", "")], strict=False):
        cells = table.add_row().cells
        for cell, text, bold in zip(cells, (*left, *right), (True, False, True, False), strict=True):
            cell.paragraphs[0].add_run(text).bold = bold
    document.add_paragraph()


class _Body:
    """Writes the blocks of one policy, counting its lists and its tracked changes."""

    def __init__(self, document: Document, source: Source) -> None:
        self._document = document
        self._tracked = bool(source.meta.get("tracked"))
        self._author = source.text("owner")
        self._changed = f"{source.meta.get('revised_date') or source.meta['effective_date']}T08:00:00Z"
        self._changes = 0

    def block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._runs(self._document.add_heading("", level=block.level), block.runs)
        elif isinstance(block, Paragraph):
            style = "Caption" if block.caption else "Normal"
            self._runs(self._document.add_paragraph(style=style), block.runs)
        elif isinstance(block, ListBlock):
            self._list(block, 0)
        else:
            self._table(block)

    def _list(self, block: ListBlock, depth: int) -> None:
        number = self._new_list(NUMBER_ABSTRACT if block.ordered else BULLET_ABSTRACT)
        for item in block.items:
            for index, child in enumerate(item):
                if isinstance(child, ListBlock):
                    self._list(child, depth + 1)
                elif isinstance(child, Paragraph):
                    self._item(child, depth, number if index == 0 else None, block.ordered)

    def _item(self, paragraph: Paragraph, depth: int, number: int | None, ordered: bool) -> None:
        style = ("List Number" if ordered else "List Bullet") if number is not None else "List Continue"
        target = self._document.add_paragraph(style=style)
        if number is not None:
            properties = _element("w:numPr")
            _element("w:ilvl", properties, val=str(depth))
            _element("w:numId", properties, val=str(number))
            target._p.get_or_add_pPr()._insert_numPr(properties)
        self._runs(target, paragraph.runs)

    def _new_list(self, abstract: int) -> int:
        root = self._document.part.numbering_part.element
        number = max(int(num.get(qn("w:numId"))) for num in root.findall(qn("w:num"))) + 1
        num = _element("w:num", root, numId=str(number))
        _element("w:abstractNumId", num, val=str(abstract))
        for depth in range(3):
            override = _element("w:lvlOverride", num, ilvl=str(depth))
            _element("w:startOverride", override, val="1")
        return number

    def _table(self, block: Table) -> None:
        table = self._document.add_table(rows=1, cols=len(block.header), style="Table Grid")
        _element("w:tblHeader", table.rows[0]._tr.get_or_add_trPr(), val="true")
        for cell, lines in zip(table.rows[0].cells, block.header, strict=True):
            self._cell(cell, lines, bold=True)
        for row in block.rows:
            for cell, lines in zip(table.add_row().cells, row, strict=True):
                self._cell(cell, lines)
        self._document.add_paragraph()

    def _cell(self, cell: Any, lines: tuple[tuple[Run, ...], ...], bold: bool = False) -> None:
        for index, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            self._runs(paragraph, line, bold)

    def _runs(self, paragraph: Any, runs: tuple[Run, ...], bold: bool = False) -> None:
        for run in runs:
            made = paragraph.add_run(run.text)
            made.bold = bold or run.bold or None
            made.italic = run.italic or None
            if self._tracked and (run.struck or run.inserted):
                self._track(made._r, "w:del" if run.struck else "w:ins")
            elif run.struck:
                made.font.strike = True

    def _track(self, run: Any, tag: str) -> None:
        self._changes += 1
        change = _element(tag, id=str(self._changes), author=self._author, date=self._changed)
        run.addprevious(change)
        change.append(run)
        if tag == "w:del":
            for text in run.findall(qn("w:t")):
                text.tag = qn("w:delText")
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

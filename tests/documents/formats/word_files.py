"""Small Word files, built from XML as word processors write it."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

NAMESPACES = nsdecls("w", "wp", "a", "r", "m") + (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def word_file(
    body: str = "", *, numbering: str = "", header: str = "", footnotes: str = "", diagram: str = "", **properties: Any
) -> bytes:
    """A Word file with the given XML in its body, numbering definitions, header and footnotes."""
    document = docx.Document()
    section = document.element.body.sectPr
    for element in parse_xml(f"<w:body {NAMESPACES}>{body}</w:body>"):
        section.addprevious(element)
    if numbering:
        part = document.part.numbering_part.element
        for element in list(part):
            part.remove(element)
        for element in parse_xml(f"<w:numbering {NAMESPACES}>{numbering}</w:numbering>"):
            part.append(element)
    if header:
        target = document.sections[0].header
        target.is_linked_to_previous = False
        for element in parse_xml(f"<w:hdr {NAMESPACES}>{header}</w:hdr>"):
            target._element.append(element)
    if footnotes:
        _add_footnotes(document, footnotes)
    if diagram:
        identifier = _add_part(document, "/word/diagrams/data1.xml", "diagramData", diagram)
        for element in document.element.body.iter():
            for name, value in element.attrib.items():
                if value == "DIAGRAM":
                    element.set(name, identifier)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def p(text: str = "", style: str = "", properties: str = "", runs: str = "") -> str:
    """A paragraph."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{r(text) if text else ''}{runs}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, number: int, level: int = 0) -> str:
    """A paragraph of an automatic list."""
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: list[str], header_rows: int = 0) -> str:
    """A table; a cell is XML, or text if it does not begin with "<"."""
    xml = ""
    for index, row in enumerate(rows):
        properties = "<w:trPr><w:tblHeader/></w:trPr>" if index < header_rows else ""
        xml += f"<w:tr>{properties}{''.join(map(cell, row))}</w:tr>"
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * len(rows[0])}</w:tblGrid>{xml}</w:tbl>"


def cell(content: str, properties: str = "") -> str:
    """A cell of a table."""
    if content.startswith("<w:tc>"):
        return content
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"


NUMBERED = """
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
  <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%3"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
"""


def _add_footnotes(document: Any, footnotes: str) -> None:
    _add_part(document, "/word/footnotes.xml", "footnotes", f"<w:footnotes {NAMESPACES}>{footnotes}</w:footnotes>")


def _add_part(document: Any, name: str, kind: str, xml: str) -> str:
    """Adds a part to the package; returns the id of the relation to it."""
    content = f'<?xml version="1.0" encoding="UTF-8"?>{xml}'.encode()
    part = Part(
        PackURI(name), f"application/vnd.openxmlformats-officedocument.{kind}+xml", content, document.part.package
    )
    return str(
        document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}")
    )

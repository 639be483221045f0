"""Reads a PDF: characters to lines to reading order to blocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.formats.pdf.characters import CharacterReader
from ragkit.documents.formats.pdf.columns import split_columns
from ragkit.documents.formats.pdf.flow import FlowHeaderLine, FlowLine, FlowPart, Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.governance_lines import is_governance_label
from ragkit.documents.formats.pdf.joining import vocabulary_of
from ragkit.documents.formats.pdf.lines import build_lines
from ragkit.documents.formats.pdf.placement import Placement
from ragkit.documents.formats.pdf.running import find_running, is_page_number
from ragkit.documents.formats.pdf.structure import Measures, StructureWriter
from ragkit.documents.formats.pdf.words import build_words
from ragkit.documents.parsed import CanonicalTextBuilder, ParsedSource, UnreadableDocumentError


@dataclass(slots=True)
class _Page:
    number: int
    width: float
    height: float
    groups: list[list[Line]] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return sorted((line for group in self.groups for line in group), key=lambda line: line.baseline)


def read_pdf(data: bytes, *, source: str = "") -> ParsedSource:
    """Reads a PDF file.

    Args:
        data: the file's bytes.
        source: its name, for messages.

    Returns:
        Its text in reading order with structure, and what a person should know about it.

    Raises:
        UnreadableDocumentError: the file is empty, broken, encrypted, or has no text layer at all.
    """
    document = _open(data, source)
    try:
        pages = [_read_page(document, index) for index in range(len(document))]
        properties = {key.lower(): value for key, value in document.get_metadata_dict(skip_empty=True).items()}
    finally:
        document.close()
    return _assemble(pages, properties, source)


def _open(data: bytes, source: str) -> pypdfium2.PdfDocument:
    name = source or "The file"
    if not data.strip():
        raise UnreadableDocumentError(
            Problem(kind=ProblemKind.EMPTY, message=f"{name} is empty. Export it again from its source.")
        )
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise UnreadableDocumentError(
                Problem(
                    kind=ProblemKind.ENCRYPTED,
                    message=f"{name} is protected by a password. Save a copy without protection.",
                )
            ) from error
        raise UnreadableDocumentError(
            Problem(
                kind=ProblemKind.BROKEN,
                message=f"{name} is not a readable PDF (damaged or cut off). Download or export it again.",
            )
        ) from error


def _read_page(document: pypdfium2.PdfDocument, index: int) -> _Page:
    page = document[index]
    left, bottom, right, top = page.get_cropbox()
    placement = Placement(left, bottom, right, top, page.get_rotation() // 90)
    text_page = page.get_textpage()
    glyphs = CharacterReader(text_page.raw, placement, {}).glyphs()
    words = build_words(glyphs)
    groups = [build_lines(group, index + 1) for group in split_columns(words)]
    text_page.close()
    page.close()
    return _Page(index + 1, placement.width, placement.height, groups)


def _assemble(pages: list[_Page], properties: dict[str, str], source: str) -> ParsedSource:
    if not any(page.groups and page.lines for page in pages):
        raise UnreadableDocumentError(
            Problem(
                kind=ProblemKind.NO_TEXT_LAYER,
                message=f"{source or 'The file'} has no text layer (a scan). Run text recognition on it first.",
                pages=tuple(page.number for page in pages),
            )
        )
    all_lines = [line for page in pages for line in page.lines]
    running = find_running([page.lines for page in pages], [page.height for page in pages])
    builder = CanonicalTextBuilder()
    writer = StructureWriter(builder, _measures(pages, all_lines))
    running_lines: dict[str, None] = {}
    empty: list[int] = []
    for page, (heads, feet) in zip(pages, running, strict=True):
        lines = page.lines
        if not lines:
            empty.append(page.number)
        edge = [*lines[:heads], *lines[len(lines) - feet :]]
        for line in edge:
            if not is_page_number(line.text):
                running_lines.setdefault(line.text)
        writer.write_page(page.number, _parts(page, edge))
    writer.close()
    problems = []
    if empty:
        problems.append(
            Problem(
                kind=ProblemKind.NO_TEXT_LAYER,
                message="Pages without a text layer (scans or pictures). Run text recognition on them.",
                pages=tuple(empty),
            )
        )
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/pdf",
        page_starts=tuple(builder.page_starts),
        excluded=tuple(builder.excluded),
        problems=tuple(problems),
        properties=properties,
        running_lines=tuple(running_lines),
    )


def _parts(page: _Page, edge: list[Line]) -> list[FlowPart]:
    parts: list[FlowPart] = []
    left_out = {id(line) for line in edge}
    if page.number == 1:
        header = [line for line in edge if not is_page_number(line.text)]
        for line in page.lines:
            if id(line) not in left_out and is_governance_label(line.text):
                header.append(line)
                left_out.add(id(line))
        header.sort(key=lambda line: line.baseline)
        parts += [FlowHeaderLine(line.text, page.number) for line in header]
    for group in page.groups:
        body = [line for line in group if id(line) not in left_out]
        if not body:
            continue
        region = Region(0.0 if len(page.groups) == 1 else min(line.x0 for line in body), max(line.x1 for line in body))
        parts += [FlowLine(line, region) for line in body]
    return parts


def _measures(pages: list[_Page], lines: list[Line]) -> Measures:
    sizes: Counter[float] = Counter()
    pitches: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    for page in pages:
        for group in page.groups:
            for a, b in zip(group, group[1:], strict=False):
                if abs(a.size - body) < 1 and abs(b.size - body) < 1:
                    pitches[round((b.baseline - a.baseline) / body, 1)] += 1
    usual = [p for p in pitches.elements() if 0.8 <= p <= 2.3]
    pitch = Counter(usual).most_common(1)[0][0] if usual else 1.2
    return Measures(body, pitch, vocabulary_of(line.text for line in lines))

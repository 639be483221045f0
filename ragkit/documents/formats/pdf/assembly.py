"""Pages that have been read become one document."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.documents.document import ExclusionReason, Problem, ProblemKind
from ragkit.documents.formats.pdf.flow import (
    FlowExcluded,
    FlowFootnote,
    FlowHeaderLine,
    FlowLine,
    FlowParagraph,
    FlowPart,
    Region,
)
from ragkit.documents.formats.pdf.footnotes import split_footnotes
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.grids import Grid
from ragkit.documents.formats.pdf.header_block import find_header, header_texts
from ragkit.documents.formats.pdf.joining import join_lines
from ragkit.documents.formats.pdf.measuring import measure
from ragkit.documents.formats.pdf.pictures import picture_pages
from ragkit.documents.formats.pdf.running import EdgeUnit, edge_units, find_running, is_page_number
from ragkit.documents.formats.pdf.structure import StructureWriter
from ragkit.documents.formats.pdf.tables import TableMemory, TableReader
from ragkit.documents.formats.pdf.units import PageContent, TextBand
from ragkit.documents.formats.pdf.wrapping import Measures
from ragkit.documents.parsed import CanonicalTextBuilder, ParsedSource


def assemble(pages: Sequence[PageContent], properties: dict[str, str]) -> ParsedSource:
    """Takes running lines and the header block apart, and writes the rest as blocks."""
    units = [edge_units(page) for page in pages]
    running = find_running(units, [page.height for page in pages])
    first = next(index for index, page in enumerate(pages) if page.has_text)
    builder = CanonicalTextBuilder()
    writer = StructureWriter(builder, measure(pages))
    memory = TableMemory()
    watermarks = _watermarks(pages)
    running_lines: dict[str, None] = dict.fromkeys(watermarks)
    for index, page in enumerate(pages):
        edge = [*running[index][0], *running[index][1]]
        for unit in edge:
            for line in unit.lines:
                if not is_page_number(line.text) and any(c.isalnum() for c in line.text):
                    running_lines.setdefault(line.text)
        header: list[EdgeUnit] = find_header(page, units[index], edge) if index == first else []
        left_out = {id(line) for unit in (*edge, *header) for line in unit.lines}
        left_out |= {id(unit.grid) for unit in (*edge, *header) if unit.grid is not None}
        parts: list[FlowPart] = [FlowHeaderLine(text) for text in header_texts(header)]
        parts += _body(page, left_out, memory, writer.measures)
        parts += [FlowParagraph(run.text) for run in page.turned if run.text not in watermarks]
        _insert_excluded(parts, page)
        writer.write_page(page.number, parts)
    writer.close()
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/pdf",
        page_starts=tuple(builder.page_starts),
        excluded=tuple(builder.excluded),
        problems=tuple(_problems(pages)),
        properties=properties,
        running_lines=tuple(running_lines),
    )


def _watermarks(pages: Sequence[PageContent]) -> list[str]:
    """Turned text that is very large or stands on several pages: it says something of the document, not in it."""
    seen: dict[str, int] = {}
    for page in pages:
        for text in {run.text for run in page.turned}:
            seen[text] = seen.get(text, 0) + 1
    large = {run.text for page in pages for run in page.turned if run.is_watermark}
    return [text for text, count in seen.items() if text in large or count >= max(2, 0.4 * len(pages))]


def _body(page: PageContent, left_out: set[int], memory: TableMemory, measures: Measures) -> list[FlowPart]:
    parts: list[FlowPart] = []
    notes: list[list[Line]] = []
    bands = [unit for unit in page.units if isinstance(unit, TextBand)]
    for unit in page.units:
        if isinstance(unit, Grid):
            if id(unit) not in left_out:
                parts += TableReader(unit, page.number, page.drawings.fills, memory).parts()
            continue
        for column in unit.columns:
            lines = [line for line in column if id(line) not in left_out]
            if unit is bands[-1] and column is unit.columns[-1]:
                lines, notes = split_footnotes(lines, page.height)
            if lines:
                memory.open = False
                region = _region(unit, lines, measures.edges[page.number])
                parts += [FlowLine(line, region) for line in lines]
    parts += [FlowFootnote(_joined(note, measures)) for note in notes]
    return parts


def _joined(lines: Sequence[Line], measures: Measures) -> str:
    text = ""
    for line in lines:
        text = join_lines(text, line.text, measures.vocabulary)
    return text


def _insert_excluded(parts: list[FlowPart], page: PageContent) -> None:
    """Puts struck and hidden words before the first line that stands below them."""
    for run in reversed(page.excluded):
        place = next(
            (i for i, part in enumerate(parts) if isinstance(part, FlowLine) and part.line.baseline > run.baseline),
            len(parts),
        )
        parts.insert(place, FlowExcluded(run.reason, run.detail, run.text))


def _region(band: TextBand, lines: Sequence[Line], edges: tuple[float, float]) -> Region:
    if band.extent is not None:
        return Region(*band.extent)
    if len(band.columns) == 1:
        return Region(edges[0], max(edges[1], max(line.x1 for line in lines)))
    return Region(min(line.x0 for line in lines), max(line.x1 for line in lines))


def _problems(pages: Sequence[PageContent]) -> list[Problem]:
    found: dict[ProblemKind, list[int]] = {}
    pictures = picture_pages(pages)
    for page in pages:
        reasons = {run.reason for run in page.excluded}
        for kind, holds in (
            (ProblemKind.NO_TEXT_LAYER, not page.has_text or page.number in pictures),
            (ProblemKind.STRUCK_TEXT, ExclusionReason.STRUCK in reasons),
            (ProblemKind.HIDDEN_TEXT, ExclusionReason.HIDDEN in reasons),
            (ProblemKind.UNREADABLE_CHARACTERS, page.unreadable > 0),
            (ProblemKind.LOST_TABLE, page.lost_table),
        ):
            if holds:
                found.setdefault(kind, []).append(page.number)
    return [Problem(kind=kind, message=_MESSAGES[kind], pages=tuple(numbers)) for kind, numbers in found.items()]


_MESSAGES = {
    ProblemKind.NO_TEXT_LAYER: "These pages have no text layer: they are scans, blank, or have words in pictures. "
    "Look at them, and run text recognition (OCR) on the file if they hold words that are needed.",
    ProblemKind.STRUCK_TEXT: "Words with a line through them were left out. If this is a red-lined draft, ingest the "
    "final version instead.",
    ProblemKind.HIDDEN_TEXT: "Words that a reader of the page cannot see (white, covered, off the page) were left out. "
    "Check that nothing of the policy is missing.",
    ProblemKind.UNREADABLE_CHARACTERS: "Some characters have no meaning in the file and are shown as a replacement "
    "sign. Export the file again with embedded fonts.",
    ProblemKind.LOST_TABLE: "A flowchart or table without a clear grid was read box by box: which box leads to which "
    "is lost. Look at the page itself.",
}

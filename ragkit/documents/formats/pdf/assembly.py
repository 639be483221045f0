"""Pages that have been read become one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.formats.pdf.flow import FlowHeaderLine, FlowLine, FlowPart, Region
from ragkit.documents.formats.pdf.geometry import Line
from ragkit.documents.formats.pdf.grids import Grid
from ragkit.documents.formats.pdf.header_block import find_header, header_texts
from ragkit.documents.formats.pdf.joining import vocabulary_of
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
    writer = StructureWriter(builder, _measures(pages))
    memory = TableMemory()
    running_lines: dict[str, None] = {}
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


def _body(page: PageContent, left_out: set[int], memory: TableMemory, measures: Measures) -> list[FlowPart]:
    parts: list[FlowPart] = []
    for unit in page.units:
        if isinstance(unit, Grid):
            if id(unit) not in left_out:
                parts += TableReader(unit, page.number, page.drawings.fills, memory).parts()
            continue
        for column in unit.columns:
            lines = [line for line in column if id(line) not in left_out]
            if lines:
                memory.open = False
                region = _region(unit, lines, measures)
                parts += [FlowLine(line, region) for line in lines]
    return parts


def _region(band: TextBand, lines: Sequence[Line], measures: Measures) -> Region:
    if len(band.columns) == 1:
        return Region(measures.left, max(measures.right, max(line.x1 for line in lines)))
    return Region(min(line.x0 for line in lines), max(line.x1 for line in lines))


def _problems(pages: Sequence[PageContent]) -> list[Problem]:
    problems = []
    scans = tuple(page.number for page in pages if not page.has_text and page.has_image)
    if scans:
        message = "These pages have no text layer: they are scans or pictures. Run text recognition (OCR) on the file."
        problems.append(Problem(kind=ProblemKind.NO_TEXT_LAYER, message=message, pages=scans))
    return problems


def _measures(pages: Sequence[PageContent]) -> Measures:
    columns = [c for page in pages for unit in page.units if isinstance(unit, TextBand) for c in unit.columns]
    cells = [word for page in pages for unit in page.units if isinstance(unit, Grid) for c in unit.cells for word in c.words]
    lines = [line for column in columns for line in column]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    for word in cells:
        sizes[round(word.style.size, 1)] += len(word.text)
    body = sizes.most_common(1)[0][0]
    pitches = Counter(
        pitch
        for column in columns
        for a, b in zip(column, column[1:], strict=False)
        if abs(a.size - body) < 1 and abs(b.size - body) < 1
        if 0.8 <= (pitch := round((b.baseline - a.baseline) / body, 1)) <= 2.3
    )
    lefts = sorted(line.x0 for line in lines) or [0.0]
    rights = sorted(line.x1 for line in lines) or [max(page.width for page in pages)]
    return Measures(
        body_size=body,
        pitch=_smallest_common(pitches),
        left=lefts[int(0.01 * (len(lefts) - 1))],
        right=rights[int(0.985 * (len(rights) - 1))],
        vocabulary=vocabulary_of([line.text for line in lines] + [word.text for word in cells]),
    )


def _smallest_common(pitches: Counter[float]) -> float:
    """The line distance within paragraphs: the smallest that is nearly as frequent as the most frequent."""
    if not pitches:
        return 1.2
    most = pitches.most_common(1)[0][1]
    return min(pitch for pitch, count in pitches.items() if count >= 0.5 * most)

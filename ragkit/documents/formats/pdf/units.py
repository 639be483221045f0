"""What a page consists of from top to bottom: grids, and columns of text between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ragkit.documents.formats.pdf.columns import split_columns
from ragkit.documents.formats.pdf.drawings import Drawings
from ragkit.documents.formats.pdf.exclusions import ExcludedRun
from ragkit.documents.formats.pdf.flowcharts import mark_flowchart, take_boxes
from ragkit.documents.formats.pdf.geometry import Line, Word
from ragkit.documents.formats.pdf.grids import Grid, fill_cells, find_grids, without_page_frames
from ragkit.documents.formats.pdf.lines import build_lines
from ragkit.documents.formats.pdf.turned import TurnedText
from ragkit.documents.formats.pdf.unruled import part_tables
from ragkit.documents.formats.pdf.zones import Items, find_zone


@dataclass(slots=True)
class TextBand:
    """Text outside grids, in columns (mostly one).

    Attributes:
        columns: the lines of each column.
        extent: left and right edge of the column of the page that the text stands in; None where it has the page's
            whole width or columns of its own.
    """

    columns: list[list[Line]]
    extent: tuple[float, float] | None = None

    @property
    def top(self) -> float:
        """Upper edge of its first line."""
        return min(line.top for column in self.columns for line in column)


@dataclass(slots=True)
class PageContent:
    """One page, read.

    Attributes:
        number: 1-based page.
        width, height: in points.
        drawings: rules, fills, images.
        units: grids and text between them, top to bottom.
        excluded: struck or hidden words.
        unreadable: count of characters without meaning.
        word_count: how many words it has.
        turned: text that does not run from left to right.
        lost_table: whether a flowchart or table came out as loose boxes.
    """

    number: int
    width: float
    height: float
    drawings: Drawings
    units: list[Grid | TextBand] = field(default_factory=list)
    excluded: list[ExcludedRun] = field(default_factory=list)
    unreadable: int = 0
    word_count: int = 0
    turned: list[TurnedText] = field(default_factory=list)
    lost_table: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in whole points; pages of one size have the same margins."""
        return round(self.width), round(self.height)

    @property
    def has_text(self) -> bool:
        """Whether any word was found."""
        return bool(self.units) or bool(self.turned)


def lay_out(words: Sequence[Word], page: PageContent) -> None:
    """Parts the words of a page into grids and text bands, in reading order."""
    page.word_count = len(words)
    fills = [fill.box for fill in page.drawings.fills]
    # rounded boxes are no table's; the rules between them are arrows and must not pass for a grid
    outside, boxes = take_boxes(words, page.drawings.shapes, page.drawings.shapes + fills, page.width * page.height)
    grids = without_page_frames(find_grids(page.drawings), page.width, page.height)
    outside = fill_cells(grids, outside)
    if not boxes:
        outside, boxes = take_boxes(outside, page.drawings.shapes + fills, [], page.width * page.height)
    grids = sorted([*filter(_has_words, grids), *boxes], key=lambda g: (g.box.top, g.box.x0))
    page.lost_table = mark_flowchart(grids, page.width)
    page.units = []
    _arrange(Items(list(outside), grids), page, None)
    _mark_underlines(page)


def _arrange(items: Items, page: PageContent, extent: tuple[float, float] | None) -> None:
    """Adds words and grids in reading order: columns that tables stand in one after the other, else top to bottom."""
    zone = find_zone(items, page.height) if items.grids and items.words else None
    if zone is not None:
        _arrange(zone.above, page, extent)
        _arrange(zone.left, page, zone.left.extent)
        _arrange(zone.right, page, zone.right.extent)
        _arrange(zone.below, page, extent)
        return
    rest = items.words
    for grid in items.grids:
        # text that begins above the grid is read before it; text beside it, after the grid
        above = [w for w in rest if w.baseline <= grid.box.top + 0.5 * w.style.size]
        taken = set(map(id, above))
        rest = [w for w in rest if id(w) not in taken]
        _add_band(above, page, extent)
        page.units.append(grid)
    _add_band(rest, page, extent)


def _mark_underlines(page: PageContent) -> None:
    """Lines of text whose whole width is underlined are marked; so headings and labels often are."""
    rules = [r.box for r in page.drawings.horizontal if r.box.width >= 12 and not r.is_white]
    if not rules:
        return
    for unit in page.units:
        for line in (line for column in unit.columns for line in column) if isinstance(unit, TextBand) else ():
            under = sum(
                min(line.x1, box.x1) - max(line.x0, box.x0)
                for box in rules
                if -0.05 * line.size <= box.top - line.baseline <= 0.3 * line.size
                and box.x0 < line.x1
                and box.x1 > line.x0
                and box.x1 <= line.x1 + line.size
                and box.x0 >= line.x0 - line.size
            )
            line.underlined = under >= 0.75 * (line.x1 - line.x0)


def _has_words(grid: Grid) -> bool:
    return any(cell.words for cell in grid.cells)


def _add_band(words: list[Word], page: PageContent, extent: tuple[float, float] | None) -> None:
    for part in part_tables(words) if words else []:
        if isinstance(part, Grid):
            page.units.append(part)
        else:
            columns = [build_lines(group, page.number) for group in split_columns(part)]
            page.units.append(TextBand(columns, extent if len(columns) == 1 else None))

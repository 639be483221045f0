"""Structure that a writer drew by hand: lists typed with bullets, tables made of tabs, frames, headings in bold.

Works on nodes, so that Word, HTML and Markdown are treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ragkit.documents.formats.header_lines import is_header_line
from ragkit.documents.formats.headings import promote_headings
from ragkit.documents.formats.line_breaks import split_lines
from ragkit.documents.formats.nodes import Cell, Node, NodeKind, Row, TableNode, TextNode, tidy_spaces, without_marks
from ragkit.documents.formats.typed_lists import with_typed_lists

LONGEST_TABBED_LINE = 200


def structured(nodes: Sequence[Node]) -> list[Node]:
    """The nodes of a document with all the structure that can be seen in them."""
    return promote_headings(_run(nodes))


def _run(nodes: Sequence[Node]) -> list[Node]:
    """A run of nodes, in a document or in a cell; headings in bold are looked for only outside of cells."""
    found = with_typed_lists(with_tabbed_tables(split_lines(without_frames(nodes))))
    return [_with_cells(node) if isinstance(node, TableNode) else node for node in found]


def _with_cells(table: TableNode) -> TableNode:
    rows = [
        Row(tuple(replace(cell, nodes=tuple(_run(cell.nodes))) for cell in row.cells), row.header) for row in table.rows
    ]
    return TableNode(tuple(rows), table.caption)


def without_frames(nodes: Sequence[Node]) -> list[Node]:
    """A table of a single column is a frame around text, or what a web page is laid out with: its contents count."""
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, TableNode) and not node.caption and _is_frame(node):
            for row in node.rows:
                result.extend(without_frames(row.cells[0].nodes))
        else:
            result.append(node)
    return result


def _is_frame(table: TableNode) -> bool:
    return all(len(row.cells) == 1 or not any(cell.nodes for cell in row.cells[1:]) for row in table.rows) and all(
        row.cells for row in table.rows
    )


def with_tabbed_tables(nodes: Sequence[Node]) -> list[Node]:
    """Lines in a row that are cut into the same number of columns by tabs become a table."""
    result: list[Node] = []
    position = 0
    while position < len(nodes):
        end = position
        while end < len(nodes) and _columns(nodes[end]) > 1 and _columns(nodes[end]) == _columns(nodes[position]):
            end += 1
        if end - position >= (3 if _columns(nodes[position]) == 2 else 2):
            result.append(TableNode(tuple(_tabbed_row(node) for node in nodes[position:end])))
            position = end
        else:
            result.append(nodes[position])
            position += 1
    return result


def _columns(node: Node) -> int:
    if not isinstance(node, TextNode) or node.kind is not NodeKind.PARAGRAPH:
        return 0
    text = without_marks(node.text)
    if len(text) > LONGEST_TABBED_LINE or "\n" in text or is_header_line(text):
        return 0
    return len([cell for cell in text.split("\t") if cell.strip()])


def _tabbed_row(node: Node) -> Row:
    assert isinstance(node, TextNode)
    cells = [cell for cell in tidy_spaces(node.text).split("\t") if cell.strip()]
    return Row(tuple(Cell((TextNode(NodeKind.PARAGRAPH, cell, emphasised=node.emphasised),)) for cell in cells))

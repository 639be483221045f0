"""The header block at the top of a policy: "label: value" lines or a table of labels and values.

Found by what the labels say, not by where a word processor put them: the words below are those that institutions use
for the number, the dates, the owner and the reach of a policy. At least two labels must be there, close to the top.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.formats.nodes import (
    LINE_BREAK,
    MARK_PATTERN,
    Cell,
    Loose,
    Node,
    NodeKind,
    Row,
    TableNode,
    TextNode,
    without_marks,
)

FURTHEST_NODE = 30
LONGEST_VALUE = 160
LONGEST_TITLE = 120

_THING = r"(?:policy|procedure|protocol|document|guideline|pathway|reference|ref|index|standard|manual|sop|doc|control)"
_LABEL = re.compile(
    rf"""^(?:
      {_THING}(?:\s*(?:/|and|&)?\s*{_THING})*\s*(?:number|numbers|num|no|nr|\#|id|identifier|code|title|name|type|owner
        |author|category|level|status|version|lead|holder|manager|statement\ owner)?
    | (?:number|no|id|identifier|code|title|subject|topic|department|dept|unit|division|service|directorate|section
        |owner|author|authors|sponsor|executive\ sponsor|custodian|originator|contact|contact\ person|committee
        |version|revision|rev|edition|issue|status|category|classification|type|keywords
        |site|sites|facility|facilities|location|campus|hospital|scope|applies\ to|applicability|applicable\ to
        |audience|target\ audience|population|distribution|access|confidentiality|restricted\ to|roles?|readers
        |page|pages|supersedes|superseded\ by|superseded|replaces|replaced\ by|former\ number|previous\ versions?)
        (?:\s*(?:number|no|\#|name|date|by))?
    | (?:.*\b)?(?:effective|valid|issued?|published|implementation|implemented|in\ force|original|origination|created
        |adopted|approved|approval|authori[sz]ed|ratified|signed|reviewed|review|revised|revision|updated|amended
        |amendment|expir(?:y|es|ation)|next|last|due)(?:\b.*)?
    | (?:.*\b)?date(?:s|d)?(?:\b.*)?
    | (?:medical\ director|administrator|chief\ \w+(?:\ \w+){{0,2}}|agency\ (?:director|administrator)|prepared\ by
        |approver|approvers|signature|signatures)
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_LINE = re.compile(r"^(?P<label>[A-Za-z][\w .,/&()#'’-]{0,48}?)\s*(?:[:：]\s*|\t+)(?P<value>.*)$", re.DOTALL)

# labels that need no colon: a number follows ("REFERENCE NO. 917"), or a date does ("EFFECTIVE 1/2/2024")
_NUMBER_LINE = re.compile(
    rf"^(?:{_THING}\s*)+(?:number|no|\#)?\s*[.:]?\s*\#?(?:[A-Z]{{1,5}}[ -]?)?\d[\w.-]{{0,12}}$", re.IGNORECASE
)
_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}"
_DATE_LINE = re.compile(rf"^(?P<label>[A-Za-z][A-Za-z /]{{2,30}}?)\s+(?P<date>{_DATE})$")


def is_label(text: str) -> bool:
    """True if a text names a governance field ("Policy No.", "EFFECTIVE DATE", "Approved by")."""
    text = re.sub(r"[:.\s]+$", "", " ".join(text.split()))
    text = re.sub(r"\b(no|ref|dept|rev|nr)\.", r"\1", text, flags=re.IGNORECASE)
    return bool(text) and len(text) <= 50 and len(text.split()) <= 6 and bool(_LABEL.match(text))


def is_header_line(text: str) -> bool:
    """True for a line "label: value" whose label names a governance field."""
    text = without_marks(text)
    dated = _DATE_LINE.match(text)
    if _NUMBER_LINE.match(text) or (dated and is_label(dated["label"])):
        return True
    found = _LINE.match(text)
    if not found or not is_label(found["label"]):
        return False
    value = found["value"].strip()
    return len(value) <= LONGEST_VALUE and not (value.endswith(".") and len(value.split()) > 12)


def with_header_block(nodes: Sequence[Node]) -> list[Node]:
    """The nodes, with the governance lines at the top turned into header nodes; unchanged if there are none."""
    replaced: list[Node] = []
    found = 0
    end = 0
    for position, node in enumerate(nodes[:FURTHEST_NODE]):
        parts = _header_parts(node)
        labels = sum(isinstance(part, TextNode) and part.kind is NodeKind.HEADER for part in parts)
        if not labels and not _may_stand_in_a_header(node):
            break
        found += labels
        replaced.extend(parts)
        end = position + 1
    if found < 2:
        return list(nodes)
    return replaced + list(nodes[end:])


def _may_stand_in_a_header(node: Node) -> bool:
    """Titles and other short lines, which may stand between the labels."""
    if isinstance(node, Loose):
        return True
    if isinstance(node, TableNode):
        return False
    text = without_marks(node.text)
    return node.kind in (NodeKind.HEADING, NodeKind.PARAGRAPH, NodeKind.HEADER) and (
        len(text) <= LONGEST_TITLE and not text.endswith(":")
    )


def _header_parts(node: Node) -> list[Node]:
    """A node taken apart into header lines and what is left; the node itself if it holds no header line."""
    if isinstance(node, TableNode):
        return _table_parts(node) or [node]
    if isinstance(node, TextNode) and node.kind is NodeKind.ITEM and is_header_line(_without_bullet(node.text)):
        return [TextNode(NodeKind.HEADER, _without_bullet(node.text))]
    if isinstance(node, TextNode) and node.kind is NodeKind.PARAGRAPH:
        lines = _header_line_split(node.text)
        if any(is_header_line(line) for line in lines):
            return [TextNode(NodeKind.HEADER if is_header_line(line) else NodeKind.PARAGRAPH, line) for line in lines]
    return [node]


def _header_line_split(text: str) -> list[str]:
    """Lines of a paragraph; a line that holds several labelled values becomes several lines."""
    lines: list[str] = []
    for line in re.split(f"[{LINE_BREAK}\n]", text):
        parts = re.split(r"\t+|\s+[|•·]\s+|\s{4,}", line)
        parts = _with_values(parts)
        if len(parts) > 1 and all(is_header_line(part) for part in parts if without_marks(part)):
            lines.extend(part for part in parts if part.strip())
        elif line.strip():
            lines.append(line)
    return lines


def _with_values(parts: Sequence[str]) -> list[str]:
    """Labels and the values that a tab parted from them, put together again."""
    joined: list[str] = []
    for part in parts:
        last = without_marks(joined[-1]) if joined else ""
        if last.endswith(":") and is_label(last) and not is_label(without_marks(part)):
            joined[-1] = f"{joined[-1].rstrip()}\t{part}"
        else:
            joined.append(part)
    return joined


def _without_bullet(text: str) -> str:
    return re.sub(r"^\s*[•*-]\s+", "", text)


def _table_parts(table: TableNode) -> list[Node]:
    """Header lines of a label and value table; empty if the table is something else."""
    rows = table.rows
    if len(rows) == 2 and len(rows[0].cells) > 1 and all(is_label(_text(cell)) for cell in rows[0].cells):
        return [_pair(label, value) for label, value in zip(rows[0].cells, rows[1].cells, strict=False)]
    parts: list[Node] = []
    labelled_rows = 0
    paired = _labels_and_values_alternate(rows)
    for row in rows:
        row_parts = _row_parts(row, paired)
        labelled_rows += any(isinstance(part, TextNode) and part.kind is NodeKind.HEADER for part in row_parts)
        parts.extend(row_parts)
    return parts if labelled_rows * 2 > len(rows) else []


def _labels_and_values_alternate(rows: Sequence[Row]) -> bool:
    """True if the first, third, ... cells are mostly labels and the others mostly are not."""
    even = [_text(cell) for row in rows for cell in row.cells[0::2] if _text(cell)]
    odd = [_text(cell) for row in rows for cell in row.cells[1::2] if _text(cell)]
    return sum(map(is_label, even)) * 2 > len(even) and sum(map(is_label, odd)) * 2 < len(odd)


def _row_parts(row: Row, paired: bool) -> list[Node]:
    cells = [cell for cell in row.cells if cell.merged != "across"]
    if not paired:
        cells = [cell for cell in cells if cell.nodes]
    parts: list[Node] = []
    position = 0
    while position < len(cells):
        cell = cells[position]
        following = cells[position + 1] if position + 1 < len(cells) else None
        is_pair = following is not None and (position % 2 == 0 if paired else not is_label(_text(following)))
        if following is not None and is_pair and is_label(_text(cell)):
            parts.append(_pair(cell, following))
            position += 2
            continue
        parts.extend(_cell_parts(cell))
        position += 1
    return parts


def _cell_parts(cell: Cell) -> list[Node]:
    """A cell that holds "label: value" lines, or a title."""
    parts: list[Node] = []
    waiting = ""
    for node in cell.nodes:
        if not isinstance(node, TextNode):
            parts.append(node)
            continue
        for line in _header_line_split(node.text):
            text = without_marks(line)
            if waiting:
                parts.append(TextNode(NodeKind.HEADER, f"{waiting} {line}"))
                waiting = ""
            elif text.endswith(":") and is_label(text):
                waiting = line
            else:
                kind = NodeKind.HEADER if is_header_line(line) else node.kind
                parts.append(TextNode(kind, line, level=node.level))
    if waiting:
        parts.append(TextNode(NodeKind.HEADER, waiting))
    return parts


def _pair(label: Cell, value: Cell) -> TextNode:
    """Label and value on one line, with a tab between them if the label has no colon of its own."""
    label_text = _marked(label).strip()
    separator = " " if without_marks(label_text).endswith(":") else "\t"
    return TextNode(NodeKind.HEADER, f"{label_text}{separator}{_marked(value).strip()}")


def _marked(cell: Cell) -> str:
    texts = [node.text for node in cell.nodes if isinstance(node, TextNode | Loose)]
    return " ".join(" ".join(texts).replace(LINE_BREAK, " ").split())


def _text(cell: Cell) -> str:
    return " ".join(MARK_PATTERN.sub("", _marked(cell)).split())

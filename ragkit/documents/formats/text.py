"""Plain text -> ParsedSource: headings, lists and tables as typists have always drawn them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.documents.formats.characters import CharacterReport, visible_characters
from ragkit.documents.formats.front_matter import split_front_matter
from ragkit.documents.formats.header_lines import is_header_line
from ragkit.documents.formats.layout import lay_out
from ragkit.documents.formats.nesting import OpenItems
from ragkit.documents.formats.nodes import Marks, Node, NodeKind, PageStart, TableNode, TextNode
from ragkit.documents.formats.text_tables import table_at
from ragkit.documents.parsed import ParsedSource
from ragkit.documents.sniffing import Format, decode

_ITEM = re.compile(
    r"^(?P<indent>\s*)(?P<marker>[-*•▪●○◦■□–‣]|o(?=\s{1,8}\S)|\d{1,2}(?:\.\d{1,2})+\.?|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)])\s+(?P<text>\S.*)$"
)
_UNDERLINE = re.compile(r"^\s*([=\-~_*#])\1{2,}\s*$")
_NUMBERED_HEADING = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z])[.)]?\s+(?P<text>\S.*)$")
LONGEST_HEADING = 90


def read_text(data: bytes, *, source: str = "") -> ParsedSource:
    """Reads plain text.

    Args:
        data: the file's bytes.
        source: the file's name, for messages.

    Returns:
        Its words and structure; form feeds are page breaks, so a text that has some has pages.
    """
    report = CharacterReport()
    text = decode(data)
    has_pages = "\f" in text.strip("\f\n ")
    front_matter, text = split_front_matter(text, source)
    marks = Marks()
    pages = text.split("\f") if has_pages else [text.replace("\f", "\n")]
    nodes: list[Node] = []
    for number, page in enumerate(pages, start=1):
        page_nodes = _nodes(visible_characters(page, report))
        if has_pages:
            page_nodes = _start_page(page_nodes, marks.new(PageStart(number)))
        nodes.extend(page_nodes)
    builder = lay_out(nodes, marks, has_pages=has_pages)
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type=Format.TEXT.value,
        page_starts=tuple(builder.page_starts),
        excluded=tuple(builder.excluded),
        problems=report.problems(),
        front_matter=front_matter,
    )


def _start_page(nodes: list[Node], mark: str) -> list[Node]:
    for index, node in enumerate(nodes):
        if isinstance(node, TextNode):
            nodes[index] = TextNode(node.kind, mark + node.text, node.level, node.emphasised)
            return nodes
    return [TextNode(NodeKind.PARAGRAPH, mark), *nodes]


@dataclass(frozen=True)
class _Line:
    text: str
    before_blank: bool
    after_blank: bool

    @property
    def indent(self) -> int:
        expanded = self.text.expandtabs(8)
        return len(expanded) - len(expanded.lstrip())


def _lines(text: str) -> list[_Line | None]:
    raw = text.split("\n")
    lines: list[_Line | None] = []
    for index, line in enumerate(raw):
        if not line.strip():
            lines.append(None)
            continue
        before = index == 0 or not raw[index - 1].strip()
        after = index + 1 >= len(raw) or not raw[index + 1].strip()
        lines.append(_Line(line.rstrip(), before, after))
    return lines


def _nodes(text: str) -> list[Node]:
    nodes: list[Node] = []
    lines = _lines(text)
    position = 0
    open_items = OpenItems()
    while position < len(lines):
        line = lines[position]
        if line is None:
            position += 1
            continue
        table = _table(lines, position)
        if table is not None:
            nodes.append(table[0])
            position += table[1]
            open_items.close()
            continue
        following = lines[position + 1] if position + 1 < len(lines) else None
        heading = _heading(line, following)
        if heading is not None:
            nodes.append(heading)
            position += 2 if following is not None and _UNDERLINE.match(following.text) else 1
            open_items.close()
            continue
        if _UNDERLINE.match(line.text):
            position += 1
            continue
        position = _paragraph_or_item(lines, position, nodes, open_items)
    return nodes


def _paragraph_or_item(lines: Sequence[_Line | None], position: int, nodes: list[Node], open_items: OpenItems) -> int:
    """Reads a list item or a paragraph with the lines that go on with it; returns where it ends."""
    line = lines[position]
    assert line is not None
    item = _ITEM.match(line.text)
    parts = [line.text.strip()]
    header = is_header_line(parts[0])
    position += 1
    while position < len(lines) and (following := lines[position]) is not None:
        if _ITEM.match(following.text) or _UNDERLINE.match(following.text) or header:
            break
        if is_header_line(following.text.strip()) or _heading(following, None) is not None:
            break
        if _table(lines, position) is not None:
            break
        parts.append(following.text.strip())
        position += 1
    joined = _joined(parts)
    if item:
        nodes.append(TextNode(NodeKind.ITEM, joined, level=open_items.level_of(joined, line.indent)))
    elif depth := open_items.depth_at(line.indent):
        nodes.append(TextNode(NodeKind.CONTINUATION, joined, level=depth))
    else:
        open_items.close()
        nodes.append(TextNode(NodeKind.PARAGRAPH, joined))
    return position


def _table(lines: Sequence[_Line | None], position: int) -> tuple[TableNode, int] | None:
    following: list[str] = []
    for line in lines[position:]:
        if line is None:
            break
        following.append(line.text)
    if following and _ITEM.match(following[0]) and not re.search(r"\t|\|| {3,}\S", following[0].strip()[4:]):
        return None
    return table_at(following)


def _joined(parts: Sequence[str]) -> str:
    """Lines of one paragraph; a word broken by a hyphen at the end of a line is joined."""
    text = parts[0]
    for part in parts[1:]:
        if re.search(r"[a-z]-$", text) and re.match(r"[a-z]", part):
            stem = re.search(r"([A-Za-z]+)-$", text)
            keeps = stem is not None and stem[1].lower() in ("non", "anti", "self", "pre", "post", "re", "co", "well")
            text = text + part if keeps else text[:-1] + part
        else:
            text = f"{text} {part}"
    return text


def _heading(line: _Line, following: _Line | None) -> TextNode | None:
    """A heading: underlined, numbered on a line of its own, or in capitals on a line of its own."""
    text = line.text.strip()
    if len(text) > LONGEST_HEADING or is_header_line(text):
        return None
    if following is not None and (underline := _UNDERLINE.match(following.text)):
        gap = abs(len(following.text.strip()) - len(text))
        if gap <= max(4, len(text) // 2) and not _ITEM.match(line.text):
            return TextNode(NodeKind.HEADING, text, level=1 if underline[1] in "=#*" else 2)
    numbered = _NUMBERED_HEADING.match(text)
    title = numbered["text"] if numbered else text
    if not line.before_blank or re.search(r"\S {5,}\S", text):
        # a wide gap parts the two ends of a letterhead
        return None
    if numbered and line.after_blank and line.indent == 0 and _in_capitals(title):
        return TextNode(NodeKind.HEADING, text, level=2 + numbered["number"].count("."))
    if text.endswith((".", ",", ";")):
        return None
    if _in_capitals(title):
        depth = numbered["number"].count(".") if numbered else 0
        return TextNode(NodeKind.HEADING, text, level=2 + depth)
    short = line.after_blank and line.indent == 0 and len(title.split()) <= 8 and not title.endswith(":")
    if numbered and short and numbered["number"][0].isdigit() and title[0].isupper():
        return TextNode(NodeKind.HEADING, text, level=2 + numbered["number"].count("."))
    return None


def _in_capitals(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 4 and all(character.isupper() for character in letters) and not text.endswith(":")

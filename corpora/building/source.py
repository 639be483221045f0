"""A source file of a policy: YAML front matter and Markdown, parsed into blocks that every writer understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

CAPTION = re.compile(r"^(Table|Figure) \d+\.")


@dataclass(frozen=True)
class Run:
    """A stretch of text with one appearance. ``hidden`` is white on white, ``struck`` has a line through it."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    inserted: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the highest below the title."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or the caption of the table that follows it."""

    runs: tuple[Run, ...]
    caption: bool = False


@dataclass(frozen=True)
class ListBlock:
    """A list; each item is a sequence of blocks, so that lists nest."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table with one header row; a cell holds one run sequence for each of its lines."""

    header: tuple[tuple[tuple[Run, ...], ...], ...]
    rows: tuple[tuple[tuple[tuple[Run, ...], ...], ...], ...]


Block = Heading | Paragraph | ListBlock | Table


@dataclass(frozen=True)
class Source:
    """One policy: its front matter, its blocks, and the path of the file that is built from it."""

    target: Path
    meta: dict[str, Any]
    blocks: tuple[Block, ...] = field(default_factory=tuple)

    def text(self, key: str) -> str:
        """The front-matter value as text, "" where there is none."""
        value = self.meta.get(key)
        if isinstance(value, list):
            return ", ".join(str(item) for item in value)
        return "" if value is None else str(value)

    def dated(self, key: str) -> str:
        """The front-matter date as the policy writes it (``date_style``), "" where there is none."""
        value = self.meta.get(key)
        return self._written(value) if isinstance(value, date) else self.text(key)

    def _written(self, value: date) -> str:
        style = self.meta.get("date_style", "long")
        if style == "long":
            return f"{value:%B} {value.day}, {value.year}"
        return f"{value:%m-%d-%y}" if style == "short" else f"{value:%m/%d/%Y}"


def read_source(path: Path, root: Path) -> Source:
    """Reads ``root/system/x.pdf.md`` into the source of ``system/x.pdf``."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tree = SyntaxTreeNode(markdown.parse(body))
    return Source(path.relative_to(root).with_suffix(""), yaml.safe_load(front), _blocks(tree))


def _blocks(parent: SyntaxTreeNode) -> tuple[Block, ...]:
    return tuple(_block(node) for node in parent.children)


def _block(node: SyntaxTreeNode) -> Block:
    if node.type == "heading":
        return Heading(int(node.tag[1]) - 1, _runs(node))
    if node.type == "paragraph":
        runs = _runs(node)
        return Paragraph(runs, caption=bool(CAPTION.match("".join(run.text for run in runs))))
    if node.type in ("bullet_list", "ordered_list"):
        return ListBlock(node.type == "ordered_list", tuple(_blocks(item) for item in node.children))
    if node.type == "table":
        head, *body = (row for part in node.children for row in part.children)
        return Table(_cells(head), tuple(_cells(row) for row in body))
    raise ValueError(f"{node.type} is not supported in a source, line {node.map}: use paragraphs, lists and tables")


def _cells(row: SyntaxTreeNode) -> tuple[tuple[tuple[Run, ...], ...], ...]:
    return tuple(_lines(_runs(cell)) for cell in row.children)


def _lines(runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], ...]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run.text == "\n":
            lines.append([])
        else:
            lines[-1].append(run)
    return tuple(tuple(line) for line in lines)


def _runs(node: SyntaxTreeNode) -> tuple[Run, ...]:
    inline = node.children[0] if node.children else None
    return tuple(_inline(inline, {})) if inline is not None else ()


MARKS = {"strong": "bold", "em": "italic", "s": "struck"}
TAGS = {"ins": "inserted", "mark": "hidden"}


def _inline(parent: SyntaxTreeNode, style: dict[str, bool]) -> list[Run]:
    found: list[Run] = []
    style = dict(style)
    for node in parent.children:
        tag = re.fullmatch(r"<(/?)(\w+)>", node.content) if node.type == "html_inline" else None
        if tag and tag[2] == "br":
            found.append(Run("\n"))
        elif tag:
            style[TAGS[tag[2]]] = not tag[1]
        elif node.type in MARKS:
            found += _inline(node, style | {MARKS[node.type]: True})
        elif node.type == "softbreak":
            found.append(Run(" ", **style))
        else:
            found.append(Run(node.content, **style))
    return found

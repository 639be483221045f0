"""The way through ``unstructured`` for DOCX and HTML, and back.

``unstructured`` cuts a file into paragraphs: it knows which runs of text belong together, evens out white space, counts
the automatic numbers of Word's lists and reads running heads and feet. It does not keep what we need besides (which
cell of a table a paragraph stands in, how deep a list item is, where struck words stood), so the readers write a mark
in front of each run of text before, and find its meaning again afterwards. Tables are flattened on the way in, so that
the paragraphs of a cell get the same treatment as all others, and put together again on the way out.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ragkit.documents.formats.nodes import (
    MARK_PATTERN,
    Cell,
    Loose,
    Marks,
    Node,
    NodeKind,
    Row,
    TableNode,
    TextNode,
    without_marks,
)

_OWN_MARKER = re.compile(r"^(?:\(?(?:[0-9]{1,3}|[A-Za-z]|[ivx]{2,5})[.)]|[-•▪●○◦■□–*o☐☑])\s")


@dataclass
class ItemSlot:
    """A list item: its first run of text is the item, the others go on with it."""

    level: int
    marker: str = ""
    opened: bool = False


@dataclass
class CellSlot:
    """A cell that is being filled."""

    nodes: list[Node | TableSlot] = field(default_factory=list)


@dataclass
class TableSlot:
    """A table that is being filled: its rows as (cells, is a header row), a cell as (slot, how it is merged)."""

    rows: list[tuple[list[tuple[CellSlot, str]], bool]] = field(default_factory=list)
    caption: str = ""

    def finished(self) -> TableNode:
        """The table as a node."""
        rows = []
        for cells, header in self.rows:
            rows.append(Row(tuple(Cell(tuple(finished(slot.nodes)), merged) for slot, merged in cells), header))
        return TableNode(tuple(rows), self.caption)


@dataclass
class Run:
    """The meaning of a mark in front of a run of text.

    Attributes:
        into: the list that its node is appended to (the document's or a cell's).
        kind: what it is; an item's first run becomes the item, whatever this says.
        level: depth of a heading.
        item: the list item it belongs to.
        emphasised: set in bold as a whole.
        table: the mark stands for this table, not for text.
        caption_of: the text is the caption of this table.
    """

    into: list[Node | TableSlot]
    kind: NodeKind = NodeKind.PARAGRAPH
    level: int = 0
    item: ItemSlot | None = None
    emphasised: bool = False
    table: TableSlot | None = None
    caption_of: TableSlot | None = None


def finished(nodes: Iterable[Node | TableSlot]) -> list[Node]:
    """Nodes with the filled tables in their places."""
    return [node.finished() if isinstance(node, TableSlot) else node for node in nodes]


def collect(texts: Iterable[str], marks: Marks, into: list[Node | TableSlot]) -> None:
    """Puts partitioned texts back where their marks say they belong; unmarked text goes on with what came before."""
    run = Run(into)
    for text in texts:
        pieces = _split_at_runs(text, marks)
        label = pieces[0][1].strip() if len(pieces) > 1 and without_marks(pieces[0][1]) else ""
        if len(pieces) == 1 or not label:
            _place(run, pieces[0][1], "")
        for found, piece in pieces[1:]:
            if found is not None:
                run = found
            _place(run, piece, label)
            label = ""


def _split_at_runs(text: str, marks: Marks) -> list[tuple[Run | None, str]]:
    """Cuts a text at the marks that stand for runs; the other marks stay in the text."""
    pieces: list[tuple[Run | None, str]] = [(None, "")]
    end = 0
    for found in MARK_PATTERN.finditer(text):
        meaning = marks.meaning(int(found[1]))
        if isinstance(meaning, Run):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + text[end : found.start()])
            pieces.append((meaning, ""))
            end = found.end()
    pieces[-1] = (pieces[-1][0], pieces[-1][1] + text[end:])
    return pieces


def _place(run: Run, text: str, label: str) -> None:
    if run.table is not None:
        if run.table not in run.into:
            run.into.append(run.table)
        if not text.strip():
            return
    if not without_marks(text):
        if text.strip():
            run.into.append(Loose(text))
        return
    if run.caption_of is not None:
        run.caption_of.caption = f"{run.caption_of.caption} {text}".strip()
        return
    kind, level = run.kind, run.level
    if run.item is not None:
        kind, level = (NodeKind.CONTINUATION, run.item.level) if run.item.opened else (NodeKind.ITEM, run.item.level)
        if not run.item.opened and not label and not _OWN_MARKER.match(without_marks(text) + " "):
            label = run.item.marker
        run.item.opened = True
    run.into.append(TextNode(kind, f"{label} {text}" if label else text, level, run.emphasised))


@lru_cache(maxsize=1)
def _blank_pipeline() -> Any:
    """A sentence splitter without a model: ``unstructured`` asks for one and would download it."""
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


def offline_unstructured() -> None:
    """Makes ``unstructured`` work without a network: no model download, no usage reports."""
    os.environ["UNSTRUCTURED_DISABLE_NOTICE"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["SCARF_NO_ANALYTICS"] = "true"
    from unstructured.nlp import tokenize

    tokenize._load_spacy_model = _blank_pipeline


def partition_html(html: str) -> list[str]:
    """The texts of an HTML file's elements, in reading order."""
    offline_unstructured()
    from unstructured.partition.html import partition_html as partition

    return [str(element.text) for element in partition(text=html, languages=[""])]


def partition_docx(data: bytes) -> list[str]:
    """The texts of a Word file's elements, in reading order, automatic numbers in front; no running heads and feet."""
    offline_unstructured()
    from unstructured.partition.docx import partition_docx as partition

    elements = partition(file=io.BytesIO(data), languages=[""], infer_table_structure=False, include_page_breaks=False)
    return [str(element.text) for element in elements if element.category not in ("Header", "Footer")]

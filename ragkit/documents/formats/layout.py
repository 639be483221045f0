"""Lays nodes out as canonical text: sections, lead-ins of lists, and what to do with tables is in ``tables``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ragkit.documents.document import BlockKind, ExcludedText
from ragkit.documents.formats.flow import Flow, end_list, list_context
from ragkit.documents.formats.header_lines import with_header_block
from ragkit.documents.formats.nodes import Exclusion, Loose, Marks, Node, NodeKind, PageStart, TableNode, TextNode
from ragkit.documents.formats.tables import write_table
from ragkit.documents.parsed import CanonicalTextBuilder

_BLOCK_KINDS = {
    NodeKind.HEADING: BlockKind.HEADING,
    NodeKind.PARAGRAPH: BlockKind.PARAGRAPH,
    NodeKind.ITEM: BlockKind.LIST_ITEM,
    NodeKind.CONTINUATION: BlockKind.PARAGRAPH,
    NodeKind.CAPTION: BlockKind.CAPTION,
    NodeKind.FOOTNOTE: BlockKind.FOOTNOTE,
    NodeKind.HEADER: BlockKind.HEADER_BLOCK,
}
_TABLE_KINDS = {BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER, BlockKind.HEADER_BLOCK}
_MARKER = re.compile(r"^\(?([0-9]{1,3}|[A-Za-z]|[ivxlcIVXLC]{2,6})[.)]\s")


def lay_out(nodes: Iterable[Node], marks: Marks, *, has_pages: bool = False) -> CanonicalTextBuilder:
    """Writes nodes as canonical text.

    Args:
        nodes: the document's pieces in reading order.
        marks: what the marks in their text stand for.
        has_pages: the file tells where pages begin; the first page begins at the top.

    Returns:
        The builder that holds text, blocks, page starts and excluded words.
    """
    writer = NodeWriter(marks)
    if has_pages:
        writer.builder.start_page(1)
    writer.write(with_header_block(list(nodes)), Flow())
    return writer.builder


class NodeWriter:
    """Writes nodes into a builder and keeps the places of excluded words and page breaks."""

    def __init__(self, marks: Marks) -> None:
        self.builder = CanonicalTextBuilder()
        self.marks = marks

    def write(self, nodes: Sequence[Node], flow: Flow) -> None:
        """Writes a run of nodes."""
        for node in nodes:
            if isinstance(node, TableNode):
                write_table(self, node, flow)
                end_list(flow)
            elif isinstance(node, Loose):
                self.add(BlockKind.PARAGRAPH, node.text)
            else:
                self._write_text(node, flow)

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        section: tuple[str, ...] = (),
        context: tuple[int, ...] = (),
    ) -> int | None:
        """Adds a block whose text may hold marks; returns its index, None if nothing but marks stood in it."""
        if kind not in _TABLE_KINDS:
            text = text.replace("\t", " ")
        clean, found = self.marks.resolve(text)
        first = [meaning for offset, meaning in found if offset == 0 and isinstance(meaning, PageStart)]
        for page_start in first:
            self.builder.start_page(page_start.page)
        index = self.builder.add(kind, clean, level=level, section=section, context=context)
        start = self.builder.blocks[index].start if index is not None else len(self.builder.text)
        for offset, meaning in found:
            offset = offset if index is not None else 0
            if isinstance(meaning, Exclusion):
                self._exclude(meaning, start + offset)
            elif isinstance(meaning, PageStart) and meaning not in first:
                while len(self.builder.page_starts) < meaning.page:
                    self.builder.page_starts.append(start + offset)
                self.builder.start_page(meaning.page)
        return index

    def _exclude(self, exclusion: Exclusion, position: int) -> None:
        words = " ".join(exclusion.text.split())
        if words:
            last = len(self.builder.page_starts) or None
            excluded = ExcludedText(
                reason=exclusion.reason, detail=exclusion.detail, text=words, page=last, position=position
            )
            self.builder.excluded.append(excluded)

    def _write_text(self, node: TextNode, flow: Flow) -> None:
        if node.kind is NodeKind.HEADING:
            self._write_heading(node, flow)
        elif node.kind is NodeKind.ITEM:
            self._write_item(node, flow)
        elif node.kind is NodeKind.CONTINUATION and flow.in_list:
            context = flow.base_context + list_context(flow, node.level + 1)
            self.add(BlockKind.PARAGRAPH, node.text, section=flow.section, context=context)
        elif node.kind in (NodeKind.FOOTNOTE, NodeKind.HEADER):
            self.add(_BLOCK_KINDS[node.kind], node.text, section=flow.section, context=flow.base_context)
        else:
            kind = _BLOCK_KINDS[node.kind]
            index = self.add(kind, node.text, section=flow.section, context=flow.base_context)
            if index is not None:
                end_list(flow)
                block = self.builder.blocks[index]
                leads = introduces_a_list(self.builder.text[block.start : block.end])
                flow.lead_in = index if leads else None

    def _write_heading(self, node: TextNode, flow: Flow) -> None:
        clean, _ = self.marks.resolve(node.text)
        if not clean:
            self.add(BlockKind.PARAGRAPH, node.text)
            return
        while flow.headings and flow.headings[-1][0] >= node.level:
            flow.headings.pop()
        self.add(
            BlockKind.HEADING, node.text, level=max(node.level, 1), section=flow.section, context=flow.base_context
        )
        flow.headings.append((node.level, " ".join(clean.split())))
        end_list(flow)
        flow.before = (None, "")

    def _write_item(self, node: TextNode, flow: Flow) -> None:
        level = max(node.level, 1)
        clean, _ = self.marks.resolve(node.text)
        if not clean:
            self.add(BlockKind.PARAGRAPH, node.text)
            return
        marker = _MARKER.match(clean)
        if not flow.in_list and flow.lead_in is None and marker and _follows(flow.before[1], marker.group(1)):
            flow.lead_in = flow.before[0]
        flow.in_list = True
        for deeper in [open_level for open_level in flow.items if open_level >= level]:
            del flow.items[deeper]
        context = flow.base_context + list_context(flow, level)
        index = self.add(BlockKind.LIST_ITEM, node.text, level=level, section=flow.section, context=context)
        if index is not None:
            flow.items[level] = index
        if marker and level == 1:
            flow.last_marker = marker.group(1)


def introduces_a_list(text: str) -> bool:
    """True for a paragraph that a following list completes: it ends in a colon, or does not end as a sentence does."""
    return not text.rstrip(" \"'”’)*").endswith((".", "!", "?", ";"))


def _follows(previous: str, marker: str) -> bool:
    """True if ``marker`` goes on where ``previous`` stopped (3 after 2, c after b)."""
    if previous.isdigit() and marker.isdigit():
        return int(marker) == int(previous) + 1
    return len(previous) == len(marker) == 1 and marker.isalpha() and ord(marker) == ord(previous) + 1

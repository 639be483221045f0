"""Paragraphs that imitate lists, tables or several paragraphs with line breaks and tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.formats.nodes import LINE_BREAK, Node, NodeKind, TextNode, without_marks

_BULLET_LINE = re.compile(r"^(?:[•▪●○◦■□–*·-]|\(?(?:[0-9]{1,2}|[a-z])[.)])\s+\S")


def split_lines(nodes: Sequence[Node]) -> list[Node]:
    """Paragraphs that imitate lists or several paragraphs with line breaks are taken apart."""
    result: list[Node] = []
    for node in nodes:
        if not isinstance(node, TextNode) or node.kind is not NodeKind.PARAGRAPH or LINE_BREAK not in node.text:
            result.append(node)
            continue
        for part in re.split(f"(?:\\s*{LINE_BREAK}\\s*){{2,}}", node.text):
            lines = part.split(LINE_BREAK)
            if sum(bool(_BULLET_LINE.match(without_marks(line))) for line in lines) >= 2:
                result.extend(_as_list(lines, node))
            elif part.strip():
                result.append(TextNode(node.kind, part, node.level, node.emphasised))
    return result


def _as_list(lines: Sequence[str], node: TextNode) -> list[Node]:
    parts: list[Node] = []
    for line in lines:
        if _BULLET_LINE.match(without_marks(line)):
            parts.append(TextNode(NodeKind.ITEM, line, level=1))
        elif parts and isinstance(last := parts[-1], TextNode) and last.kind is NodeKind.ITEM:
            parts[-1] = TextNode(NodeKind.ITEM, f"{last.text} {line}", level=1)
        elif line.strip():
            parts.append(TextNode(NodeKind.PARAGRAPH, line, emphasised=node.emphasised))
    return parts

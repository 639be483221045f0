"""Lists whose bullets and numbers were typed by hand, and paragraphs that hang below a list item."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.formats.nesting import OpenItems
from ragkit.documents.formats.nodes import Node, NodeKind, TextNode, without_marks

_BULLET = re.compile(r"^(?:[•▪●○◦■□–*‣➢✓❖❑·]\s*|[-o]\s+)\S")
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})+\.?|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,5})[.)])\s+\S")


def with_typed_lists(nodes: Sequence[Node]) -> list[Node]:
    """Turns paragraphs that begin with a typed bullet or number into list items.

    A paragraph's ``level`` is its indent. Bullets are lists, numbers only if there are several close to each other: a
    single "1. Purpose" is more likely a heading.
    """
    result: list[Node] = []
    open_items = OpenItems()
    for position, node in enumerate(nodes):
        if not isinstance(node, TextNode) or node.kind is not NodeKind.PARAGRAPH:
            result.append(node)
            if isinstance(node, TextNode) and node.kind is not NodeKind.ITEM:
                open_items.close()
            continue
        text = without_marks(node.text)
        if _BULLET.match(text) or (_is_numbered(node) and _has_sibling(nodes, position)):
            level = open_items.level_of(text, node.level)
            result.append(TextNode(NodeKind.ITEM, node.text, level, node.emphasised))
        elif node.level > 0 and (above := _item_above(result)) is not None and not node.emphasised:
            result.append(TextNode(NodeKind.CONTINUATION, node.text, above))
        else:
            if node.emphasised or node.level == 0:
                open_items.close()
            result.append(TextNode(node.kind, node.text, emphasised=node.emphasised))
    return result


def _has_sibling(nodes: Sequence[Node], position: int) -> bool:
    neighbours = [position + distance for distance in (-2, -1, 1, 2) if 0 <= position + distance < len(nodes)]
    return any(_is_numbered(nodes[neighbour]) for neighbour in neighbours)


def _is_numbered(node: Node) -> bool:
    return (
        isinstance(node, TextNode)
        and node.kind is NodeKind.PARAGRAPH
        and not node.emphasised
        and bool(_NUMBER.match(without_marks(node.text)))
    )


def _item_above(result: Sequence[Node]) -> int | None:
    """The level of the list item that a paragraph here goes on with."""
    last = result[-1] if result else None
    if isinstance(last, TextNode) and last.kind in (NodeKind.ITEM, NodeKind.CONTINUATION):
        return last.level
    return None

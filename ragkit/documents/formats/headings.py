"""Headings that a writer only set in bold or capitals, without a heading style."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.documents.formats.header_lines import is_header_line
from ragkit.documents.formats.nodes import LINE_BREAK, Loose, Node, NodeKind, TextNode, without_marks

LONGEST_HEADING = 100
MOST_WORDS = 14
_NUMBER = re.compile(r"^\(?(\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Za-z])[.)]?\s+")
# a warning in bold belongs to the text, not above it
_WARNING = re.compile(r"(?:do not|don't|never|always|only|note|warning|caution|important|must|stop|attention)\b", re.I)


def promote_headings(nodes: Sequence[Node]) -> list[Node]:
    """Turns paragraphs and list items that stand as headings into heading nodes, below the headings by style."""
    declared = [node.level for node in nodes if isinstance(node, TextNode) and node.kind is NodeKind.HEADING]
    base = max(declared, default=1) + 1
    nodes = list(nodes)
    followers = _followers(nodes)
    numbered = _numbered_sections(nodes, followers)
    result: list[Node] = []
    for position, (node, following) in enumerate(zip(nodes, followers, strict=True)):
        if isinstance(node, TextNode) and (position in numbered or _stands_as_heading(node, following)):
            result.append(TextNode(NodeKind.HEADING, node.text, base + _depth(node)))
        else:
            result.append(node)
    return result


def _followers(nodes: Sequence[Node]) -> list[Node | None]:
    """For each node the next one that is more than a mark."""
    followers: list[Node | None] = []
    following: Node | None = None
    for node in reversed(nodes):
        followers.append(following)
        if not isinstance(node, Loose):
            following = node
    return followers[::-1]


def _numbered_sections(nodes: Sequence[Node], followers: Sequence[Node | None]) -> set[int]:
    """Positions of list items that are the numbered titles of sections: "1. Purpose", text, "2. Scope", text.

    Most of the outermost numbered items have to be such titles, so that the steps of a procedure stay a list.
    """
    items = [
        (position, node)
        for position, node in enumerate(nodes)
        if isinstance(node, TextNode)
        and node.kind is NodeKind.ITEM
        and node.level == 1
        and _NUMBER.match(without_marks(node.text))
    ]
    titles = {position for position, node in items if _is_title(node) and _introduces_other(node, followers[position])}
    return titles if len(titles) > 1 and len(titles) * 3 >= len(items) * 2 else set()


def _is_title(node: TextNode) -> bool:
    words = _NUMBER.sub("", without_marks(node.text))
    return words[:1].isupper() and len(words.split()) <= 7 and not words.endswith((".", ";", ",", ":", "?", "!"))


def _stands_as_heading(node: TextNode, following: Node | None) -> bool:
    text = without_marks(node.text)
    if node.kind not in (NodeKind.PARAGRAPH, NodeKind.ITEM) or not text or following is None:
        return False
    if len(text) > LONGEST_HEADING or len(text.split()) > MOST_WORDS or text.endswith((".", ";", ",", "?", "!")):
        return False
    words = _NUMBER.sub("", text)
    capitals = _in_capitals(words)
    if not (node.emphasised or capitals) or LINE_BREAK in node.text or not any(map(str.isalpha, words)):
        return False
    if is_header_line(text) and not text.endswith(":"):
        return False
    if not capitals and not _NUMBER.match(text) and (len(words.split()) > 8 or _WARNING.match(words)):
        return False
    if node.kind is NodeKind.ITEM:
        return _introduces_other(node, following)
    if isinstance(following, TextNode) and following.kind is NodeKind.ITEM and text.endswith(":"):
        # the lead-in of a list is needed word by word with each of its items
        return len(words.split()) <= 3
    return True


def _introduces_other(node: TextNode, following: Node | None) -> bool:
    """A numbered line is a heading only if something else than the next item comes after it."""
    if following is None:
        return False
    if not isinstance(following, TextNode):
        return True
    if following.kind is NodeKind.ITEM:
        return following.level > node.level and not without_marks(node.text).endswith(":")
    return following.kind is NodeKind.PARAGRAPH


def _depth(node: TextNode) -> int:
    """How deep below the styled headings: by the item's level, the dots of its number, or capitals over bold."""
    text = without_marks(node.text)
    number = _NUMBER.match(text)
    if number and "." in number[1]:
        return number[1].count(".")
    if node.kind is NodeKind.ITEM:
        return node.level - 1
    if number and number[1][0].isalpha() and not re.fullmatch("[IVX]+", number[1]):
        return 1
    return 0 if number or _in_capitals(text) else 1


def _in_capitals(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 5 and all(character.isupper() for character in letters)

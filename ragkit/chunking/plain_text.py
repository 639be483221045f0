"""Blocks of a text that came without structure, laid over it as it is: every offset stays valid in that text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragkit.documents.document import Block, BlockKind

_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_ITEM = re.compile(r"([-*+\u2022\u25cf\u25cb\u25aa]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,5})[.)])\s+\S")
_INDENT_OF_TAB = 8


def plain_blocks(text: str) -> tuple[Block, ...]:
    """Headings marked with ``#``, list items by their markers and indentation, and paragraphs between blank lines.

    A list item's context is the line that leads into the list (it ends with a colon) and the items it is nested in.
    """
    blocks: list[Block] = []
    trail: list[str] = []
    nesting: list[tuple[int, int]] = []  # (indentation, block) of the items that are open
    lead_in: int | None = None
    for start, end, indent, starts_paragraph in _lines(text):
        line = text[start:end]
        if heading := _HEADING.fullmatch(line):
            level = len(heading[1])
            del trail[level - 1 :]
            blocks.append(Block(kind=BlockKind.HEADING, start=start, end=end, level=level, section=tuple(trail)))
            trail.append(heading[2])
            nesting, lead_in = [], None
        elif _ITEM.match(line):
            nesting = [open_item for open_item in nesting if open_item[0] < indent]
            context = ([] if lead_in is None else [lead_in]) + [block for _, block in nesting]
            nesting.append((indent, len(blocks)))
            blocks.append(
                Block(
                    kind=BlockKind.LIST_ITEM,
                    start=start,
                    end=end,
                    level=len(nesting),
                    section=tuple(trail),
                    context=tuple(context),
                )
            )
        elif not starts_paragraph and blocks and blocks[-1].kind is not BlockKind.HEADING:
            blocks[-1] = blocks[-1].model_copy(update={"end": end})  # goes on with the paragraph or item above
            lead_in = _lead_in(blocks, text, lead_in)
        else:
            blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=end, section=tuple(trail)))
            nesting = []
            lead_in = _lead_in(blocks, text, None)
    return tuple(blocks)


def _lead_in(blocks: list[Block], text: str, before: int | None) -> int | None:
    last = blocks[-1]
    if last.kind is not BlockKind.PARAGRAPH:
        return before
    return len(blocks) - 1 if text[last.start : last.end].endswith(":") else None


def _lines(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """(start, end, indentation, whether a blank line is above) of every line with words, white space cut off."""
    offset, after_blank = 0, True
    for line in text.split("\n"):
        words = line.strip()
        if words:
            lead = len(line) - len(line.lstrip())
            start = offset + lead
            yield start, start + len(words), len(line[:lead].expandtabs(_INDENT_OF_TAB)), after_blank
        after_blank = not words
        offset += len(line) + 1

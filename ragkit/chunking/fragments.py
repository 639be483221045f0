"""The smallest pieces that chunks are made of: whole blocks, or parts of a block that is too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragkit.chunking.splitting import CountTokens, split_span, trimmed
from ragkit.documents.document import Block, BlockKind, Document

_HEADER, _BODY = 0, 1


@dataclass(frozen=True, slots=True)
class Fragment:
    """A block, or a part of a long one.

    Attributes:
        block: index of the block.
        kind, level, context: the block's.
        start, end: its span, white space at the ends left out.
        tokens: its length.
        group: which section group it belongs to; groups are numbered in the document's order.
        region: parts of the document that never share a chunk (the header block and the rest).
    """

    block: int
    kind: BlockKind
    level: int
    context: tuple[int, ...]
    start: int
    end: int
    tokens: int
    group: int
    region: int


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive blocks under one trail of headings, with the headings that open it.

    Attributes:
        section: the trail above its body.
        tokens: its length.
        headed: whether it opens with a heading. Where it does not (a column of a table), only its trail says whom
            it is about.
    """

    section: tuple[str, ...]
    tokens: int
    headed: bool


def fragments_of(
    document: Document, count_tokens: CountTokens, limit: int
) -> tuple[list[Fragment], list[Group], list[int]]:
    """The document's fragments, its section groups, and the length of each block in tokens.

    Each fragment leaves room within ``limit`` for the context it needs and for the headings in front of it, as far
    as these take no more than half and a third of it.
    """
    blocks = document.blocks
    tokens = [count_tokens(document.text[block.start : block.end].strip()) for block in blocks]
    filled = [index for index, block in enumerate(blocks) if document.text[block.start : block.end].strip()]
    groups = _groups(blocks, filled)
    regions = _regions(blocks, filled)
    fragments: list[Fragment] = []
    headings = 0
    for index in filled:
        block = blocks[index]
        needed = min(sum(tokens[i] for i in block.context), limit // 2) + min(headings, limit // 3)
        budget = limit - needed
        for start, end, length in _spans(document.text, block, tokens[index], max(1, budget), count_tokens):
            fragments.append(
                Fragment(
                    index, block.kind, block.level, block.context, start, end, length, groups[index], regions[index]
                )
            )
        headings = headings + tokens[index] if block.kind is BlockKind.HEADING else 0
    return fragments, _group_list(blocks, filled, groups, tokens), tokens


def _spans(
    text: str, block: Block, tokens: int, budget: int, count_tokens: CountTokens
) -> Iterator[tuple[int, int, int]]:
    """(start, end, tokens) of the block's parts; most blocks are short and are not counted a second time."""
    if tokens <= budget:
        yield (*trimmed(text, block.start, block.end), tokens)
        return
    for start, end in split_span(text, block.start, block.end, budget, count_tokens):
        yield start, end, count_tokens(text[start:end])


def _groups(blocks: Sequence[Block], filled: Sequence[int]) -> dict[int, int]:
    """The group of each block: a new one begins at a heading after something else, and where the trail changes."""
    groups: dict[int, int] = {}
    number = -1
    previous: Block | None = None
    for index in filled:
        block = blocks[index]
        after_heading = previous is not None and previous.kind is BlockKind.HEADING
        opens = block.kind is BlockKind.HEADING or previous is None or block.section != previous.section
        if opens and not after_heading:
            number += 1
        groups[index] = number
        previous = block
    return groups


def _group_list(
    blocks: Sequence[Block], filled: Sequence[int], groups: dict[int, int], tokens: Sequence[int]
) -> list[Group]:
    sections: dict[int, tuple[str, ...]] = {}
    lengths: dict[int, int] = {}
    headed: dict[int, bool] = {}
    for index in filled:
        group = groups[index]
        lengths[group] = lengths.get(group, 0) + tokens[index]
        headed.setdefault(group, blocks[index].kind is BlockKind.HEADING)
        sections[group] = blocks[index].section  # the last block's: a group's body comes after its headings
    return [Group(sections[group], lengths[group], headed[group]) for group in sorted(lengths)]


def _regions(blocks: Sequence[Block], filled: Sequence[int]) -> dict[int, int]:
    """Header blocks and the headings directly above them are one region; a region ends where the kind changes."""
    kinds: dict[int, int] = {}
    following = _BODY
    for index in reversed(filled):
        if blocks[index].kind is BlockKind.HEADER_BLOCK:
            following = _HEADER
        elif blocks[index].kind is not BlockKind.HEADING:
            following = _BODY
        kinds[index] = following
    regions: dict[int, int] = {}
    number, previous = 0, None
    for index in filled:
        if previous is not None and kinds[index] != previous:
            number += 1
        regions[index] = number
        previous = kinds[index]
    return regions

"""Where to cut: the cheapest way to divide a document's fragments into chunks, found by dynamic programming.

A cut costs little between sections and much inside a sentence or behind a heading; a chunk costs more the further it
is from the target length. All costs are in one unit: 1 is the price of having one chunk more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ragkit.chunking.fragments import Fragment, Group
from ragkit.documents.document import BlockKind

_AFTER_HEADING = 1000.0
_AFTER_TABLE_HEADER = 50.0
_AFTER_LEAD_IN = 2.0
_INSIDE_BLOCK = 1.0
_BEFORE_INNER_ITEM = 0.5
_BEFORE_ITEM_OR_ROW = 0.25
_BEFORE_PARAGRAPH = 0.15
_TOO_SHORT = 1.0
_TOO_LONG = 1.0
_REPEATED_CONTEXT = 0.5


@dataclass(frozen=True)
class Lengths:
    """What lengths chunks should have, in tokens.

    Attributes:
        limit: no chunk is longer, its context included.
        target: the length aimed at.
        small: sections up to this length may share a chunk with their neighbours under the same heading.
    """

    limit: int
    target: int
    small: int

    @classmethod
    def for_limit(cls, limit: int) -> Lengths:
        """The lengths that go with a limit.

        Long chunks of whole sections were found better than short ones: of 166 questions on policies of two
        agencies, hits among the first five by fused ranks 0.75 with a target of 0.95 of the limit, 0.74 with a half.
        """
        return cls(limit=limit, target=limit * 19 // 20, small=limit // 2)


def segment(
    fragments: Sequence[Fragment], groups: Sequence[Group], block_tokens: Sequence[int], lengths: Lengths
) -> list[tuple[int, int]]:
    """Ranges ``[first, last)`` of fragments, each a chunk, together all of them in order.

    Args:
        fragments: the document's fragments.
        groups: its section groups.
        block_tokens: length of each block of the document, for the contexts.
        lengths: the lengths chunks should have.
    """
    count = len(fragments)
    cuts = [_cut_cost(fragments, index) for index in range(count + 1)]
    best = [0.0] + [inf] * count
    came_from = [0] * (count + 1)
    for first in range(count):
        for last, own, repeated in _extensions(fragments, groups, block_tokens, lengths, first):
            cost = best[first] + cuts[last] + _chunk_cost(own, repeated, lengths)
            if cost < best[last]:
                best[last], came_from[last] = cost, first
    ranges: list[tuple[int, int]] = []
    last = count
    while last:
        ranges.append((came_from[last], last))
        last = came_from[last]
    return ranges[::-1]


def _extensions(
    fragments: Sequence[Fragment],
    groups: Sequence[Group],
    block_tokens: Sequence[int],
    lengths: Lengths,
    first: int,
) -> list[tuple[int, int, int]]:
    """Every allowed chunk that begins at ``first``: (end of its range, own tokens, tokens of its context)."""
    found: list[tuple[int, int, int]] = []
    head = fragments[first]
    context: set[int] = set()
    own = repeated = 0
    only_headings = True
    for last in range(first, len(fragments)):
        fragment = fragments[last]
        own += fragment.tokens
        for index in fragment.context:
            if index < head.block and index not in context:
                context.add(index)
                repeated += block_tokens[index]
        # A context that does not fit is shortened, but only for a piece that cannot be made smaller.
        fits = own <= lengths.limit and (own + repeated <= lengths.limit or only_headings)
        if last > first and not (fits and _may_share(head, fragment, groups, lengths, own)):
            break
        found.append((last + 1, own, repeated))
        only_headings = only_headings and fragment.kind is BlockKind.HEADING
    return found


def _may_share(head: Fragment, fragment: Fragment, groups: Sequence[Group], lengths: Lengths, own: int) -> bool:
    if fragment.region != head.region:
        return False
    if fragment.group == head.group:
        return True
    first, other = groups[head.group], groups[fragment.group]
    if not other.headed:  # its words would stand under the first section's name
        return False
    parent = first.section[:-1]
    related = other.section[: len(parent)] == parent and len(other.section) <= len(first.section) + 1
    small = first.tokens <= lengths.small and other.tokens <= lengths.small
    return related and small and own <= lengths.target


def _chunk_cost(own: int, repeated: int, lengths: Lengths) -> float:
    distance = (own - lengths.target) / lengths.target
    weight = _TOO_LONG if distance > 0 else _TOO_SHORT
    return 1.0 + weight * distance * distance + _REPEATED_CONTEXT * repeated / lengths.limit


def _cut_cost(fragments: Sequence[Fragment], index: int) -> float:
    """What it costs to end a chunk before fragment ``index``."""
    if index in (0, len(fragments)):
        return 0.0
    before, after = fragments[index - 1], fragments[index]
    if before.region != after.region:
        return 0.0
    if before.kind is BlockKind.HEADING:
        return _AFTER_HEADING
    if before.block == after.block:
        return _INSIDE_BLOCK
    if before.block in after.context:
        table = before.kind in (BlockKind.TABLE_HEADER, BlockKind.CAPTION)
        return _AFTER_TABLE_HEADER if table else _AFTER_LEAD_IN
    if before.group != after.group:
        return 0.0
    if after.kind is BlockKind.LIST_ITEM and after.level > 1:
        return _BEFORE_INNER_ITEM
    if after.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
        return _BEFORE_ITEM_OR_ROW
    return _BEFORE_PARAGRAPH

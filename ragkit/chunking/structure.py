"""A Document becomes chunks along its structure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from ragkit.chunking.chunk import Chunk
from ragkit.chunking.fragments import Fragment, fragments_of
from ragkit.chunking.heading_line import heading_line
from ragkit.chunking.segmentation import Lengths, segment
from ragkit.chunking.splitting import CountTokens, Span, last_part
from ragkit.documents.document import BlockKind, Document

_SMALLEST_LIMIT = 8
_SHRINK = 0.9


def chunk_document(document: Document, count_tokens: CountTokens, max_tokens: int) -> list[Chunk]:
    """Chunks that together cover every block of the document that has words.

    A chunk is one span of the text. It stays inside a section (small neighbouring sections under one heading may
    share a chunk), never ends with a heading, and carries the lines it needs to be understood: the lead-in of its
    list items, the caption and header of its table rows. What is longer than the limit is cut at items, rows,
    sentences, words, in this order of preference.

    Args:
        document: the document.
        count_tokens: length of a text in tokens of the embedder, special tokens excluded.
        max_tokens: the most tokens ``Chunk.text`` may have, context included.

    Returns:
        Chunks in the document's order; empty for a document without words.
    """
    limit = max_tokens
    while True:
        chunks = _chunks(document, count_tokens, limit, max_tokens)
        # With most tokenizers a text has as many tokens as its parts together; where it has more, aim lower.
        if limit <= _SMALLEST_LIMIT or all(chunk.token_count <= max_tokens for chunk in chunks):
            return chunks
        limit = max(_SMALLEST_LIMIT, int(limit * _SHRINK))


def _chunks(document: Document, count_tokens: CountTokens, limit: int, max_tokens: int) -> list[Chunk]:
    fragments, groups, block_tokens = fragments_of(document, count_tokens, limit)
    ranges = segment(fragments, groups, block_tokens, Lengths.for_limit(limit))
    return [
        _chunk(document, index, fragments[first:last], block_tokens, count_tokens, limit, max_tokens)
        for index, (first, last) in enumerate(ranges)
    ]


def _chunk(
    document: Document,
    index: int,
    fragments: Sequence[Fragment],
    block_tokens: Sequence[int],
    count_tokens: CountTokens,
    limit: int,
    max_tokens: int,
) -> Chunk:
    head, tail = fragments[0], fragments[-1]
    needed = sorted({i for fragment in fragments for i in fragment.context if i < head.block})
    room = limit - sum(fragment.tokens for fragment in fragments)
    context = _context_spans(document, needed, block_tokens, count_tokens, room)
    spans = [*context, (head.start, tail.end)]
    text = "\n".join(document.text[start:end] for start, end in spans)
    token_count = count_tokens(text)
    block = document.blocks[head.block]
    section, unsaid = _trails(document, fragments)
    line = heading_line(document.governance, unsaid, count_tokens, _heading_room(max_tokens) - token_count)
    return Chunk(
        index=index,
        start=head.start,
        end=tail.end,
        first_block=head.block,
        last_block=tail.block,
        context_spans=tuple(context),
        section=section,
        page=document.page_at(head.start) if document.page_starts else block.page,
        text=text,
        embedding_text=f"{line}\n{text}" if line else text,
        token_count=token_count,
    )


def _trails(document: Document, fragments: Sequence[Fragment]) -> tuple[tuple[str, ...], list[str]]:
    """The trail above the chunk's first words that are no heading; and of it what no heading in the chunk says.

    A column of a table stands under the column's title, which need not be a line in front of its words.
    """
    opening = list(takewhile(lambda fragment: fragment.kind is BlockKind.HEADING, fragments))
    body = fragments[len(opening)] if len(opening) < len(fragments) else fragments[0]
    trail = document.blocks[body.block].section
    said = {" ".join(document.text[fragment.start : fragment.end].split()) for fragment in opening}
    return trail, [part for part in trail if " ".join(part.split()) not in said]


def _heading_room(max_tokens: int) -> int:
    """The most tokens of ``embedding_text``: an eighth more than the text, two kept for the special tokens.

    At the default of 224 this makes 254, so that a model that reads 256 tokens reads all of it.
    """
    return max_tokens * 8 // 7 - 2


def _context_spans(
    document: Document, blocks: Sequence[int], block_tokens: Sequence[int], count_tokens: CountTokens, room: int
) -> list[Span]:
    """The blocks' spans, the longest of them shortened to their last part until all fit into ``room`` tokens."""
    spans = [(document.blocks[i].start, document.blocks[i].end) for i in blocks]
    lengths = [block_tokens[i] for i in blocks]
    if sum(lengths) <= room:
        return spans
    share = _fair_share(lengths, room)
    shortened: list[Span] = []
    for span, length in zip(spans, lengths, strict=True):
        part = span if length <= share else last_part(document.text, *span, share, count_tokens)
        if part is not None:
            shortened.append(part)
    return shortened


def _fair_share(lengths: Sequence[int], room: int) -> int:
    """The largest length to which all of ``lengths`` can be cut so that together they fit into ``room``."""
    remaining = max(0, room)
    for position, length in enumerate(sorted(lengths)):
        share = remaining // (len(lengths) - position)
        if length > share:
            return share
        remaining -= length
    return max(lengths, default=0)

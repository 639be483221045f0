"""What holds for every document, whatever is in it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ragkit.chunking.structure import chunk_document
from ragkit.documents.document import BlockKind, Document

from .documents import Line, document_of, words

LIMIT = 32

_TEXTS = st.lists(
    st.sampled_from(
        ["assess", "site.", "Every", "8", "hours;", "flush", "with\tsaline", "not", "(see\nbelow)", "Stop."]
    ),
    max_size=60,
).map(" ".join)
_TRAILS = st.lists(st.sampled_from(["A. Purpose", "B. Care", "Adult", "1. Flushing"]), max_size=3).map(tuple)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any sequence of blocks, with trails and contexts that need not make sense."""
    lines = []
    for index in range(draw(st.integers(0, 14))):
        context = draw(st.lists(st.integers(0, index - 1), max_size=3, unique=True).map(sorted)) if index else []
        lines.append(
            Line(
                kind=draw(st.sampled_from(BlockKind)),
                text=draw(_TEXTS),
                section=draw(_TRAILS),
                level=draw(st.integers(0, 3)),
                context=tuple(context),
            )
        )
    return document_of(lines)


@given(documents())
@settings(max_examples=150, deadline=None)
def test_a_chunk_is_a_span_of_the_text_with_its_context_before_it(document: Document) -> None:
    for chunk in chunk_document(document, words, LIMIT):
        assert 0 <= chunk.start < chunk.end <= len(document.text)
        spans = [*chunk.context_spans, (chunk.start, chunk.end)]
        assert all(end <= next_start for (_, end), (next_start, _) in pairwise(spans))
        assert chunk.text == "\n".join(document.text[start:end] for start, end in spans)
        assert chunk.embedding_text.endswith(chunk.text)


@given(documents())
@settings(max_examples=150, deadline=None)
def test_every_word_of_every_block_is_in_exactly_one_chunk(document: Document) -> None:
    chunks = chunk_document(document, words, LIMIT)
    covered = [0] * len(document.text)
    for chunk in chunks:
        for offset in range(chunk.start, chunk.end):
            covered[offset] += 1
    for block in document.blocks:
        for offset in range(block.start, block.end):
            assert covered[offset] == 1 or document.text[offset].isspace()
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert all(a.end <= b.start for a, b in pairwise(chunks))


@given(documents())
@settings(max_examples=150, deadline=None)
def test_no_chunk_is_longer_than_the_limit(document: Document) -> None:
    for chunk in chunk_document(document, words, LIMIT):
        assert chunk.token_count == words(chunk.text) <= LIMIT
        assert words(chunk.embedding_text) <= LIMIT * 8 // 7


@given(documents())
@settings(max_examples=100, deadline=None)
def test_the_limit_holds_for_a_tokenizer_that_counts_a_whole_as_more_than_its_parts(document: Document) -> None:
    def with_line_ends(text: str) -> int:
        return len(text.split()) + text.count("\n")

    for chunk in chunk_document(document, with_line_ends, LIMIT):
        assert chunk.token_count == with_line_ends(chunk.text) <= LIMIT


@given(documents())
@settings(max_examples=150, deadline=None)
def test_first_and_last_block_name_what_the_chunk_covers(document: Document) -> None:
    for chunk in chunk_document(document, words, LIMIT):
        first, last = document.blocks[chunk.first_block], document.blocks[chunk.last_block]
        assert first.start <= chunk.start < first.end
        assert last.start < chunk.end <= last.end
        covered = document.blocks[chunk.first_block : chunk.last_block + 1]
        bodies = [block for block in covered if block.kind is not BlockKind.HEADING and block.end > block.start]
        assert chunk.section == (bodies[0] if bodies else first).section


@given(documents())
@settings(max_examples=150, deadline=None)
def test_the_header_block_shares_no_chunk_with_the_body(document: Document) -> None:
    for chunk in chunk_document(document, words, LIMIT):
        kinds = {
            block.kind for block in document.blocks[chunk.first_block : chunk.last_block + 1] if block.end > block.start
        }
        assert BlockKind.HEADER_BLOCK not in kinds or kinds <= {BlockKind.HEADER_BLOCK, BlockKind.HEADING}

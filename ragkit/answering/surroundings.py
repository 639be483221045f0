"""The lines around a quote, so that a person who checks an answer sees where its words stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from ragkit.answering.answer import Answer, Citation
from ragkit.documents.document import Document

_REACH = 2
_MOST_CHARACTERS = 700


def with_surroundings(answer: Answer, load_document: Callable[[str, str], Document]) -> Answer:
    """The answer with ``surrounding`` filled in for each citation.

    Args:
        answer: a verified answer.
        load_document: gives the document of a document_id and version.
    """
    citations = tuple(_surrounded(c, load_document(c.document_id, c.version)) for c in answer.citations)
    return answer.model_copy(update={"citations": citations})


def _surrounded(citation: Citation, document: Document) -> Citation:
    """Up to two neighbouring blocks on either side, as long as they belong to the same section."""
    blocks = document.blocks
    first = max(0, bisect_right(blocks, citation.start, key=lambda block: block.start) - 1)
    last = max(first, bisect_right(blocks, citation.end - 1, key=lambda block: block.start) - 1)
    start, end = min(citation.start, blocks[first].start), max(citation.end, blocks[last].end)
    for step in range(1, _REACH + 1):
        before, after = first - step, last + step
        if (
            before >= 0
            and blocks[before].section == blocks[first].section
            and end - blocks[before].start < _MOST_CHARACTERS
        ):
            start = blocks[before].start
        if (
            after < len(blocks)
            and blocks[after].section == blocks[last].section
            and blocks[after].end - start < _MOST_CHARACTERS
        ):
            end = blocks[after].end
    return citation.model_copy(update={"surrounding": document.quote(start, end), "surrounding_start": start})

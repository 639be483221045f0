"""The Chunk: what is embedded, indexed and retrieved."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Chunk(BaseModel):
    """A span of one document version, with the lines it needs to be understood.

    Attributes:
        index: position among the chunks of its document version, from 0.
        start: offset of its first character in the document's canonical text.
        end: offset after its last character.
        first_block: index of the first block it covers, wholly or in part.
        last_block: index of the last block it covers, inclusive.
        context_spans: ``[start, end)`` spans outside the chunk without which it cannot be understood (a table's
            caption and header, a list's lead-in), in document order.
        section: the trail of headings that its first words stand under; its last headings may be inside the chunk.
        page: 1-based page on which it starts; None where the format has none.
        text: the context spans and the chunk's own words, joined with newlines. What a reader sees.
        embedding_text: ``text`` preceded by number, title and section trail. What is embedded and indexed.
        token_count: length of ``text`` in tokens of the embedder, special tokens excluded.
    """

    model_config = ConfigDict(frozen=True)

    index: int
    start: int
    end: int
    first_block: int
    last_block: int
    context_spans: tuple[tuple[int, int], ...] = ()
    section: tuple[str, ...] = ()
    page: int | None = None
    text: str
    embedding_text: str
    token_count: int

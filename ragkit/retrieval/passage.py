"""The Passage: a chunk that was retrieved, with its scores."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict


class PassageScores(BaseModel):
    """How a passage was found. Ranks are 1-based; None where that search did not find it.

    Attributes:
        lexical_rank, lexical_score: in the BM25 search (higher is better).
        dense_rank, dense_score: in the vector search (cosine similarity, -1..1).
        fused: the weighted sum of the ranks and the other features (``ranking``), before any reranking.
        rerank: the reranker's score, where one is configured.
    """

    model_config = ConfigDict(frozen=True)

    lexical_rank: int | None = None
    lexical_score: float | None = None
    dense_rank: int | None = None
    dense_score: float | None = None
    fused: float = 0.0
    rerank: float | None = None


class Passage(BaseModel):
    """A retrieved span of one document version that the reader may see and that is in force.

    Attributes:
        text: what a reader sees: the span with the lines it needs to be understood (lead-in, table header).
        score: the score passages are ordered by, higher is better.
        document_id, version, title, reference_number, site, effective_date: of the document version.
        source: the file's path relative to the ingested folder.
        page: 1-based page on which it starts, None where the format has none.
        section: the trail of headings above it.
        start, end: its span in the document's canonical text, without the context lines.
        chunk_index: which chunk of the document version it is.
        scores: how it was found.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    score: float
    document_id: str
    version: str
    title: str
    reference_number: str | None = None
    site: str | None = None
    effective_date: date | None = None
    source: str
    page: int | None = None
    section: tuple[str, ...] = ()
    start: int
    end: int
    chunk_index: int
    scores: PassageScores = PassageScores()


class PassageList(list[Passage]):
    """The passages of a search, best first: a list that shows itself in a notebook."""

    def _repr_html_(self) -> str:
        from ragkit.display.html import passages_html

        return passages_html(self)

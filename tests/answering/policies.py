"""Small invented policies for the tests of the answerer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ragkit.documents.document import BlockKind, Document
from ragkit.documents.governance import Governance
from ragkit.documents.parsed import CanonicalTextBuilder
from ragkit.retrieval.passage import Passage, PassageScores
from ragkit.retrieval.query import AnswerKind, Population, Query, QueryTerm


@dataclass
class PolicyWriter:
    """Writes a policy line by line, keeping sections and lead-ins as a reader of a file would."""

    builder: CanonicalTextBuilder = field(default_factory=CanonicalTextBuilder)
    section: tuple[str, ...] = ()

    def page(self, number: int) -> PolicyWriter:
        self.builder.start_page(number)
        return self

    def heading(self, text: str) -> PolicyWriter:
        self.builder.add(BlockKind.HEADING, text, level=1)
        self.section = (text,)
        return self

    def line(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, under: tuple[int, ...] = ()) -> int:
        level = len(under) if kind is BlockKind.LIST_ITEM else 0
        index = self.builder.add(kind, text, section=self.section, context=under, level=level)
        assert index is not None
        return index

    def bullets(self, lead_in: str, *items: str) -> PolicyWriter:
        lead = self.line(lead_in)
        for item in items:
            self.line(item, BlockKind.LIST_ITEM, (lead,))
        return self

    def table(self, header: str, *rows: str) -> PolicyWriter:
        head = self.line(header, BlockKind.TABLE_HEADER)
        for row in rows:
            self.line(row, BlockKind.TABLE_ROW, (head,))
        return self

    def document(self, document_id: str = "policy", **governance: object) -> Document:
        values: dict[str, object] = {"title": "Care of lines", "effective_date": date(2025, 1, 1)} | governance
        return Document(
            document_id=document_id,
            version="1",
            source=f"{document_id}.md",
            media_type="text/markdown",
            content_hash=document_id,
            text=self.builder.text,
            blocks=tuple(self.builder.blocks),
            page_starts=tuple(self.builder.page_starts),
            governance=Governance.model_validate(values),
        )


def passage_of(document: Document, start: int = 0, end: int | None = None, rank: int = 1) -> Passage:
    """A passage over a part of the document, as search would return it."""
    end = len(document.text) if end is None else end
    return Passage(
        text=document.text[start:end],
        score=1 / rank,
        document_id=document.document_id,
        version=document.version,
        title=document.governance.title,
        source=document.source,
        start=start,
        end=end,
        chunk_index=rank,
        scores=PassageScores(
            lexical_rank=rank, lexical_score=10 / rank, dense_rank=rank, dense_score=0.7 - 0.02 * rank, fused=1 / rank
        ),
    )


def query_for(
    text: str, *terms: str | tuple[str, ...], kind: AnswerKind = AnswerKind.OTHER, population: Population | None = None
) -> Query:
    """A query with the given terms; a tuple is a term with its variants."""
    forms = [(term,) if isinstance(term, str) else term for term in terms]
    return Query(
        text=text,
        expanded_text=text,
        terms=tuple(QueryTerm(text=form[0], variants=form[1:]) for form in forms),
        kinds=(kind,),
        populations=(population,) if population else (),
    )


class WordCounts:
    """Corpus statistics over a few documents: every block is a chunk."""

    def __init__(self, *documents: Document):
        self._chunks = [d.text[block.start : block.end].lower() for d in documents for block in d.blocks]

    @property
    def chunk_count(self) -> int:
        return len(self._chunks)

    def document_frequency(self, phrases: Sequence[str]) -> int:
        return sum(any(phrase.lower() in chunk for phrase in phrases) for chunk in self._chunks)

"""What the tools give, for programs: typed, described, without what only a developer of ragkit needs."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from ragkit.access.catalogue import DocumentRow
from ragkit.answering.answer import SHOWN, Answer, AnswerStatus, Citation
from ragkit.documents.document import Document
from ragkit.retrieval.passage import Passage
from ragkit.serving.mcp.resources import document_uri


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class CitedSpan(_Result):
    """A span of a document version with its verbatim words."""

    number: int = Field(description="The [1] of the text.")
    quote: str = Field(description="The document's own words, unchanged.")
    document_id: str
    version: str
    title: str
    reference_number: str | None
    section: tuple[str, ...] = Field(description="The headings above the quote.")
    page: int | None
    effective_date: date | None
    review_due: date | None
    start: int = Field(description="Where the quote starts in the document's text, in characters.")
    end: int
    uri: str = Field(description="The document as a resource.")

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """A citation of an answer."""
        fields = citation.model_dump(include=cls.model_fields.keys() - {"uri"})
        return cls(**fields, uri=document_uri(citation.document_id, citation.version))


class VerifiedStatement(_Result):
    """One sentence, list item or table row that the cited spans carry."""

    text: str
    citations: tuple[int, ...] = Field(description="Numbers of the citations that carry it.")
    verbatim: bool = Field(description="Whether these are the document's own words; else a language model's, checked.")


class AnswerResult(_Result):
    """Verified statements with the spans they rest on, or the plain sentence that there is no answer."""

    status: AnswerStatus
    answered: bool = Field(
        description="Whether the documents answer. Where not, that is the answer: do not fill it in."
    )
    text: str
    statements: tuple[VerifiedStatement, ...]
    citations: tuple[CitedSpan, ...]
    caveats: tuple[str, ...] = Field(description="What has to be said together with the answer.")
    standalone_question: str | None = Field(
        description="How the question was understood with the earlier ones, where it leans on them. Say so."
    )
    notice: str = Field(description="How the answer was made, where that was not as usual; may be empty.")
    evidence: tuple[CitedSpan, ...] = Field(
        description="What was found where no answer could be made of it. No answer."
    )

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """What an agent needs of an answer."""
        return cls(
            status=answer.status,
            answered=answer.status in SHOWN,
            text=answer.text,
            statements=tuple(
                VerifiedStatement(text=each.text, citations=each.citations, verbatim=not each.composed)
                for each in answer.statements
            ),
            citations=tuple(map(CitedSpan.of, answer.citations)),
            caveats=answer.caveats,
            standalone_question=answer.standalone_question,
            notice=answer.notice,
            evidence=tuple(map(CitedSpan.of, answer.evidence)),
        )


class FoundPassage(_Result):
    """A passage that a search found."""

    text: str
    document_id: str
    version: str
    title: str
    reference_number: str | None
    section: tuple[str, ...]
    page: int | None
    effective_date: date | None
    site: str | None
    start: int
    end: int
    uri: str = Field(description="The document as a resource.")

    @classmethod
    def of(cls, passage: Passage) -> Self:
        """What an agent needs of a passage."""
        fields = passage.model_dump(include=cls.model_fields.keys() - {"uri"})
        return cls(**fields, uri=document_uri(passage.document_id, passage.version))


class SearchResult(_Result):
    """Passages, best first. They are what the words were found in, not an answer that was checked."""

    passages: tuple[FoundPassage, ...]


class ListedDocument(_Result):
    """One version of a document."""

    document_id: str
    version: str
    title: str
    status: str
    in_force: bool
    reference_number: str | None
    effective_date: date | None
    review_due: date | None
    site: str | None
    uri: str = Field(description="The document as a resource.")

    @classmethod
    def of(cls, row: DocumentRow) -> Self:
        """What an agent needs of a row of the catalogue."""
        fields = row.model_dump(include=cls.model_fields.keys() - {"uri"})
        return cls(**fields, uri=document_uri(row.document_id, row.version))


class DocumentsResult(_Result):
    """The document versions that the caller may see."""

    documents: tuple[ListedDocument, ...]
    total: int = Field(description="How many there are in all.")


class DocumentTextResult(_Result):
    """A part of a document's text."""

    document_id: str
    version: str
    title: str
    text: str
    start: int
    end: int
    length: int = Field(description="Characters of the whole document.")
    uri: str = Field(description="The document as a resource.")

    @classmethod
    def of(cls, document: Document, start: int, characters: int) -> Self:
        """The part that begins at ``start`` and has at most this many characters."""
        text = document.text[start : start + characters]
        return cls(
            document_id=document.document_id,
            version=document.version,
            title=document.governance.title,
            text=text,
            start=min(start, len(document.text)),
            end=min(start, len(document.text)) + len(text),
            length=len(document.text),
            uri=document_uri(document.document_id, document.version),
        )

"""What requests hold and what replies hold. Who asks is never in a body: it comes from the token alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from ragkit.access.catalogue import DocumentRow
from ragkit.answering.answer import Answer, Citation, Statement, Trace
from ragkit.documents.document import Document
from ragkit.retrieval.passage import Passage

QUESTION_CHARACTERS = 4000
_NOT_BLANK = r"^[^\x00]*[^\s\x00][^\x00]*$"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_text(text: str) -> bool:
    """Whether it has no lone surrogates, which cannot be stored, and no zeros, which end a text for some programs."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _checked(text: str) -> str:
    if not is_text(text):
        raise ValueError("holds characters that are no text")
    return text


def _as_written(value: Any) -> Any:
    """A day is written as 2026-01-31; numbers, which pydantic would take for seconds since 1970, are none."""
    if value is not None and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("is no day; write it as 2026-01-31")
    return value


def _a_number(value: Any) -> Any:
    """JSON knows 10 and 10.0 as the same number; "10" and true are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("is no number")
    return value


def _text(longest: int, description: str) -> Any:
    return Field(min_length=1, max_length=longest, pattern=_NOT_BLANK, description=description)


Question = Annotated[str, _text(QUESTION_CHARACTERS, "In the person's own words."), AfterValidator(_checked)]
EarlierQuestion = Annotated[str, _text(2000, "An earlier question of the conversation."), AfterValidator(_checked)]
SiteName = Annotated[str, _text(200, "The site to answer for; none for all sites."), AfterValidator(_checked)]
Reason = Annotated[str, _text(2000, "What is wrong with the answer."), AfterValidator(_checked)]
Day = Annotated[date, BeforeValidator(_as_written), Field(description="The day that is asked about; none for today.")]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskBody(_Body):
    """A question.

    Attributes:
        question: in the person's own words.
        site: the site to answer for; None searches all sites.
        as_of: the day that is asked about; None for today.
        previous_questions: the conversation's earlier questions, oldest first, so that "and in children?" is
            understood.
        trace: whether the reply tells how the answer came about.
    """

    question: Question
    site: SiteName | None = None
    as_of: Day | None = None
    previous_questions: Annotated[list[EarlierQuestion], Field(max_length=10)] = []
    trace: bool = Field(default=False, strict=True)


class SearchBody(_Body):
    """A search.

    Attributes:
        question: a question or search words.
        limit: how many passages at most.
        site: the site to search for; None searches all sites.
        as_of: the day that is asked about; None for today.
    """

    question: Question
    limit: Annotated[int, BeforeValidator(_a_number)] = Field(default=10, ge=1, le=100)
    site: SiteName | None = None
    as_of: Day | None = None


class FeedbackBody(_Body):
    """A report of a wrong answer.

    Attributes:
        answer_id: of an answer that the same person was given.
        reason: what is wrong with it.
    """

    answer_id: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")
    reason: Reason


class AskReply(Answer):
    """An answer.

    Attributes:
        answer_id: names the answer in a report of what is wrong with it; for a while, and for the same person.
        trace: how it came about, where it was asked for.
    """

    answer_id: str
    trace: Trace | None = None  # type: ignore[assignment]

    @classmethod
    def of(cls, answer: Answer, answer_id: str, *, trace: bool) -> AskReply:
        """The reply that shows an answer."""
        shown = {name: getattr(answer, name) for name in Answer.model_fields}
        return cls.model_construct(**{**shown, "answer_id": answer_id, "trace": answer.trace if trace else None})


class StreamedStatement(Statement):
    """A statement of an answer that is still being made.

    Attributes:
        cited: the citations that its numbers stand for.
    """

    cited: tuple[Citation, ...] = ()

    @classmethod
    def of(cls, statement: Statement, citations: Sequence[Citation]) -> StreamedStatement:
        """A statement with those of the citations that it rests on."""
        shown = {name: getattr(statement, name) for name in Statement.model_fields}
        cited = tuple(citation for citation in citations if citation.number in statement.citations)
        return cls.model_construct(**shown, cited=cited)


class SearchReply(BaseModel):
    """The passages of a search, best first."""

    passages: list[Passage]


class DocumentsReply(BaseModel):
    """Document versions that the reader may see.

    Attributes:
        documents: this page of the list.
        total: how many there are on all pages.
    """

    documents: list[DocumentRow]
    total: int


class DocumentReply(BaseModel):
    """One document version with its text, in which citations are ``[start, end)`` spans.

    Attributes:
        document_id, version, title, reference_number, owner, approver, site, effective_date, last_reviewed, review_due:
            of the version.
        source: the file's path relative to the folder that was ingested.
        media_type: of the source file.
        text: the canonical text.
        page_starts: ``page_starts[i]`` is the offset at which page ``i + 1`` begins; empty where there are no pages.
    """

    document_id: str
    version: str
    title: str
    reference_number: str | None
    owner: str | None
    approver: str | None
    site: str | None
    effective_date: date | None
    last_reviewed: date | None
    review_due: date | None
    source: str
    media_type: str
    text: str
    page_starts: tuple[int, ...]

    @classmethod
    def of(cls, document: Document) -> DocumentReply:
        """The reply that shows a document."""
        governance = {name: getattr(document.governance, name) for name in document.governance.__class__.model_fields}
        own = {name: getattr(document, name) for name in Document.model_fields}
        fields = {**governance, **own}
        return cls(**{name: fields[name] for name in cls.model_fields})


class FeedbackReply(BaseModel):
    """What became of a report.

    Attributes:
        kept: that it was kept for the people who look after the knowledge base.
    """

    kept: bool = True


class HealthReply(BaseModel):
    """That the server runs."""

    status: str = "ok"


class ReadyReply(BaseModel):
    """Whether questions can be answered now.

    Attributes:
        ready: whether they can.
        checks: each thing that is needed: "ok", or what is wrong in a word or two.
    """

    ready: bool
    checks: dict[str, str]

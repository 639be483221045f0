"""One question of a question set, with everything that is known about its right answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ragkit.answering.answer import SHOWN, AnswerStatus

Nugget = str | tuple[str, ...]
"""A string that a right answer contains, or several of which any one will do ("30 minutes", "half an hour")."""


class GoldSpan(BaseModel):
    """A place that answers.

    Attributes:
        document: the file's path relative to the ingested folder (suffix and folders may be left out), or the
            document's id or reference number. ``file`` is read as another name for it.
        quote: its verbatim words; white space aside, and cells of a table row follow each other.
        page: 1-based page on which the quote starts, where it is known.
        section: a heading above the quote, where it is known.
        version: the document version, where not any version in force will do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(min_length=1)
    quote: str = Field(min_length=1)
    page: int | None = Field(default=None, ge=1)
    section: str | None = None
    version: str | None = None


class VariantKind(StrEnum):
    """How a variant of a question differs; in all of them the policy makes no difference."""

    PARAPHRASE = "paraphrase"
    TYPOS = "typos"
    DIALECT = "dialect"
    ROLE_TITLE = "role_title"
    SEX = "sex"
    AGE_GROUP = "age_group"
    LANGUAGE = "language"


class Variant(BaseModel):
    """The same question in other words, or asked for a person of another group: the right answer stays the same.

    Attributes:
        kind: in what it differs.
        group: the group it speaks of or for ("female", "nursing assistant"); for typos, dialects and languages a name.
        question: the words asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: VariantKind
    group: str = ""
    question: str = Field(min_length=1)


class Question(BaseModel):
    """One question with what is known about its answer.

    Attributes:
        id: unique in its set.
        question: the words asked.
        site: where the person works; None for no site in particular.
        roles: the person's roles; None is somebody who has not signed in.
        as_of: the day that is asked about; None for the day of the evaluation.
        category: the kind of question ("dose", "unanswerable_near_miss"); the slices of the report.
        answerable: whether the documents this person may read on that day say it.
        gold: the places that answer; empty for an unanswerable question. Spans of one document are all needed; spans of
            another document say the same, unless ``all_gold_needed``.
        all_gold_needed: every span is needed, whatever its document.
        must_have: what a right answer has to contain, compared without case and punctuation.
        nice_to_have: what a better answer contains.
        forbidden: strings that must not be in the answer's statements (a stale dose, a restricted word).
        forbidden_documents: documents that must not be cited, named as in ``GoldSpan.document``.
        caveat: words that one of the answer's caveats has to contain.
        expected_status: the statuses that are right; empty: derived from ``answerable``.
        variants: the same question in other words or for another group.
        group: questions of one group are not independent (the same passage, the same pair); the cluster for
            intervals. Empty: the question stands alone.
        tags, notes: for people and slices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    question: str
    site: str | None = None
    roles: tuple[str, ...] | None = ("staff",)
    as_of: date | None = None
    category: str = Field(min_length=1)
    answerable: bool
    gold: tuple[GoldSpan, ...] = ()
    all_gold_needed: bool = False
    must_have: tuple[Nugget, ...] = ()
    nice_to_have: tuple[Nugget, ...] = ()
    forbidden: tuple[str, ...] = ()
    forbidden_documents: tuple[str, ...] = ()
    caveat: str | None = None
    expected_status: tuple[AnswerStatus, ...] = ()
    variants: tuple[Variant, ...] = ()
    group: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""

    @model_validator(mode="after")
    def _says_the_same_everywhere(self) -> Question:
        if self.answerable and not self.gold:
            raise ValueError("an answerable question needs at least one gold span")
        if not self.answerable and (self.gold or self.must_have):
            raise ValueError("an unanswerable question has no gold spans and no must_have")
        return self

    @property
    def right_statuses(self) -> frozenset[AnswerStatus]:
        """The statuses under which the question went right, as far as the status tells."""
        if self.expected_status:
            return frozenset(self.expected_status)
        return SHOWN if self.answerable else frozenset(AnswerStatus) - SHOWN

    @property
    def cluster(self) -> str:
        """What the question is resampled with."""
        return self.group or self.id


class QuestionSet(BaseModel):
    """A question set: a header and its questions.

    Attributes:
        format: marks the file as a question set.
        version: of the format.
        name: short name for tables.
        today: the day on which the questions are asked, unless one names ``as_of``; None for the current day.
        questions: at least one, each id once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["ragkit-questions"] = "ragkit-questions"
    version: Literal[1] = 1
    name: str = ""
    today: date | None = None
    questions: tuple[Question, ...]

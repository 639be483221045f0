"""Defects for proving the gate: each is a context manager that patches ragkit while it is open.

They stand for what really happens to such systems: a filter that a refactoring switched off, an offset that is one too
far, a model that changes a number. None of them raises by itself; the gate has to notice.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal
from unittest.mock import patch
from zlib import crc32

import numpy as np

from ragkit.access.scope import Scope
from ragkit.answering.abstention import Decision
from ragkit.answering.answer import SHOWN, Answer, AnswerStatus, Citation, Statement
from ragkit.documents.document import Document
from ragkit.grounding.base import Score
from ragkit.grounding.verdict import Verdict
from ragkit.knowledge_base import KnowledgeBase

Patch = Callable[[], AbstractContextManager[Any]]
Part = Literal["reading", "asking", "answer", "judging", "cache"]


@dataclass(frozen=True)
class Defect:
    """One defect.

    Attributes:
        name: a few words for the table.
        part: where it sits: "reading" (documents are ingested anew under it), "asking" (questions are asked anew),
            "answer" (the right answer is changed before anyone sees it), "judging", or "cache" (what "asking" would
            change is hidden by cached answers).
        planted: opens with the defect in place.
    """

    name: str
    part: Part
    planted: Patch


@contextmanager
def _answers(change: Callable[[Answer], Answer]) -> Iterator[None]:
    """Every shown answer passes through ``change``."""
    ask = KnowledgeBase.ask

    def changed(self: KnowledgeBase, *args: Any, **options: Any) -> Answer:
        answer = ask(self, *args, **options)
        return change(answer) if answer.status in SHOWN else answer

    with patch.object(KnowledgeBase, "ask", changed):
        yield


def _with_statements(answer: Answer, statements: list[Statement], citations: list[Citation] | None = None) -> Answer:
    cited = list(answer.citations) if citations is None else citations
    text = "\n\n".join(f"{each.text} {''.join(f'[{number}]' for number in each.citations)}" for each in statements)
    return answer.model_copy(update={"statements": tuple(statements), "citations": tuple(cited), "text": text})


def _in_words(change: Callable[[str], str], *, quotes_too: bool = False) -> Callable[[Answer], Answer]:
    def changed(answer: Answer) -> Answer:
        statements = [each.model_copy(update={"text": change(each.text)}) for each in answer.statements]
        citations = [each.model_copy(update={"quote": change(each.quote)}) for each in answer.citations]
        return _with_statements(answer, statements, citations if quotes_too else None)

    return changed


def without_negation(text: str) -> str:
    """The text without its "not" and "no".

    >>> without_negation("Do not give more.")
    'Do give more.'
    """
    return re.sub(r"\b(?:not|no|never) ", "", text)


def with_another_number(text: str) -> str:
    """The text with its first number ten times as large.

    >>> with_another_number("Give 0.5 mg every 4 hours.")
    'Give 5 mg every 4 hours.'
    """
    return re.sub(r"\d+(?:\.\d+)?", lambda found: f"{float(found[0]) * 10:g}", text, count=1)


def _shuffled(answer: Answer) -> Answer:
    """Each statement under the citations of the next one; a lone statement under a citation of other words."""
    marks = [each.citations for each in answer.statements]
    if len(set(marks)) > 1:
        turned = [*marks[1:], marks[0]]
        pairs = zip(answer.statements, turned, strict=True)
        return _with_statements(answer, [each.model_copy(update={"citations": mark}) for each, mark in pairs])
    citations = list(answer.citations)
    quotes = [each.quote for each in citations]
    turned_quotes = [*quotes[1:], quotes[0][: len(quotes[0]) // 3]]
    moved = [each.model_copy(update={"quote": q}) for each, q in zip(citations, turned_quotes, strict=True)]
    return _with_statements(answer, list(answer.statements), moved)


def _fabricated(answer: Answer) -> Answer:
    first, *rest = answer.statements
    return _with_statements(answer, [first.model_copy(update={"citations": (9,)}), *rest])


def _without_last_line(answer: Answer) -> Answer:
    """The last line of the last statement is cut off: the exception after the rule, the last item of a list."""
    *rest, last = answer.statements
    lines = last.text.splitlines()
    if len(lines) > 1:
        return _with_statements(answer, [*rest, last.model_copy(update={"text": "\n".join(lines[:-1])})])
    return _with_statements(answer, list(rest) or [last])


def _seldom(change: Callable[[Answer], Answer], one_of: int) -> Callable[[Answer], Answer]:
    """Changes about one answer of ``one_of``, always the same ones."""

    def changed(answer: Answer) -> Answer:
        return change(answer) if crc32(answer.question.encode()) % one_of == 0 else answer

    return changed


def _raises(answer: Answer) -> Answer:
    raise TimeoutError("the model did not answer")


@contextmanager
def _shifted_chunks() -> Iterator[None]:
    """Chunks of which the offsets lie 100 characters too far."""
    from ragkit.ingestion import pipeline

    divide = pipeline.chunk_document

    def shifted(document: Document, *args: Any) -> list[Any]:
        length = len(document.text)
        return [
            chunk.model_copy(update={"start": min(length - 1, chunk.start + 100), "end": min(length, chunk.end + 100)})
            for chunk in divide(document, *args)
        ]

    with patch.object(pipeline, "chunk_document", shifted):
        yield


@contextmanager
def _half_the_files() -> Iterator[None]:
    from ragkit.ingestion import pipeline

    listed = pipeline.iter_sources

    def half(*args: Any, **options: Any) -> Iterator[Any]:
        for number, source in enumerate(listed(*args, **options)):
            if number % 2 == 0:
                yield source

    with patch.object(pipeline, "iter_sources", half):
        yield


@contextmanager
def _documents_read_as(change: Callable[[str], str]) -> Iterator[None]:
    """Documents of which the text is read wrongly; the change keeps its length, so that all offsets hold."""
    from ragkit.ingestion import pipeline

    read = pipeline.read_document

    def wrongly(*args: Any, **options: Any) -> Document:
        document = read(*args, **options)
        return document.model_copy(update={"text": change(document.text)})

    with patch.object(pipeline, "read_document", wrongly):
        yield


def negation_misread(text: str) -> str:
    """Negations read as other words of the same length.

    >>> negation_misread("Do not give it. No dose.")
    'Do now give it. An dose.'
    """
    return text.replace(" not ", " now ").replace("No ", "An ")


@contextmanager
def _page_one_too_far() -> Iterator[None]:
    right = Document.page_at

    def wrong(self: Document, offset: int) -> int | None:
        page = right(self, offset)
        return None if page is None else page + 1

    with patch.object(Document, "page_at", wrong):
        yield


@contextmanager
def _in_force(choose: Callable[[list[Any]], list[Any]]) -> Iterator[None]:
    """Of the readable versions of a document those that ``choose`` picks are called in force."""
    from ragkit.access import scope

    def chosen(versions: Any, readable: Any, *args: Any, **options: Any) -> tuple[set[int], set[int]]:
        keys = {version.version_key for version in choose(sorted(readable, key=_age))}
        return keys, keys

    with patch.object(scope, "decide_in_force", chosen):
        yield


def _age(version: Any) -> tuple[str, int]:
    return str(version.effective_date or ""), version.version_key


@contextmanager
def _sites_do_not_count() -> Iterator[None]:
    from ragkit.access import scope

    with patch.object(scope, "applies_at", lambda version, site: True):
        yield


@contextmanager
def _other_site() -> Iterator[None]:
    """Each site is answered for with the documents of the other ones."""
    from ragkit.access import scope

    right = scope.applies_at

    def wrong(version: Any, site: str | None) -> bool:
        return not right(version, site) if site is not None and version.site else right(version, site)

    with patch.object(scope, "applies_at", wrong):
        yield


@contextmanager
def _decision(change: Callable[[Decision, Any], Decision]) -> Iterator[None]:
    from ragkit.answering import groundwork

    right = groundwork.decide

    def wrong(question: Any, passages: Any, candidates: Any, selection: Any, *more: Any) -> Decision:
        return change(right(question, passages, candidates, selection, *more), selection)

    with patch.object(groundwork, "decide", wrong):
        yield


def _always_answer(decision: Decision, selection: Any) -> Decision:
    return replace(decision, status=AnswerStatus.ANSWERED) if selection is not None else decision


def _never_answer(decision: Decision, selection: Any) -> Decision:
    return replace(decision, status=AnswerStatus.INSUFFICIENT_EVIDENCE)


@contextmanager
def _only_the_first_passage() -> Iterator[None]:
    from ragkit.retrieval.retriever import Retriever

    right = Retriever.retrieve

    def first(self: Retriever, question: Any, scope: Scope, limit: int = 10) -> Any:
        return right(self, question, scope, 1)

    with patch.object(Retriever, "retrieve", first):
        yield


@contextmanager
def _broken_embedding() -> Iterator[None]:
    """The question's vector is that of another question: search by meaning finds anything."""
    from ragkit.retrieval.retriever import Retriever

    right = Retriever.__init__

    def broken(self: Retriever, *args: Any, **options: Any) -> None:
        right(self, *args, **options)
        embed = self._embed_query
        self._embed_query = lambda text: np.roll(embed(text), 7)  # type: ignore[assignment, method-assign]

    with patch.object(Retriever, "__init__", broken):
        yield


@contextmanager
def _judge_asleep() -> Iterator[None]:
    """The scorer calls every claim supported."""
    from ragkit.grounding.ladder import LadderScorer

    def yes(self: LadderScorer, pairs: Any) -> list[Score]:
        return [Score(Verdict.SUPPORTED, 1.0) for _ in pairs]

    with patch.object(LadderScorer, "score", yes):
        yield


NUMBER = _in_words(with_another_number)

DEFECTS = (
    Defect("wrong chunk offsets", "reading", _shifted_chunks),
    Defect("half of the corpus missing", "reading", _half_the_files),
    Defect("negation lost in reading files", "reading", lambda: _documents_read_as(negation_misread)),
    Defect("page off by one", "asking", _page_one_too_far),
    Defect("in-force filter off", "asking", lambda: _in_force(lambda versions: versions)),
    Defect("superseded version preferred", "asking", lambda: _in_force(lambda versions: versions[:1])),
    Defect("role filter off", "asking", lambda: patch.object(Scope, "readable", lambda self, version: True)),
    Defect("site filter off", "asking", _sites_do_not_count),
    Defect("answers for the other site", "asking", _other_site),
    Defect("only the first passage", "asking", _only_the_first_passage),
    Defect("search by meaning broken", "asking", _broken_embedding),
    Defect("abstention off", "asking", lambda: _decision(_always_answer)),
    Defect("abstention always", "asking", lambda: _decision(_never_answer)),
    Defect("negation dropped in the answer", "answer", lambda: _answers(_in_words(without_negation))),
    Defect("number changed in the answer", "answer", lambda: _answers(NUMBER)),
    Defect(
        "number changed in answer and quote",
        "answer",
        lambda: _answers(_in_words(with_another_number, quotes_too=True)),
    ),
    Defect("number changed in one answer of about 50", "answer", lambda: _answers(_seldom(NUMBER, 50))),
    Defect("citations shuffled", "answer", lambda: _answers(_shuffled)),
    Defect("citation number made up", "answer", lambda: _answers(_fabricated)),
    Defect("last line of the answer cut off", "answer", lambda: _answers(_without_last_line)),
    Defect("one question of about 100 raises", "answer", lambda: _answers(_seldom(_raises, 100))),
    Defect("judge calls everything supported", "judging", _judge_asleep),
    Defect("stale cache", "cache", lambda: _answers(NUMBER)),
)

NONE = Defect("none", "asking", contextlib.nullcontext)

"""What is known about a question before any words of an answer are chosen: lines, their scores, and the decision."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ragkit.answering.abstention import Decision, decide
from ragkit.answering.answer import LinesJudged
from ragkit.answering.candidates import LoadDocument, gather_candidates, gather_evidence
from ragkit.answering.judging import Judge
from ragkit.answering.matching import CorpusStatistics, Question, prepare_question
from ragkit.answering.scoring import Candidate, Evidence
from ragkit.answering.selection import JUDGED_RULE, Selection, select
from ragkit.documents.document import Document
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.query import Query
from ragkit.telemetry.attributes import StageKind
from ragkit.telemetry.spans import stage


@dataclass(frozen=True)
class SearchReport:
    """What the search did, for the answer's trace and its wording.

    Attributes:
        site: the site that was asked for; None for all.
        searched: number of chunks the reader's filters left to search.
        filtered: versions left out, by reason; nothing that the reader's roles do not open.
        timings_ms: milliseconds of the stages before answering.
        configuration: hash of settings, models and knowledge-base revision.
    """

    site: str | None = None
    searched: int = 0
    filtered: Mapping[str, int] | None = None
    timings_ms: Mapping[str, float] | None = None
    configuration: str = ""


@dataclass(frozen=True)
class Groundwork:
    """What an answerer composes from. It holds all texts it needs: the store may be closed.

    Attributes:
        question: the prepared question; ``question.query`` is how it was understood.
        passages: what search found among what the reader may see and what is in force, best first.
        evidence: the documents behind them.
        candidates: their lines, scored, best first.
        selection: what the extractive answerer would show; None where there is nothing.
        decision: whether to answer at all.
        today: the day the answer is for.
        report: what the search did.
        clock: milliseconds per stage so far.
        judged: what the small models were asked; None where they were not.
    """

    question: Question
    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    candidates: tuple[Candidate, ...]
    selection: Selection | None
    decision: Decision
    today: date
    report: SearchReport
    clock: Clock
    judged: LinesJudged | None = None

    @property
    def query(self) -> Query:
        """The understood question."""
        return self.question.query

    def document(self, document_id: str, version: str) -> Document:
        """One of the documents behind the passages.

        Raises:
            KeyError: it is none of them.
        """
        for item in self.evidence:
            if (item.document.document_id, item.document.version) == (document_id, version):
                return item.document
        raise KeyError((document_id, version))


def lay_groundwork(
    query: Query,
    passages: Sequence[Passage],
    *,
    load_document: LoadDocument,
    statistics: CorpusStatistics,
    today: date,
    report: SearchReport | None = None,
    judge: Judge | None = None,
) -> Groundwork:
    """Loads the documents behind the passages, scores their lines and decides whether they answer.

    Args:
        query: the understood question.
        passages: what search found among what the reader may see and what is in force, best first.
        load_document: gives the document version behind a passage.
        statistics: word counts of what the reader may see.
        today: the day the answer is for (``as_of``, else the current day); overdue reviews are measured against it.
        report: what the search did.
        judge: asks the small models; None where there are none.
    """
    report = report or SearchReport()
    clock = Clock(dict(report.timings_ms or {}))
    question = prepare_question(query, statistics)
    with stage("load", documents=len({(passage.document_id, passage.version) for passage in passages})):
        evidence = gather_evidence(question, passages, load_document)
    clock.lap("load_documents")
    with stage("score", StageKind.RERANKER) as span:
        candidates = gather_candidates(question, evidence)
        span.set(lines=len(candidates))
    clock.lap("score_lines")
    judged = None
    if judge is not None and candidates:
        with stage("judge", StageKind.RERANKER) as span:
            candidates, judged = judge.lines(query.text, candidates)
            span.set(lines=judged.asked, judged=judged.judged)
        clock.lap("judge_lines")
    with stage("select"):
        selection = select(question, candidates, JUDGED_RULE if judged else None)
    clock.lap("select_lines")
    with stage("decide", StageKind.GUARDRAIL) as span:
        judgements = judge.evidence(query.text, candidates, selection) if judge and judged and selection else None
        decision = decide(question, passages, candidates, selection, judgements)
        span.set(status=decision.status)
    clock.lap("decide")
    return Groundwork(
        question, tuple(passages), evidence, tuple(candidates), selection, decision, today, report, clock, judged
    )


class Clock:
    """Milliseconds per stage."""

    def __init__(self, timings_ms: dict[str, float]):
        self.timings_ms = timings_ms
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Books the time since the last lap under ``stage``."""
        now = time.perf_counter()
        self.timings_ms[stage] = (now - self._last) * 1000
        self._last = now

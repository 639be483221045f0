"""The default answerer: selects lines of the policies and shows them verbatim. No language model."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ragkit.answering.abstention import Decision, decide
from ragkit.answering.answer import SHOWN, Answer, AnswerStatus, Trace
from ragkit.answering.candidates import LoadDocument, gather_candidates, gather_evidence
from ragkit.answering.caveats import caveats_for
from ragkit.answering.composing import compose_text, draft_statements, no_answer_text
from ragkit.answering.matching import CorpusStatistics, prepare_question
from ragkit.answering.scoring import Candidate
from ragkit.answering.selection import Selection, select
from ragkit.answering.verification import Verified, verify
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.query import Query


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


def answer_question(
    query: Query,
    passages: Sequence[Passage],
    *,
    load_document: LoadDocument,
    statistics: CorpusStatistics,
    today: date,
    report: SearchReport | None = None,
) -> Answer:
    """Answers from the ranked passages, or says that the documents do not.

    Args:
        query: the understood question.
        passages: what search found among what the reader may see and what is in force, best first.
        load_document: gives the document version behind a passage.
        statistics: word counts of what the reader may see.
        today: the day the answer is for (``as_of``, else the current day); overdue reviews are measured against it.
        report: what the search did.

    Returns:
        An answer whose every statement was checked against the spans it cites.
    """
    report = report or SearchReport()
    clock = _Clock(dict(report.timings_ms or {}))
    question = prepare_question(query, statistics)
    evidence = gather_evidence(question, passages, load_document)
    clock.lap("load_documents")
    candidates = gather_candidates(question, evidence)
    clock.lap("score_lines")
    selection = select(question, candidates)
    clock.lap("select_lines")
    decision = decide(question, passages, candidates, selection)
    verified = _checked(selection, decision)
    caveats: tuple[str, ...] = query.caveats
    status = decision.status
    if status in SHOWN:
        if verified.statements and selection is not None:
            caveats = tuple(caveats_for(question, selection, candidates, today))
        else:
            status = AnswerStatus.INSUFFICIENT_EVIDENCE
    clock.lap("verify")
    shown = status in SHOWN
    return Answer(
        question=query.text,
        status=status,
        text=compose_text(verified.statements) if shown else no_answer_text(status, report.site, report.searched),
        statements=verified.statements if shown else (),
        citations=verified.citations if shown else (),
        caveats=caveats,
        trace=_trace(passages, candidates, decision, verified, report, clock),
    )


def _checked(selection: Selection | None, decision: Decision) -> Verified:
    if selection is None or decision.status not in SHOWN:
        return Verified((), (), ())
    layout = selection.candidates[0].evidence.layout
    return verify(draft_statements(selection, layout), selection.document)


def _trace(
    passages: Sequence[Passage],
    candidates: Sequence[Candidate],
    decision: Decision,
    verified: Verified,
    report: SearchReport,
    clock: _Clock,
) -> Trace:
    return Trace(
        searched=report.searched,
        filtered=dict(report.filtered or {}),
        passages=tuple((p.document_id, p.version, p.chunk_index, p.score) for p in passages),
        dropped=verified.dropped,
        signals=decision.signals | {"candidate_lines": float(len(candidates))},
        timings_ms=clock.timings_ms,
        configuration=report.configuration,
    )


class _Clock:
    """Milliseconds per stage."""

    def __init__(self, timings_ms: dict[str, float]):
        self.timings_ms = timings_ms
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Books the time since the last lap under ``stage``."""
        now = time.perf_counter()
        self.timings_ms[stage] = (now - self._last) * 1000
        self._last = now

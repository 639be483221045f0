"""The default answerer: selects lines of the policies and shows them verbatim. No language model."""

from __future__ import annotations

from ragkit.answering.answer import SHOWN, Answer, AnswerStatus, LadderStep, Rung, Trace
from ragkit.answering.caveats import caveats_for
from ragkit.answering.composing import compose_text, draft_statements, no_answer_text
from ragkit.answering.groundwork import Groundwork
from ragkit.answering.verification import Verified, verify
from ragkit.telemetry.spans import stage


def extractive_answer(groundwork: Groundwork) -> Answer:
    """Answers with the selected lines, or says that the documents do not.

    Returns:
        An answer whose every statement was checked against the spans it cites.
    """
    with stage("compose", rung=Rung.EXTRACTIVE) as span:
        answer = _answer(groundwork)
        span.set(status=answer.status, statements=len(answer.statements))
    return answer


def _answer(groundwork: Groundwork) -> Answer:
    query, selection, report = groundwork.query, groundwork.selection, groundwork.report
    verified = _checked(groundwork)
    caveats: tuple[str, ...] = query.caveats
    status = groundwork.decision.status
    if status in SHOWN:
        if verified.statements and selection is not None:
            caveats = tuple(caveats_for(groundwork.question, selection, groundwork.candidates, groundwork.today))
        else:
            status = AnswerStatus.INSUFFICIENT_EVIDENCE
    groundwork.clock.lap("verify")
    shown = status in SHOWN
    return Answer(
        question=query.text,
        status=status,
        text=compose_text(verified.statements) if shown else no_answer_text(status, report.site, report.searched),
        statements=verified.statements if shown else (),
        citations=verified.citations if shown else (),
        caveats=caveats,
        trace=_trace(groundwork, verified, status),
    )


def _checked(groundwork: Groundwork) -> Verified:
    selection = groundwork.selection
    if selection is None or groundwork.decision.status not in SHOWN:
        return Verified((), (), ())
    layout = selection.candidates[0].evidence.layout
    return verify(draft_statements(selection, layout), selection.document)


def _trace(groundwork: Groundwork, verified: Verified, status: AnswerStatus) -> Trace:
    report = groundwork.report
    return Trace(
        searched=report.searched,
        filtered=dict(report.filtered or {}),
        passages=tuple((p.document_id, p.version, p.chunk_index, p.score) for p in groundwork.passages),
        dropped=verified.dropped,
        signals=groundwork.decision.signals | {"candidate_lines": float(len(groundwork.candidates))},
        timings_ms=groundwork.clock.timings_ms,
        configuration=report.configuration,
        ladder=(LadderStep(rung=Rung.EXTRACTIVE, outcome="answered" if status in SHOWN else "does_not_answer"),),
        judged=groundwork.judged,
    )

"""The lowest rung of the ladder: what the search found, listed, where no answer could be made of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ragkit.answering.answer import Answer, AnswerStatus, Citation, LadderStep, Rung, Trace
from ragkit.answering.candidates import LoadDocument
from ragkit.answering.groundwork import SearchReport
from ragkit.retrieval.passage import Passage
from ragkit.retrieval.query import Query

PASSAGES = 5
_TEXT = (
    "No answer could be made of what was found, because of an error in ragkit; it is no sign that the documents say "
    "nothing. The passages that were found are listed instead."
)
_NOTICE = "For a technical reason this is a list of what was found and no answer."
_log = logging.getLogger(__name__)


def evidence_list(
    query: Query,
    passages: Sequence[Passage],
    report: SearchReport,
    load_document: LoadDocument,
    error: Exception,
) -> Answer:
    """What the search found, best first, without any answer made of it.

    Args:
        query: the understood question.
        passages: what search found among what the reader may see and what is in force.
        report: what the search did.
        load_document: gives the document version behind a passage.
        error: why there is no answer; its kind is logged, never its words, which may hold those of the question.
    """
    _log.error("The extractive answerer failed (%s); the passages found are listed instead.", type(error).__name__)
    step = LadderStep(rung=Rung.EVIDENCE_LIST, outcome="listed", detail=f"The answerer failed: {type(error).__name__}.")
    return Answer(
        question=query.text,
        status=AnswerStatus.INSUFFICIENT_EVIDENCE,
        text=_TEXT,
        caveats=query.caveats,
        notice=_NOTICE,
        evidence=tuple(
            _cited(number, passage, load_document) for number, passage in enumerate(passages[:PASSAGES], start=1)
        ),
        trace=Trace(
            searched=report.searched,
            filtered=dict(report.filtered or {}),
            passages=tuple((p.document_id, p.version, p.chunk_index, p.score) for p in passages),
            timings_ms=dict(report.timings_ms or {}),
            configuration=report.configuration,
            ladder=(step,),
        ),
    )


def _cited(number: int, passage: Passage, load_document: LoadDocument) -> Citation:
    return Citation(
        number=number,
        quote=load_document(passage.document_id, passage.version).quote(passage.start, passage.end),
        start=passage.start,
        end=passage.end,
        document_id=passage.document_id,
        version=passage.version,
        title=passage.title,
        reference_number=passage.reference_number,
        source=passage.source,
        page=passage.page,
        section=passage.section,
        effective_date=passage.effective_date,
    )

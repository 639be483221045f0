"""Small records and judgements, for the examples in the metrics' docstrings and for trying a metric by hand.

>>> asked = question("How often is a port flushed?", gold="Flush the port every 8 hours.")
>>> got = answer(("Flush the port every 8 hours.", 1), quotes=["Flush the port every 8 hours."])
>>> record(asked, got, passages=["Flush the port every 8 hours."]).shown
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragkit.answering.answer import Answer, AnswerStatus, Citation, Statement, Trace
from ragkit.evaluation.claims import Claim
from ragkit.evaluation.metrics.matrices import Judgement, Matrix
from ragkit.evaluation.questions.question import GoldSpan, Question
from ragkit.evaluation.record import CitationFacts, Record
from ragkit.grounding.verdict import Verdict
from ragkit.retrieval.passage import Passage, PassageScores


def question(
    words: str = "How often?", gold: str | Sequence[str] = (), document: str = "ports.md", **more: Any
) -> Question:
    """A question whose gold quotes stand in one document; without gold it is unanswerable."""
    quotes = [gold] if isinstance(gold, str) else gold
    spans = tuple(GoldSpan(document=document, quote=quote) for quote in quotes)
    fields = {"id": "q1", "question": words, "category": "toy", "answerable": bool(spans), "gold": spans}
    return Question.model_validate(fields | more)


def citation(number: int, quote: str, document: str = "ports.md", start: int = 0) -> Citation:
    """A citation of words that stand at ``start`` of the document."""
    return Citation(
        number=number, quote=quote, start=start, end=start + len(quote), source=document,
        document_id=document, version="1", title=document,
    )  # fmt: skip


def answer(
    *statements: tuple[Any, ...],
    quotes: Sequence[str | Citation] = (),
    status: AnswerStatus = AnswerStatus.ANSWERED,
    **more: Any,
) -> Answer:
    """An answer: each statement as (text, citation number, ...); the quotes are numbered from 1."""
    made = tuple(
        Statement(text=text, citations=numbers, support=1.0, verdict=Verdict.SUPPORTED) for text, *numbers in statements
    )
    cited = tuple(
        quote if isinstance(quote, Citation) else citation(number, quote)
        for number, quote in enumerate(quotes, start=1)
    )
    text = "\n\n".join(each.text + " " + "".join(f"[{number}]" for number in each.citations) for each in made)
    fields = {"question": "", "status": status, "text": text, "statements": made, "citations": cited, "trace": Trace()}
    return Answer.model_validate(fields | more)


def refusal(status: AnswerStatus = AnswerStatus.INSUFFICIENT_EVIDENCE, **more: Any) -> Answer:
    """An answer that shows nothing."""
    return Answer(question="", status=status, text="Not found in the documents that you may see.", **more)


def passage(
    text: str, document: str = "ports.md", lexical: int | None = None, dense: int | None = None, fused: float = 0.0
) -> Passage:
    """A retrieved passage with its rank in each search and its score after fusion."""
    return Passage(
        text=text, score=fused, document_id=document, version="1", title=document, source=document, start=0,
        end=len(text), chunk_index=0, scores=PassageScores(lexical_rank=lexical, dense_rank=dense, fused=fused),
    )  # fmt: skip


def record(
    asked: Question | None = None,
    got: Answer | None = None,
    passages: Sequence[str | Passage] = (),
    facts: Sequence[CitationFacts] | None = None,
    **more: Any,
) -> Record:
    """A record; where no facts are given, every citation is as it should be."""
    got = refusal() if got is None else got
    good = {"resolves": True, "page_right": True, "in_force": True, "permitted": True, "at_site": True}
    if facts is None:
        facts = [CitationFacts(number=each.number, **good) for each in got.citations]
    found = tuple(each if isinstance(each, Passage) else passage(each) for each in passages)
    return Record(question=asked or question(), answer=got, passages=found, facts=tuple(facts), **more)


def matrix(rows: Sequence[Sequence[float]], columns: int = 1) -> Matrix:
    """A matrix of probabilities of support; from 0.5 on "supported", below 0 "contradicted"."""
    given = np.array(rows, dtype=np.float64).reshape((len(rows), len(rows[0]) if rows else columns))
    return Matrix(np.clip(given, 0.0, 1.0), given >= 0.5, given < 0.0)


def judgement(
    statements: Sequence[Sequence[int]] = ((1,),),
    *,
    passages: Sequence[Sequence[float]] = (),
    quotes: Sequence[Sequence[float]] = (),
    own: Sequence[float] | None = None,
    reference: Sequence[float] = (),
    gold_passages: Sequence[Sequence[float]] = (),
    gold_answer: Sequence[float] = (),
    without: dict[tuple[int, int], bool] | None = None,
    nuggets: Sequence[bool] = (),
) -> Judgement:
    """A judgement of an answer with one claim a statement.

    Args:
        statements: for each, the numbers of its citations.
        passages: claims x passages.
        quotes: claims x citations.
        own: for each claim, by the citations of its statement; by default the best of ``quotes``.
        reference: for each claim, by the gold.
        gold_passages: gold claims x passages.
        gold_answer: for each gold claim, by the answer.
        without: (claim, number) -> whether the other citations of the statement carry the claim.
        nuggets: for each must_have, whether the answer carries it.
    """
    claims = tuple(Claim(f"claim {row}", row, tuple(numbers)) for row, numbers in enumerate(statements))
    none: list[list[float]] = [[] for _ in claims]
    best = [max(row, default=0.0) for row in quotes] if quotes else [0.0 for _ in claims]
    carried = list(own) if own is not None else best
    gold = tuple(f"gold {row}" for row in range(len(gold_answer) or len(gold_passages)))
    return Judgement(
        statements=len(statements),
        claims=claims,
        passages=matrix(passages or none, 0),
        quotes=matrix(quotes or none, 0),
        own=matrix([[value] for value in carried]),
        together=matrix([[max(value, top)] for value, top in zip(carried, best, strict=True)]),
        without=without or {},
        reference=matrix([[value] for value in (reference or [0.0 for _ in claims])]),
        gold=gold,
        alternatives=(tuple(range(len(gold))),),
        gold_passages=matrix(gold_passages or [[] for _ in gold], 0),
        gold_answer=matrix([[value] for value in (gold_answer or [0.0 for _ in gold])]),
        nuggets=tuple(nuggets),
    )

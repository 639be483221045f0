"""Retrieval at span level, for each stage of the search, so that a loss shows where it happens.

A gold span is *found* down to rank r when the passages of its document down to r hold together at least 80 % of its
quote's word 4-grams: a quote that was cut between two passages is found with the second. A passage is *relevant* when
it holds that share of a gold quote of its document by itself. Gold spans of several documents that say the same are
alternatives: the document that is found best counts.

Ranks are those of the stage itself: a passage that the lexical search had on rank 12 counts as 12 although the record
holds only what survived to the end of the search (``run.search_depth`` passages, few of them of one document). A
passage that was cut off before that end counts as not found, at every stage: where all stages miss a span, look there.

Every metric applies to answerable questions, whatever the answer was; nothing retrieved is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache, partial

from ragkit.evaluation.matching import QUOTE_OVERLAP, Cited, needed_together, overlap
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.questions.question import GoldSpan
from ragkit.evaluation.record import Record
from ragkit.retrieval.passage import Passage

CUTS = (1, 5, 10)
"""The k of hit@k, recall@k and precision@k."""
GAIN_CUT = 10
"""The k of nDCG@k."""

Ranked = tuple[tuple[int, Passage], ...]
"""(rank from 1, passage), best first."""


class Stage(StrEnum):
    """Where in the search the order of the passages is looked at."""

    LEXICAL = "lexical"
    DENSE = "dense"
    FUSED = "fused"
    RERANKED = "reranked"


def ranked(record: Record, stage: Stage) -> Ranked:
    """The passages with their ranks at a stage; those that the stage did not find are left out.

    >>> from ragkit.evaluation.metrics import toy
    >>> found = [toy.passage("one", lexical=7, fused=0.2), toy.passage("two", dense=1, fused=0.9)]
    >>> [(rank, each.text) for rank, each in ranked(toy.record(passages=found), Stage.LEXICAL)]
    [(7, 'one')]
    >>> [(rank, each.text) for rank, each in ranked(toy.record(passages=found), Stage.FUSED)]
    [(1, 'two'), (2, 'one')]
    """
    passages = record.passages
    if stage is Stage.LEXICAL:
        held = [(each.scores.lexical_rank, each) for each in passages if each.scores.lexical_rank is not None]
        return tuple(sorted(held, key=lambda pair: pair[0]))
    if stage is Stage.DENSE:
        held = [(each.scores.dense_rank, each) for each in passages if each.scores.dense_rank is not None]
        return tuple(sorted(held, key=lambda pair: pair[0]))
    if stage is Stage.FUSED:
        passages = tuple(sorted(passages, key=lambda each: -each.scores.fused))
    return tuple(enumerate(passages, start=1))


@lru_cache(maxsize=20_000)
def _share_held(text: str, quote: str) -> float:
    return overlap(quote, [text])


def _is_of(passage: Passage, span: GoldSpan) -> bool:
    cited = Cited(passage.source, "", passage.document_id, passage.reference_number, passage.version)
    return cited.is_of(span)


def _relevant(passage: Passage, gold: Sequence[GoldSpan]) -> bool:
    return any(_is_of(passage, span) and _share_held(passage.text, span.quote) >= QUOTE_OVERLAP for span in gold)


def _found_at(order: Ranked, span: GoldSpan) -> int | None:
    """The rank down to which a span is found; None if it never is."""
    texts: list[str] = []
    for rank, passage in order:
        if _is_of(passage, span) and _share_held(passage.text, span.quote) > 0.0:
            texts.append(passage.text)
            if overlap(span.quote, texts) >= QUOTE_OVERLAP:
                return rank
    return None


def _first_found(record: Record, stage: Stage) -> int | None:
    """The rank down to which the first of the gold spans is found."""
    order = ranked(record, stage)
    ranks = [_found_at(order, span) for span in record.question.gold]
    return min((rank for rank in ranks if rank is not None), default=None)


def hit(record: Record, stage: Stage, k: int) -> float:
    """1 where a gold span is found down to rank k, else 0 (also called success@k).

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush the port with saline every 8 hours.")
    >>> found = toy.record(asked, passages=["Wash your hands.", "Flush the port with saline every 8 hours."])
    >>> hit(found, Stage.RERANKED, k=1), hit(found, Stage.RERANKED, k=5)
    (0.0, 1.0)
    """
    rank = _first_found(record, stage)
    return float(rank is not None and rank <= k)


def recall(record: Record, stage: Stage, k: int) -> float:
    """Share of the gold spans that are found down to rank k, for the alternative that is found best.

    Manning, Raghavan & Schütze 2008, Introduction to Information Retrieval, section 8.3, with spans as the relevant
    items, so that two passages with the same span count once.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold=["Flush the port with saline.", "Change the needle every week."])
    >>> recall(toy.record(asked, passages=["Flush the port with saline."]), Stage.RERANKED, k=5)
    0.5
    """
    order = ranked(record, stage)
    shares = []
    for group in needed_together(record.question.gold, record.question.all_gold_needed):
        ranks = [_found_at(order, span) for span in group]
        shares.append(sum(rank is not None and rank <= k for rank in ranks) / len(group))
    return max(shares, default=0.0)


def precision(record: Record, stage: Stage, k: int) -> float:
    """Share of the first k places that hold a relevant passage (ibid., section 8.3). Missing places are not relevant.

    With one gold span it cannot be higher than the number of passages that hold it, over k.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush the port with saline every 8 hours.")
    >>> found = toy.record(asked, passages=["Wash your hands.", "Flush the port with saline every 8 hours."])
    >>> precision(found, Stage.RERANKED, k=5)
    0.2
    """
    gold = record.question.gold
    return sum(rank <= k and _relevant(passage, gold) for rank, passage in ranked(record, stage)) / k


def reciprocal_rank(record: Record, stage: Stage) -> float:
    """1 / rank down to which the first gold span is found, 0 where none is; its mean is MRR.

    Voorhees 1999, "The TREC-8 Question Answering Track Report".

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush the port with saline every 8 hours.")
    >>> found = toy.record(asked, passages=["Wash your hands.", "Flush the port with saline every 8 hours."])
    >>> reciprocal_rank(found, Stage.RERANKED)
    0.5
    """
    rank = _first_found(record, stage)
    return 1.0 / rank if rank is not None else 0.0


def discounted_gain(record: Record, stage: Stage, k: int) -> float:
    """nDCG@k with a gain of 1 for each gold span at the rank where it is first found: duplicates gain nothing.

    DCG = sum over found spans of 1 / log2(1 + rank), divided by its value where the spans stand on the first ranks, one
    each (Järvelin & Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques", section 2; counting only what
    is new as alpha-nDCG with alpha = 1: Clarke et al. 2008). Several spans in one passage on a high rank can exceed
    that ideal; the value is then 1. Of alternatives the best counts.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush the port with saline every 8 hours.")
    >>> found = ["Wash your hands."] + 2 * ["Flush the port with saline every 8 hours."]
    >>> round(discounted_gain(toy.record(asked, passages=found), Stage.RERANKED, k=10), 3)
    0.631
    """
    order = ranked(record, stage)
    gains = []
    for group in needed_together(record.question.gold, record.question.all_gold_needed):
        ranks = [_found_at(order, span) for span in group]
        gain = sum(1.0 / math.log2(1 + rank) for rank in ranks if rank is not None and rank <= k)
        ideal = sum(1.0 / math.log2(1 + rank) for rank in range(1, min(k, len(group)) + 1))
        gains.append(min(1.0, gain / ideal))
    return max(gains, default=0.0)


def retrieval_metrics() -> tuple[Metric, ...]:
    """All of them; those of the list as it is returned have no stage in their name.

    >>> [metric.name for metric in retrieval_metrics()][:3]
    ['retrieval.hit@1', 'retrieval.hit@5', 'retrieval.hit@10']
    """
    return tuple(metric for stage in (Stage.RERANKED, Stage.FUSED, Stage.DENSE, Stage.LEXICAL) for metric in _of(stage))


def _of(stage: Stage) -> tuple[Metric, ...]:
    where = "" if stage is Stage.RERANKED else f"{stage.value}."
    after = "as returned" if stage is Stage.RERANKED else f"{stage.value} order"

    def metric(name: str, title: str, definition: str, measure: Callable[[Record], float], binary: bool) -> Metric:
        def applied(record: Record) -> float | None:
            return measure(record) if record.question.answerable else None

        return Metric(
            name=f"retrieval.{where}{name}",
            family=Family.RETRIEVAL,
            title=f"{title} ({after})",
            definition=definition,
            measure=applied,
            applies=lambda record: record.question.answerable,
            binary=binary,
        )

    return (
        *(metric(f"hit@{k}", f"Hit among the first {k}", f"A gold span is found in the first {k} passages.",
                 partial(hit, stage=stage, k=k), True) for k in CUTS),
        *(metric(f"recall@{k}", f"Gold spans in the first {k}", f"Share of the gold spans in the first {k} passages.",
                 partial(recall, stage=stage, k=k), False) for k in CUTS),
        *(metric(f"precision@{k}", f"Relevant among the first {k}", f"Share of the first {k} that are relevant.",
                 partial(precision, stage=stage, k=k), False) for k in CUTS),
        metric("mrr", "Mean reciprocal rank", "1 / rank where the first gold span is found.",
               partial(reciprocal_rank, stage=stage), False),
        metric(f"ndcg@{GAIN_CUT}", f"nDCG of the first {GAIN_CUT}", "Discounted gain of newly found gold spans.",
               partial(discounted_gain, stage=stage, k=GAIN_CUT), False),
    )  # fmt: skip

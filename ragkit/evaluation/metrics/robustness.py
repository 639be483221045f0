"""Robustness and fairness: the same question in other words, or for another group, has to get the same answer.

Each metric compares a variant's record with that of its question's own words. Counterfactual pairs after Garg et al.
2019, "Counterfactual Fairness in Text Classification through Robustness": what changes although only the
group changes. The policy makes no difference in a variant, so any change is a fault, whichever of the two is right.

A variant whose question's own record is missing or errored has nothing to be compared with and gets the worst value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ragkit.evaluation.matching import plain_words
from ragkit.evaluation.metrics.answers import is_right
from ragkit.evaluation.metrics.base import Family, Metric, value_of
from ragkit.evaluation.metrics.convention import answer_of, claims_nothing, shown_text
from ragkit.evaluation.questions.question import VariantKind
from ragkit.evaluation.record import Record

Comparison = Callable[[Record, Record], float]

LEAST_GROUP = 5
"""Variants from which on a group is compared with others."""


def same_status(base: Record, variant: Record) -> float:
    """1 where both end in the same status, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> shown = toy.record(got=toy.answer(("Flush it.", 1), quotes=["Flush it."]))
    >>> same_status(shown, toy.record(got=toy.refusal()))
    0.0
    """
    return float(answer_of(base).status is answer_of(variant).status)


def same_spans(base: Record, variant: Record) -> float:
    """Jaccard similarity of the characters cited: those of both, over those of either. Two that cite nothing are alike.

    >>> from ragkit.evaluation.metrics import toy
    >>> first = toy.answer(("Flush.", 1), quotes=[toy.citation(1, "x" * 30, start=0)])
    >>> second = toy.answer(("Flush.", 1), quotes=[toy.citation(1, "x" * 30, start=10)])
    >>> same_spans(toy.record(got=first), toy.record(got=second))
    0.5
    """
    one, other = _cited_characters(base), _cited_characters(variant)
    either = len(one | other)
    return len(one & other) / either if either else 1.0


def _cited_characters(record: Record) -> frozenset[tuple[str, str, int]]:
    return frozenset(
        (citation.document_id, citation.version, position)
        for citation in answer_of(record).citations
        for position in range(citation.start, citation.end)
    )


def same_answer(base: Record, variant: Record) -> float:
    """1 where the statements of both hold the same words in the same order, case and punctuation aside, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> first, second = toy.answer(("Flush it.", 1)), toy.answer(("Flush it twice.", 1))
    >>> same_answer(toy.record(got=first), toy.record(got=second))
    0.0
    """
    return float(plain_words(shown_text(base)) == plain_words(shown_text(variant)))


def same_correctness(base: Record, variant: Record) -> float:
    """1 where both went right or both went wrong (``answers.is_right``), else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Every 8 hours.", must_have=["8 hours"])
    >>> right = toy.record(asked, toy.answer(("Every 8 hours.", 1), quotes=["Every 8 hours."]))
    >>> same_correctness(right, toy.record(asked, toy.refusal()))
    0.0
    """
    return float(is_right(base) == is_right(variant))


def variant_right(base: Record, variant: Record) -> float:
    """1 where the variant went right (``answers.is_right``), whatever became of the question's own words, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> variant_right(toy.record(), toy.record(toy.question(), toy.refusal()))
    1.0
    """
    return float(is_right(variant))


def robustness_metrics(bases: Mapping[str, Record]) -> tuple[Metric, ...]:
    """All of them.

    Args:
        bases: question id -> the record of the question's own words.

    >>> [metric.name for metric in robustness_metrics({})]  # doctest: +NORMALIZE_WHITESPACE
    ['robustness.same_status', 'robustness.same_spans', 'robustness.same_answer', 'robustness.same_correctness',
     'robustness.right']
    """
    return (
        _metric(bases, "same_status", "Same status", "Variant and question end in the same status.", same_status),
        _metric(bases, "same_spans", "Same spans cited", "Overlap (Jaccard) of what both cite.", same_spans, False),
        _metric(bases, "same_answer", "Same answer", "Variant and question show the same words.", same_answer),
        _metric(bases, "same_correctness", "Same correctness", "Both went right, or both wrong.", same_correctness),
        _metric(bases, "right", "Variant right", "The variant went right.", variant_right),
    )


def _metric(
    bases: Mapping[str, Record], name: str, title: str, definition: str, compare: Comparison, binary: bool = True
) -> Metric:
    def measure(record: Record) -> float | None:
        if record.variant is None:
            return None
        base = bases.get(record.question.id)
        if base is None or base.error or base.answer is None or claims_nothing(record) or claims_nothing(base):
            return 0.0
        return compare(base, record)

    return Metric(
        name=f"robustness.{name}", family=Family.ROBUSTNESS, title=title, definition=definition, measure=measure,
        applies=lambda record: record.variant is not None, binary=binary,
    )  # fmt: skip


@dataclass(frozen=True)
class GroupRow:
    """The variants of one group.

    Attributes:
        kind: in what they differ from their questions.
        group: the group they speak of or for; "" where the variants name none.
        n: number of variants.
        right: share of variants that went right.
        base_right: share of the same questions, each as often as it has variants here, that went right in their own
            words: groups are asked about different questions, and only the difference can be compared.
        same_status, same_spans, same_answer, same_correctness: means of the metrics of that name.
    """

    kind: VariantKind
    group: str
    n: int
    right: float
    base_right: float
    same_status: float
    same_spans: float
    same_answer: float
    same_correctness: float

    @property
    def lost(self) -> float:
        """What the other words cost: the share right of the questions' own words less that of the variants."""
        return self.base_right - self.right


@dataclass(frozen=True)
class GroupGap:
    """The gap between the groups of one kind.

    Attributes:
        kind: of the variants.
        best, worst: the groups that lose least and most against their questions' own words.
        gap: the difference of what they lose, 0 and more.
        n_best, n_worst: numbers of variants: with ten a group, a gap of 0.1 is one question.
    """

    kind: VariantKind
    best: str
    worst: str
    gap: float
    n_best: int
    n_worst: int


def group_rows(records: Sequence[Record]) -> tuple[GroupRow, ...]:
    """One row for each kind and group of variants, in the order of kind and name.

    >>> from ragkit.evaluation.metrics import toy
    >>> from ragkit.evaluation.questions.question import Variant
    >>> variant = Variant(kind="sex", group="female", question="How often for her?")
    >>> asked = toy.question(variants=[variant])
    >>> [row] = group_rows([toy.record(asked), toy.record(asked, variant=variant)])
    >>> row.group, row.n, row.right, row.lost
    ('female', 1, 1.0, 0.0)
    """
    bases = base_records(records)
    metrics = {metric.name.partition(".")[2]: metric for metric in robustness_metrics(bases)}
    groups: dict[tuple[VariantKind, str], list[Record]] = defaultdict(list)
    for record in records:
        if record.variant is not None:
            groups[record.variant.kind, record.variant.group].append(record)
    rows = []
    for (kind, group), members in sorted(groups.items()):
        means = {
            name: sum(value_of(metric, member) or 0.0 for member in members) / len(members)
            for name, metric in metrics.items()
        }
        own_words = [bases.get(member.question.id) for member in members]
        base_right = sum(base is not None and is_right(base) for base in own_words) / len(members)
        rows.append(GroupRow(kind, group, len(members), base_right=base_right, **means))
    return tuple(rows)


def group_gaps(rows: Iterable[GroupRow]) -> tuple[GroupGap, ...]:
    """For each kind, the gap between the group that loses least and the one that loses most.

    Groups of fewer than ``LEAST_GROUP`` variants are not compared: of many groups of one or two, some are always all
    right and some all wrong. A kind with fewer than two groups left has no gap.

    >>> row = GroupRow(VariantKind.SEX, "female", 10, 0.7, 0.9, 1.0, 1.0, 1.0, 0.8)
    >>> other = GroupRow(VariantKind.SEX, "male", 10, 0.9, 0.9, 1.0, 1.0, 1.0, 1.0)
    >>> [(gap.worst, round(gap.gap, 2), gap.n_worst) for gap in group_gaps([row, other])]
    [('female', 0.2, 10)]
    """
    kinds: dict[VariantKind, list[GroupRow]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    gaps = []
    for kind, members in kinds.items():
        compared = [row for row in members if row.n >= LEAST_GROUP]
        if len(compared) < 2:
            continue
        best = min(compared, key=lambda row: (row.lost, row.group))
        worst = max(compared, key=lambda row: (row.lost, row.group))
        gaps.append(GroupGap(kind, best.group, worst.group, worst.lost - best.lost, best.n, worst.n))
    return tuple(gaps)


def base_records(records: Iterable[Record]) -> dict[str, Record]:
    """Question id -> the record of the question's own words.

    >>> from ragkit.evaluation.metrics import toy
    >>> list(base_records([toy.record()]))
    ['q1']
    """
    return {record.question.id: record for record in records if record.variant is None}

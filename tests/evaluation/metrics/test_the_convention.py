"""One table: what every metric is worth when things go wrong (``ragkit.evaluation.metrics.base``)."""

import math

import pytest

from ragkit.answering.answer import AnswerStatus
from ragkit.evaluation.metrics import toy
from ragkit.evaluation.metrics.answers import WORST_WORDS
from ragkit.evaluation.metrics.base import Family
from ragkit.evaluation.metrics.catalogue import all_metrics, measure
from ragkit.evaluation.metrics.cost import WORST_MS
from ragkit.evaluation.questions.question import Variant
from ragkit.evaluation.record import Record
from tests.evaluation.metrics.scorers import FailsOn, WordForWord

LINE = "Flush the port with saline every 8 hours."
SHE = Variant(kind="sex", group="female", question="How often is hers flushed?")
EXTRAS = {"forbidden": ["12 hours"], "forbidden_documents": ["old.md"], "caveat": "review overdue", "variants": [SHE]}
ANSWERABLE = toy.question(gold=LINE, must_have=["8 hours"], nice_to_have=["saline"], **EXTRAS)
UNANSWERABLE = toy.question(**EXTRAS)
FOUND = [LINE]

SITUATIONS = {
    "refused answerable": toy.record(ANSWERABLE, toy.refusal(), FOUND),
    "refused unanswerable": toy.record(UNANSWERABLE, toy.refusal(), FOUND),
    "no statement": toy.record(ANSWERABLE, toy.answer(), FOUND),
    "uncited": toy.record(ANSWERABLE, toy.answer((LINE,)), FOUND),
    "fabricated": toy.record(ANSWERABLE, toy.answer((LINE, 9)), FOUND),
    "fabricated beside a real one": toy.record(ANSWERABLE, toy.answer((LINE, 1, 9), quotes=[LINE]), FOUND),
    "nothing retrieved": toy.record(ANSWERABLE, toy.refusal(), []),
    "answered unanswerable": toy.record(UNANSWERABLE, toy.answer((LINE, 1), quotes=[LINE]), FOUND),
    "all right": toy.record(
        ANSWERABLE, toy.answer((LINE, 1), quotes=[LINE], caveats=["Review overdue since spring."]), FOUND
    ),
}
# one column for each situation, in that order; "-": not applicable
TABLE = """
grounding.faithfulness                -    -    0    1    1    1    -    1    1
grounding.faithfulness_graded         -    -    0    1    1    1    -    1    1
grounding.groundedness                -    -    0    0    0    1    -    1    1
grounding.contradiction               -    -    1    0    0    0    -    0    0
grounding.hallucination               -    -    1    0    0    0    -    0    0
grounding.precision                   -    -    0    1    1    1    -    -    1
grounding.recall                      0    -    0    1    1    1    0    -    1
grounding.claim_recall                1    -    1    1    1    1    0    -    1
grounding.context_precision           1    -    1    1    1    1    0    -    1
grounding.context_utilisation         0    -    0    1    1    1    0    -    1
grounding.noise_relevant              -    -    1    0    0    0    -    -    0
grounding.noise_irrelevant            -    -    1    0    0    0    -    -    0
grounding.self_knowledge              -    -    1    0    0    0    -    -    0
citations.recall                      -    -    0    0    0    0    -    1    1
citations.precision                   -    -    0    0    0    0.5  -    1    1
citations.statement_support           -    -    0    0    0    1    -    1    1
citations.answer_support              -    -    0    0    0    1    -    1    1
citations.verbatim                    -    -    0    0    0    1    -    1    1
citations.resolves                    -    -    0    0    0    0.5  -    1    1
citations.in_force                    -    -    0    0    0    0.5  -    1    1
citations.permitted                   -    -    0    0    0    0.5  -    1    1
citations.at_site                     -    -    0    0    0    0.5  -    1    1
citations.page_right                  -    -    0    0    0    0.5  -    1    1
citations.right_document              -    -    0    0    0    0.5  -    -    1
answers.must_have                     0    -    0    1    1    1    0    -    1
answers.must_have_judged              0    -    0    1    1    1    0    -    1
answers.nice_to_have                  0    -    0    1    1    1    0    -    1
answers.complete                      0    -    0    1    1    1    0    -    1
answers.gold_shown                    0    -    0    0    0    1    0    -    1
answers.right_source                  0    -    0    0    0    1    0    -    1
answers.right_status                  0    1    0    1    1    1    0    0    1
answers.no_forbidden_string           1    1    0    1    1    1    1    1    1
answers.no_forbidden_document         1    1    0    1    1    1    1    1    1
answers.caveat                        0    0    0    0    0    0    0    0    1
answers.quantities_cited              -    -    0    0    0    1    -    1    1
answers.words                         -    - 1000    8    8    8    -    8    8
abstention.answered_correctly         0    -    0    1    1    1    0    -    1
abstention.over_refusal               1    -    1    0    0    0    1    -    0
abstention.refused_unanswerable       -    1    -    -    -    -    -    0    -
abstention.answered_unanswerable      -    0    -    -    -    -    -    1    -
cost.milliseconds                     0    0    0    0    0    0    0    0    0
cost.tokens                           -    -    -    -    -    -    -    -    -
cost.money                            -    -    -    -    -    -    -    -    -
"""
RETRIEVAL = ("1", "-", "1", "1", "1", "1", "0", "-", "1")
ROWS = {line.split()[0]: line.split()[1:] for line in TABLE.strip().splitlines()}
METRICS = {metric.name: metric for metric in all_metrics()}
OF_QUESTIONS = [name for name, metric in METRICS.items() if metric.family is not Family.ROBUSTNESS]
OF_VARIANTS = [name for name, metric in METRICS.items() if metric.family is Family.ROBUSTNESS]


def values_of(record: Record, scorer: WordForWord | None = None, *others: Record) -> dict[str, float | None]:
    measurement = measure([record, *others], scorer or WordForWord())
    return {each.metric.name: each.values.get(record.key) for each in measurement.values}


MEASURED = {situation: values_of(record) for situation, record in SITUATIONS.items()}


def expected(name: str, column: int) -> float | None:
    if name.startswith("retrieval."):
        return _retrieval(name, RETRIEVAL[column])
    cell = ROWS[name][column]
    return None if cell == "-" else float(cell)


def _retrieval(name: str, cell: str) -> float | None:
    """The toy passages carry no rank of the first two searches, so that only the later stages find them."""
    if cell == "-":
        return None
    if ".lexical." in name or ".dense." in name or cell == "0":
        return 0.0
    return 1 / int(name.partition("@")[2]) if "precision@" in name else 1.0


@pytest.mark.parametrize("name", OF_QUESTIONS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_metric_has_the_documented_value(name: str, situation: str) -> None:
    assert MEASURED[situation][name] == expected(name, list(SITUATIONS).index(situation))


@pytest.mark.parametrize("name", METRICS)
def test_a_question_that_errored_has_the_worst_value_in_every_metric_that_could_apply(name: str) -> None:
    errored = toy.record(ANSWERABLE, error="StoreError: the disk is full", variant=_variant_of(name))
    value = values_of(errored)[name]
    assert value == (METRICS[name].worst if METRICS[name].applies(errored) else None)
    if name not in {"cost.tokens", "cost.money", "abstention.refused_unanswerable", "abstention.answered_unanswerable"}:
        assert value is not None


def _variant_of(name: str) -> Variant | None:
    return SHE if name in OF_VARIANTS else None


@pytest.mark.parametrize("situation", [each for each in SITUATIONS if each != "refused unanswerable"])
def test_what_could_not_be_judged_is_worst_where_the_scorer_is_needed_and_is_named(situation: str) -> None:
    record = SITUATIONS[situation]
    measurement = measure([record], FailsOn(""))
    assert measurement.errors == {"q1": "GroundingError: the server is gone"}
    for each in measurement.values:
        needs_the_scorer = each.metric.family is Family.GROUNDING or each.metric.name in {
            "citations.recall", "citations.precision", "citations.statement_support", "citations.answer_support",
            "answers.must_have_judged",
        }  # fmt: skip
        if needs_the_scorer:
            assert each.values.get("q1") == (each.metric.worst if each.metric.applies(record) else None)
        else:
            assert each.values.get("q1") == MEASURED[situation][each.metric.name]


def test_a_scorer_that_is_not_needed_cannot_fail_a_question() -> None:
    assert measure([SITUATIONS["refused unanswerable"]], FailsOn("")).errors == {}


@pytest.mark.parametrize("name", METRICS)
def test_no_value_is_ever_outside_of_its_unit(name: str) -> None:
    metric = METRICS[name]
    values = [measured[name] for measured in MEASURED.values() if measured[name] is not None]
    for value in [*values, metric.worst]:
        assert math.isfinite(value)
        assert 0.0 <= value <= (1.0 if metric.unit == "share" else max(WORST_WORDS, WORST_MS))
        assert not metric.binary or value in (0.0, 1.0)


@pytest.mark.parametrize("name", METRICS)
def test_worst_is_the_far_end_of_the_direction(name: str) -> None:
    metric = METRICS[name]
    assert metric.name.partition(".")[0] == metric.family.value
    assert metric.title and metric.definition
    if metric.unit == "share":
        assert metric.worst == (0.0 if metric.higher_is_better else 1.0)
        assert metric.required in (None, 1.0)


def test_names_are_unique() -> None:
    names = [metric.name for metric in all_metrics()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", OF_VARIANTS)
@pytest.mark.parametrize(
    "base",
    [
        pytest.param(toy.record(ANSWERABLE, error="StoreError: the disk is full"), id="question errored"),
        pytest.param(toy.record(toy.question(id="another")), id="question missing"),
        pytest.param(toy.record(ANSWERABLE, toy.answer()), id="question answered without a statement"),
    ],
)
def test_a_variant_with_nothing_to_compare_it_with_fails(name: str, base: Record) -> None:
    asked = toy.record(ANSWERABLE, toy.answer((LINE, 1), quotes=[LINE]), variant=SHE)
    assert values_of(asked, None, base)[name] == METRICS[name].worst


@pytest.mark.parametrize("name", OF_VARIANTS)
@pytest.mark.parametrize("status", list(AnswerStatus))
def test_a_variant_that_is_answered_like_its_question_is_perfect(name: str, status: AnswerStatus) -> None:
    shown = status in (AnswerStatus.ANSWERED, AnswerStatus.PARTIAL)
    question = ANSWERABLE if shown else UNANSWERABLE
    got = toy.answer((LINE, 1), quotes=[LINE], status=status) if shown else toy.refusal(status)
    same = toy.record(question, got, variant=SHE)
    assert values_of(same, None, toy.record(question, got))[name] == 1.0


@pytest.mark.parametrize("name", OF_QUESTIONS)
def test_a_variant_is_in_no_metric_of_questions(name: str) -> None:
    assert values_of(toy.record(ANSWERABLE, toy.refusal(), FOUND, variant=SHE))[name] is None

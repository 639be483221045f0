import pytest

from ragkit.evaluation.metrics import toy
from ragkit.evaluation.metrics.catalogue import measure
from ragkit.evaluation.metrics.retrieval import Stage, discounted_gain, hit, precision, recall, reciprocal_rank
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.record import Record
from tests.evaluation.metrics.scorers import WordForWord

LINE = "Flush the port with saline every 8 hours and after each use."
OTHER = "Change the needle of the port once in every week."
AS_RETURNED = Stage.RERANKED


def asked(*gold: tuple[str, str], **more: object) -> Question:
    spans = [{"document": document, "quote": quote} for document, quote in gold]
    return Question.model_validate(
        {"id": "q1", "question": "?", "category": "toy", "answerable": True, "gold": spans, **more}
    )


def test_the_right_words_of_another_document_are_not_relevant() -> None:
    record = toy.record(asked(("adults.md", LINE)), passages=[toy.passage(LINE, "children.md")])
    assert hit(record, AS_RETURNED, 10) == 0.0


@pytest.mark.parametrize("name", ["ports.md", "ports", "care/ports.pdf", "id-7", "IC-7"])
def test_the_gold_document_may_be_named_by_path_stem_id_or_number(name: str) -> None:
    passage = toy.passage(LINE).model_copy(update={"document_id": "id-7", "reference_number": "ic-07"})
    assert hit(toy.record(asked((name, LINE)), passages=[passage]), AS_RETURNED, 1) == 1.0


def test_a_passage_with_less_than_80_percent_of_the_quote_is_not_relevant() -> None:
    assert (
        hit(toy.record(asked(("ports.md", LINE)), passages=["Flush the port with saline every 8"]), AS_RETURNED, 1) == 0
    )


def test_a_quote_longer_than_a_passage_is_found_in_two() -> None:
    long = f"{LINE} {OTHER}"
    record = toy.record(asked(("ports.md", long)), passages=[LINE, "Wash your hands.", OTHER])
    assert [recall(record, AS_RETURNED, k) for k in (1, 2, 3)] == [0.0, 0.0, 1.0]
    assert [hit(record, AS_RETURNED, k) for k in (1, 2, 3)] == [0.0, 0.0, 1.0]
    assert reciprocal_rank(record, AS_RETURNED) == pytest.approx(1 / 3)
    assert precision(record, AS_RETURNED, 3) == 0.0


def test_of_documents_that_say_the_same_the_best_found_counts() -> None:
    gold = (("a.md", LINE), ("a.md", OTHER), ("b.md", "Ports are flushed with saline three times on each day."))
    record = toy.record(asked(*gold), passages=[toy.passage(gold[2][1], "b.md")])
    assert recall(record, AS_RETURNED, 1) == 1.0
    needed = toy.record(asked(*gold, all_gold_needed=True), passages=record.passages)
    assert recall(needed, AS_RETURNED, 1) == pytest.approx(1 / 3)


def test_a_duplicate_gains_nothing_and_a_new_span_does() -> None:
    both = asked(("ports.md", LINE), ("ports.md", OTHER))
    twice = discounted_gain(toy.record(both, passages=[LINE, LINE]), AS_RETURNED, 10)
    new = discounted_gain(toy.record(both, passages=[LINE, OTHER]), AS_RETURNED, 10)
    assert (round(twice, 3), new) == (0.613, 1.0)


def test_two_spans_in_one_passage_are_not_better_than_ideal() -> None:
    both = asked(("ports.md", LINE), ("ports.md", OTHER))
    assert discounted_gain(toy.record(both, passages=[f"{LINE} {OTHER}"]), AS_RETURNED, 10) == 1.0


def test_precision_counts_missing_places() -> None:
    assert precision(toy.record(asked(("ports.md", LINE)), passages=[LINE]), AS_RETURNED, 5) == 0.2


def found_by_stage() -> Record:
    return toy.record(
        asked(("ports.md", LINE)),
        passages=[
            toy.passage("Wash your hands.", lexical=9, dense=1, fused=0.5),
            toy.passage(LINE, lexical=2, dense=12, fused=0.9),
            toy.passage("Wear gloves.", dense=2, fused=0.1),
        ],
    )


def test_a_loss_shows_at_the_stage_where_it_happens() -> None:
    ranks = {stage: reciprocal_rank(found_by_stage(), stage) for stage in Stage}
    assert ranks == {
        Stage.LEXICAL: 1 / 2,
        Stage.DENSE: pytest.approx(1 / 12),
        Stage.FUSED: 1.0,
        Stage.RERANKED: 1 / 2,
    }


def test_the_stages_have_names_and_the_last_one_has_none() -> None:
    table = measure([found_by_stage()], WordForWord()).as_table()
    assert table["retrieval.mrr"]["q1"] == 0.5
    assert table["retrieval.fused.hit@1"]["q1"] == 1.0
    assert table["retrieval.dense.hit@10"]["q1"] == 0.0
    assert table["retrieval.lexical.recall@5"]["q1"] == 1.0

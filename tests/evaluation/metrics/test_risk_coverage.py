import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragkit.answering.answer import Trace
from ragkit.evaluation.metrics import toy
from ragkit.evaluation.metrics.abstention import confidence_of, risk_coverage
from ragkit.evaluation.record import Record

ASKED = toy.question(gold="Every 8 hours.", must_have=["8 hours"])


def shown(right: bool, confidence: float | None) -> Record:
    signals = {} if confidence is None else {"probability": confidence}
    line = "Every 8 hours." if right else "Once a day."
    return toy.record(ASKED, toy.answer((line, 1), quotes=[line], trace=Trace(signals=signals)))


def test_the_order_of_confidence_makes_the_area() -> None:
    good = risk_coverage([shown(True, 0.9), shown(True, 0.8), shown(False, 0.2)])
    bad = risk_coverage([shown(True, 0.2), shown(True, 0.3), shown(False, 0.9)])
    assert (good.area, good.excess_area) == (pytest.approx(1 / 9), 0.0)
    assert bad.area == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert bad.excess_area == pytest.approx(bad.area - 1 / 9)


def test_answers_of_equal_confidence_stand_in_no_order() -> None:
    mixed = [shown(True, 0.5), shown(False, 0.5)]
    assert risk_coverage(mixed) == risk_coverage(mixed[::-1])
    assert risk_coverage(mixed).area == pytest.approx(0.5)


def test_refusals_count_in_the_coverage_only() -> None:
    curve = risk_coverage(
        [shown(True, 0.9), toy.record(ASKED, toy.refusal()), toy.record(toy.question(), toy.refusal())]
    )
    assert [point.coverage for point in curve.points] == [pytest.approx(1 / 3)]
    assert (curve.asked, curve.shown, curve.wrong, curve.area) == (3, 1, 0, 0.0)


def test_an_answer_to_an_unanswerable_question_is_wrong() -> None:
    assert risk_coverage([toy.record(toy.question(), toy.answer(("Daily.", 1), quotes=["Daily."]))]).wrong == 1


def test_an_error_is_a_wrong_answer_given_with_full_confidence() -> None:
    errored = toy.record(ASKED, error="StoreError: the disk is full")
    assert confidence_of(errored) == 1.0
    curve = risk_coverage([errored, shown(True, 0.9)])
    assert (curve.wrong, curve.points[0].risk) == (1, 1.0)


def test_an_answer_that_states_no_confidence_is_taken_at_its_word() -> None:
    assert confidence_of(shown(True, None)) == 1.0


def test_a_run_that_shows_nothing_has_no_area() -> None:
    for records in ([], [toy.record(ASKED, toy.refusal())]):
        curve = risk_coverage(records)
        assert (curve.points, curve.area, curve.excess_area) == ((), None, None)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.5, 0.7, 1.0])), min_size=1, max_size=12))
def test_area_and_excess_stay_between_0_and_1(answers: list[tuple[bool, float]]) -> None:
    curve = risk_coverage([shown(right, confidence) for right, confidence in answers])
    assert curve.area is not None and curve.excess_area is not None
    assert 0.0 <= curve.excess_area <= curve.area <= 1.0
    assert curve.points[-1].risk == pytest.approx(sum(not right for right, _ in answers) / len(answers))

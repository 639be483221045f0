import math

import pytest

from ragkit.answering.abstention import BESIDE_THE_POINT, Decision, published_model
from ragkit.answering.answer import AnswerStatus
from ragkit.answering.generation.answerability import UNMEASURED, FlagWorth, combine, with_flag, worth_asking

NOT_FOUND, ANSWERED, PARTIAL = AnswerStatus.INSUFFICIENT_EVIDENCE, AnswerStatus.ANSWERED, AnswerStatus.PARTIAL
THRESHOLD = published_model().threshold
WORTH = FlagWorth(sensitivity=0.8, specificity=0.4, rescued_above=0.2)
MEASURED = FlagWorth(sensitivity=0.8, specificity=0.8, rescued_above=0.2)


def decided(status: AnswerStatus, probability: float, **signals: float) -> Decision:
    signals = {"probability": probability, **signals}
    return Decision(status, probability, signals, THRESHOLD, published_model().partial_below)


def test_the_flags_likelihood_ratio_moves_the_odds() -> None:
    odds = with_flag(0.5, True, WORTH) / (1 - with_flag(0.5, True, WORTH))
    assert math.isclose(odds, 0.8 / 0.6)
    odds = with_flag(0.5, False, WORTH) / (1 - with_flag(0.5, False, WORTH))
    assert math.isclose(odds, 0.2 / 0.4)


def test_a_no_makes_a_barely_found_answer_an_abstention_and_a_certain_one_partial() -> None:
    assert combine(decided(PARTIAL, THRESHOLD + 0.02), False, verified=False, worth=WORTH) is NOT_FOUND
    assert combine(decided(ANSWERED, 0.95), False, verified=False, worth=WORTH) is PARTIAL


def test_a_yes_rescues_a_question_just_below_the_threshold_only_with_a_verified_statement() -> None:
    just_below = decided(NOT_FOUND, THRESHOLD - 0.02)
    assert combine(just_below, True, verified=True, worth=MEASURED) is PARTIAL
    assert combine(just_below, True, verified=False, worth=MEASURED) is NOT_FOUND
    assert combine(decided(NOT_FOUND, 0.15), True, verified=True, worth=MEASURED) is NOT_FOUND


def test_a_model_that_says_yes_to_everything_rescues_nothing_and_is_not_asked() -> None:
    just_below = decided(NOT_FOUND, THRESHOLD - 0.02)
    for worth in (WORTH, UNMEASURED):
        assert combine(just_below, True, verified=True, worth=worth) is NOT_FOUND
        assert not worth_asking(just_below, worth)
    assert worth_asking(just_below, MEASURED)


def test_below_the_band_even_a_perfect_flag_rescues_nothing() -> None:
    perfect = FlagWorth(sensitivity=0.999, specificity=0.999, rescued_above=0.2)
    assert combine(decided(NOT_FOUND, 0.25), True, verified=True, worth=perfect) is PARTIAL
    assert combine(decided(NOT_FOUND, 0.19), True, verified=True, worth=perfect) is NOT_FOUND
    assert not worth_asking(decided(NOT_FOUND, 0.19), perfect)


@pytest.mark.parametrize("signal", ["withheld:other_medicine", "withheld:other_population", BESIDE_THE_POINT])
def test_no_flag_outvotes_a_rule(signal: str) -> None:
    decision = decided(NOT_FOUND, 0.99, **{signal: 1.0})
    assert combine(decision, True, verified=True, worth=WORTH) is NOT_FOUND
    assert not worth_asking(decision, WORTH)


def test_without_a_flag_the_extractive_decision_stands() -> None:
    for status in (NOT_FOUND, PARTIAL, ANSWERED, AnswerStatus.NEEDS_CLARIFICATION):
        assert combine(decided(status, 0.5), None, verified=False) is status


def test_a_question_that_needs_clarification_is_not_sent() -> None:
    assert not worth_asking(Decision(AnswerStatus.NEEDS_CLARIFICATION, 0.0, {}))
    assert worth_asking(decided(ANSWERED, 0.9))

import numpy as np
import pytest
from scipy import stats

from ragkit.evaluation.statistics.tests import holm, mcnemar


def test_mcnemar_is_the_exact_binomial_test_of_the_changed_pairs():
    before = [1] * 15 + [0] * 5 + [1] * 100
    after = [0] * 15 + [1] * 5 + [1] * 100
    found = mcnemar(before, after)
    assert (found.worse, found.better) == (15, 5)
    assert found.p == pytest.approx(stats.binomtest(15, 20, 0.5, alternative="greater").pvalue)
    assert found.p == pytest.approx(0.0207, abs=1e-4)  # P(X >= 15) for 20 tosses of a coin


def test_no_change_and_no_question_are_no_evidence():
    assert mcnemar([1, 0], [1, 0]).p == 1.0
    assert mcnemar([], []).p == 1.0


def test_a_cluster_counts_once_by_the_sign_of_its_sum():
    found = mcnemar([1, 1, 1, 0], [0, 0, 0, 1], ["a", "a", "a", "a"])
    assert (found.worse, found.better, found.p) == (1, 0, 0.5)


def test_pairs_of_different_length_are_an_error():
    with pytest.raises(ValueError, match="one length"):
        mcnemar([1], [1, 0])


def test_symmetrical_flips_raise_an_alarm_in_at_most_alpha_of_simulations():
    random = np.random.default_rng(1)
    alarms = 0
    for _ in range(2_000):
        flips = random.choice([-1, 0, 1], p=[0.05, 0.9, 0.05], size=250)
        alarms += mcnemar(np.maximum(-flips, 0), np.maximum(flips, 0)).p <= 0.05
    assert alarms / 2_000 <= 0.05


def test_holm_is_the_step_down_correction_in_the_given_order():
    # as p.adjust(c(0.01, 0.02, 0.03, 0.04), method = "holm") in R
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


def test_holm_never_exceeds_one_and_of_nothing_is_nothing():
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []

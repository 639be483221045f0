import numpy as np
import pytest

from ragkit.evaluation.statistics.paired import paired_difference
from ragkit.evaluation.statistics.power import half_width, n_for_half_width, n_to_see
from ragkit.evaluation.statistics.tests import mcnemar


def test_the_n_of_a_paired_mean_is_the_textbooks():
    # sd 1, difference 0.5, one-sided 5 %, power 80 %: (1.645 + 0.842)^2 * 4
    assert n_to_see(0.5, sd=1.0) == 25


def test_a_smaller_margin_and_more_tests_need_more_questions():
    assert n_to_see(0.01, sd=0.2) > n_to_see(0.02, sd=0.2)
    assert n_to_see(0.02, sd=0.2, alpha=0.05 / 30) > n_to_see(0.02, sd=0.2)


def test_a_discordance_below_the_margin_is_taken_as_the_margin():
    assert n_to_see(0.05, discordance=0.0) == n_to_see(0.05, discordance=0.05)


@pytest.mark.parametrize(
    "wrong", [{"margin": 0.0, "sd": 1.0}, {"margin": 0.1}, {"margin": 0.1, "sd": 1, "discordance": 1}]
)
def test_a_calculation_without_a_margin_or_a_spread_is_an_error(wrong):
    with pytest.raises(ValueError, match="margin above 0"):
        n_to_see(**wrong)


def test_with_the_n_it_names_the_tests_see_the_loss_as_often_as_promised():
    random = np.random.default_rng(2)
    n = n_to_see(0.06, discordance=0.1)
    seen = 0
    for _ in range(500):
        flips = random.choice([-1, 0, 1], p=[0.08, 0.9, 0.02], size=n)
        seen += mcnemar(np.maximum(-flips, 0), np.maximum(flips, 0)).p <= 0.05
    assert 0.7 <= seen / 500 <= 0.88
    n = n_to_see(0.05, sd=0.2)
    seen = sum(
        paired_difference(random.normal(0.10, 0.2, size=n), np.zeros(n), margin=0.05, resamples=300, seed=number).p
        <= 0.05
        for number in range(500)
    )
    assert 0.74 <= seen / 500 <= 0.86


def test_the_n_for_a_half_width_is_the_least_one():
    n = n_for_half_width(0.03, 0.95)
    assert half_width(n, 0.95) <= 0.03 < half_width(n - 1, 0.95)


def test_a_half_width_of_half_or_more_is_an_error():
    with pytest.raises(ValueError, match="half-width"):
        n_for_half_width(0.5, 0.9)

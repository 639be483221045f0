import numpy as np
import pytest
from scipy import stats

from ragkit.evaluation.statistics.paired import paired_difference


def test_nothing_changed_is_no_loss():
    found = paired_difference([1.0, 0.0, 0.5], [1.0, 0.0, 0.5])
    assert (found.loss.estimate, found.p, found.worse, found.better) == (0.0, 1.0, 0, 0)


def test_a_gain_is_never_an_alarm():
    assert paired_difference([0.0] * 50, [1.0] * 50).p == 1.0


def test_where_lower_is_better_more_is_a_loss():
    found = paired_difference([100.0] * 40, [120.0] * 40, higher_is_better=False, margin=5)
    assert found.loss.estimate == 20
    assert found.p < 0.001


def test_p_agrees_with_the_t_test_where_that_one_is_right():
    random = np.random.default_rng(1)
    before = random.uniform(size=300)
    after = before - random.normal(0.03, 0.2, size=300)
    theirs = stats.ttest_1samp(before - after, 0.01, alternative="greater").pvalue
    assert paired_difference(before, after, margin=0.01).p == pytest.approx(theirs, abs=0.01)


def test_a_few_changes_are_never_more_certain_than_the_sign_test_allows():
    before, after = [1.0] * 200, [0.0] * 4 + [1.0] * 196
    assert paired_difference(before, after).p >= 1 / 16


def test_copies_of_a_question_add_no_certainty():
    random = np.random.default_rng(2)
    before = random.uniform(size=60)
    after = before - random.normal(0.02, 0.1, size=60)
    alone = paired_difference(before, after)
    copied = paired_difference(np.repeat(before, 5), np.repeat(after, 5), np.repeat(np.arange(60), 5).tolist())
    assert copied.p == pytest.approx(alone.p, abs=0.01)
    assert copied.sd / np.sqrt(copied.n) == pytest.approx(alone.sd / np.sqrt(alone.n))
    assert copied.clusters == 60


def test_pairs_of_different_length_are_an_error():
    with pytest.raises(ValueError, match="one length"):
        paired_difference([1.0], [1.0, 0.0])


@pytest.mark.parametrize("margin", [0.0, 0.02])
@pytest.mark.parametrize("kind", ["pass_or_fail", "graded", "clustered"])
def test_the_false_alarm_rate_at_the_margin_is_at_most_alpha(kind, margin):
    random = np.random.default_rng(9)
    alarms, rounds = 0, 600
    for number in range(rounds):
        clusters = None
        if kind == "pass_or_fail":
            change = random.choice([-1.0, 0.0, 1.0], p=[0.05, 0.90 - margin, 0.05 + margin], size=250)
        elif kind == "graded":
            change = np.where(random.uniform(size=250) < 0.2, random.normal(margin / 0.2, 0.3, size=250), 0.0)
        else:
            change = np.repeat(random.normal(margin, 0.2, size=50), 5)
            clusters = np.repeat(np.arange(50), 5).tolist()
        found = paired_difference(change, np.zeros(250), clusters, margin=margin, resamples=400, seed=number)
        alarms += found.p <= 0.05
    assert alarms / rounds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / rounds)
    assert alarms > 0

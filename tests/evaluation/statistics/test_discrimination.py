import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from ragkit.evaluation.statistics.discrimination import (
    auroc,
    auroc_interval,
    balanced_accuracy,
    expected_calibration_error,
    f1_unsupported,
    reliability_table,
)


@pytest.fixture
def judged():
    random = np.random.default_rng(1)
    supported = (random.uniform(size=600) < 0.6).astype(int)
    scores = np.round(np.clip(0.35 + 0.3 * supported + random.normal(0, 0.2, size=600), 0, 1), 2)
    return supported, scores, [number // 3 for number in range(600)]


def test_estimates_are_those_of_scikit_learn(judged):
    supported, scores, clusters = judged
    called = scores >= 0.5
    assert auroc_interval(supported, scores, clusters, resamples=50).estimate == roc_auc_score(supported, scores)
    assert balanced_accuracy(supported, scores, clusters, resamples=50).estimate == pytest.approx(
        balanced_accuracy_score(supported, called)
    )
    assert f1_unsupported(supported, scores, clusters, resamples=50).estimate == pytest.approx(
        f1_score(supported, called, pos_label=0)
    )


def test_the_auroc_of_resamples_is_the_auroc_of_drawn_clusters(judged):
    supported, scores, clusters = judged
    random = np.random.default_rng(2)
    members = [np.flatnonzero(np.array(clusters) == cluster) for cluster in range(200)]
    drawn = []
    for _ in range(600):
        items = np.concatenate([members[cluster] for cluster in random.integers(0, 200, size=200)])
        drawn.append(roc_auc_score(supported[items], scores[items]))
    found = auroc_interval(supported, scores, clusters)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.006)


def test_chance_is_half_and_lies_in_its_interval():
    random = np.random.default_rng(3)
    found = auroc_interval(random.integers(0, 2, size=500), random.uniform(size=500))
    assert found.covers(0.5)


def test_auroc_of_one_class_is_an_error():
    with pytest.raises(ValueError, match="all are alike"):
        auroc([1, 1], [0.1, 0.9])


def test_a_score_that_is_not_a_number_is_an_error():
    with pytest.raises(ValueError, match="never returns NaN"):
        auroc([1, 0], [float("nan"), 0.5])


def test_a_calibrated_scorer_has_a_small_error_and_an_overconfident_one_a_large_one():
    random = np.random.default_rng(4)
    odds = random.uniform(size=5_000)
    supported = (random.uniform(size=5_000) < odds).astype(int)
    calibrated = expected_calibration_error(supported, odds, resamples=200)
    overconfident = expected_calibration_error(supported, np.where(odds > 0.5, 1.0, 0.0), resamples=200)
    assert calibrated.estimate < 0.03
    assert overconfident.estimate == pytest.approx(0.25, abs=0.03)


def test_the_calibration_error_is_the_weighted_gap_of_the_reliability_table(judged):
    supported, scores, _ = judged
    table = reliability_table(supported, scores)
    gap = sum(row.n * abs(row.mean_score - row.share_supported) for row in table) / 600
    assert sum(row.n for row in table) == 600
    assert expected_calibration_error(supported, scores, resamples=50).estimate == pytest.approx(gap)


def test_a_score_of_one_is_in_the_last_bin():
    assert [(row.low, row.n) for row in reliability_table([1, 1], [1.0, 0.95])] == [(0.9, 2)]


def test_scores_outside_0_to_1_have_no_calibration():
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability_table([1, 0], [3.0, -1.0])

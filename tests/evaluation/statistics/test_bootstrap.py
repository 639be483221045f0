import numpy as np
import pytest
from scipy import stats

from ragkit.evaluation.statistics.bootstrap import effective_n, mean_interval, resampled_sums, sums_interval
from ragkit.evaluation.statistics.interval import wilson


def test_the_wilson_interval_is_the_one_of_scipy():
    for successes, n in [(0, 20), (3, 20), (81, 263), (15, 148), (56, 56)]:
        theirs = stats.binomtest(successes, n).proportion_ci(method="wilson")
        ours = wilson(successes, n)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_wilson_interval_of_newcombes_published_examples():
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
    assert (wilson(81, 263).low, wilson(81, 263).high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (wilson(15, 148).low, wilson(15, 148).high) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert (wilson(0, 20).low, wilson(0, 20).high) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_the_bca_interval_of_single_items_is_the_one_of_scipy():
    values = np.random.default_rng(3).exponential(size=80)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", random_state=5).confidence_interval
    ours = mean_interval(values, resamples=20_000)
    assert ours.method == "bca"
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.015)


def test_a_percentile_interval_has_the_spread_of_the_mean():
    values = np.random.default_rng(4).normal(5, 2, size=400)
    found = mean_interval(values, method="percentile")
    assert found.half_width == pytest.approx(1.96 * values.std() / 20, rel=0.03)


def test_items_of_one_cluster_are_drawn_together_so_that_copies_add_no_certainty():
    values = np.random.default_rng(5).uniform(size=50)
    alone = mean_interval(values)
    copied = mean_interval(np.repeat(values, 4), np.repeat(np.arange(50), 4).tolist())
    assert copied.half_width == pytest.approx(alone.half_width, rel=0.02)
    assert mean_interval(np.repeat(values, 4)).half_width < 0.6 * alone.half_width


def test_the_same_seed_gives_the_same_interval_and_another_seed_nearly_the_same():
    values = np.random.default_rng(6).uniform(size=200)
    first, again, other = mean_interval(values, seed=1), mean_interval(values, seed=1), mean_interval(values, seed=2)
    assert first == again
    assert first != other
    assert (first.low, first.high) == pytest.approx((other.low, other.high), abs=0.003)


def test_a_share_of_one_gets_a_width_from_wilson_and_says_so():
    found = mean_interval([1.0] * 250)
    assert found.method == "wilson"
    assert found.low == pytest.approx(wilson(250, 250).low)


def test_clusters_count_once_where_all_values_are_alike():
    found = mean_interval([1.0] * 250, [number // 10 for number in range(250)])
    assert found.low == pytest.approx(wilson(25, 25).low)


def test_a_rare_failure_gets_the_wilson_interval_too():
    found = mean_interval([1.0] * 248 + [0.0] * 2)
    assert found.method == "wilson"
    assert found.low < 0.98  # the bootstrap would say 0.98, too narrow


def test_one_cluster_of_counts_tells_nothing_about_its_spread():
    found = mean_interval([3.0, 4.0], ["same", "same"])
    assert found.method == "unknown"
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_numbers_that_are_all_alike_and_no_shares_are_called_constant():
    assert mean_interval([7.0] * 30).method == "constant"


@pytest.mark.parametrize("values", [[], [1.0, float("nan")]])
def test_missing_values_are_an_error_and_never_skipped(values):
    with pytest.raises(ValueError, match=r"no values|not a number"):
        mean_interval(values)


def test_clusters_of_another_length_are_an_error():
    with pytest.raises(ValueError, match="3 clusters"):
        mean_interval([1.0, 0.0, 1.0], ["a", "b"])


def test_a_ratio_is_resampled_above_and_below_the_line_together():
    shown = np.array([1, 2, 3, 4] * 25, dtype=float)
    found = sums_interval(np.column_stack([shown, shown]), lambda s: s[:, 0] / s[:, 1])
    assert (found.low, found.high) == (1.0, 1.0)


def test_the_effective_number_lies_between_clusters_and_items():
    random = np.random.default_rng(7)
    clusters = [number // 5 for number in range(500)]
    independent = random.uniform(size=500) < 0.7
    together = np.repeat(random.uniform(size=100) < 0.7, 5)
    assert effective_n(independent, clusters) > 350
    assert effective_n(together, clusters) == pytest.approx(100, abs=2)


@pytest.mark.parametrize(("share", "size"), [(0.5, 1), (0.9, 1), (0.97, 1), (0.8, 3)])
def test_a_95_percent_interval_covers_the_truth_in_about_95_percent_of_simulations(share, size):
    random = np.random.default_rng(8)
    covered = 0
    for number in range(400):
        odds = random.beta(4 * share, 4 * (1 - share), size=120) if size > 1 else np.full(120, share)
        values = (random.uniform(size=(120, size)) < odds[:, None]).astype(float).ravel()
        clusters = np.repeat(np.arange(120), size).tolist()
        covered += mean_interval(values, clusters, resamples=500, seed=number).covers(share)
    assert 0.92 <= covered / 400 <= 0.985


def test_thirty_metrics_of_250_questions_take_resamples_as_one_matrix_product():
    sums = resampled_sums(np.ones((250, 30)), resamples=2_000, seed=0)
    assert sums.shape == (2_000, 30)
    assert (sums == 250).all()

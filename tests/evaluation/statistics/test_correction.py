import numpy as np
import pytest

from ragkit.evaluation.statistics.correction import JudgeError, partly_exact, prediction_powered, rogan_gladen


def test_a_perfect_judge_needs_no_correction():
    judge = JudgeError(1.0, 1.0, 1e9, 1e9)
    found = rogan_gladen(80, 100, judge)
    assert found.estimate == 0.8
    assert (found.low, found.high) == pytest.approx((0.7112, 0.8666), abs=1e-3)  # the Wilson interval, nearly


def test_the_correction_is_rogan_and_gladens_formula():
    # apparent 0.10, sensitivity 0.80, specificity 0.95: (0.10 + 0.95 - 1) / (0.80 + 0.95 - 1)
    assert rogan_gladen(100, 1000, JudgeError(0.8, 0.95, 200, 200)).estimate == pytest.approx(0.0667, abs=1e-4)


def test_a_corrected_share_stays_between_0_and_1():
    judge = JudgeError(0.9, 0.9, 100, 100)
    assert rogan_gladen(100, 100, judge).estimate == 1.0
    assert rogan_gladen(0, 100, judge).estimate == 0.0


def test_an_error_measured_on_few_claims_makes_the_interval_wider():
    wide = rogan_gladen(850, 1000, JudgeError(0.9, 0.8, 30, 30))
    narrow = rogan_gladen(850, 1000, JudgeError(0.9, 0.8, 3000, 3000))
    assert wide.half_width > 2 * narrow.half_width


def test_a_judge_no_better_than_chance_is_refused():
    with pytest.raises(ValueError, match="no better than chance"):
        rogan_gladen(50, 100, JudgeError(0.5, 0.5, 100, 100))


def test_no_claims_are_an_error():
    with pytest.raises(ValueError, match="n > 0"):
        rogan_gladen(0, 0, JudgeError(0.9, 0.9, 100, 100))


@pytest.mark.parametrize(("true", "labelled"), [(0.6, 60), (0.9, 60), (0.97, 200), (0.9, 500)])
def test_the_corrected_interval_covers_the_truth_in_about_95_percent_of_simulations(true, labelled):
    random = np.random.default_rng(11)
    covered, rounds = 0, 2_000
    for _ in range(rounds):
        judge = JudgeError(
            random.binomial(labelled, 0.9) / labelled, random.binomial(labelled, 0.75) / labelled, labelled, labelled
        )
        called = random.binomial(400, true * 0.9 + (1 - true) * 0.25)
        covered += rogan_gladen(called, 400, judge).covers(true)
    assert 0.93 <= covered / rounds <= 0.995


def test_lambda_one_is_plain_prediction_powered_inference():
    labels, seen, rest = [1, 0, 1, 1, 0], [0.9, 0.4, 0.6, 0.8, 0.3], [0.5, 0.7, 0.9]
    found = prediction_powered(labels, seen, rest, tuning=1.0)
    assert found.estimate == pytest.approx(0.6 + 0.7 - 0.6)
    variance = np.var(np.subtract(labels, seen), ddof=1) / 5 + np.var(rest) / 3
    assert found.half_width == pytest.approx(1.96 * np.sqrt(variance), rel=1e-4)


def test_a_useless_judge_leaves_the_plain_mean_of_the_labels():
    found = prediction_powered([1, 0, 1, 0], [0.5] * 4, [0.5] * 100)
    assert found.estimate == 0.5
    assert found.half_width == pytest.approx(1.96 * np.std([1, 0, 1, 0], ddof=1) / 2, rel=1e-4)


@pytest.mark.parametrize("bias", [0.0, 0.3])
def test_prediction_powered_intervals_cover_whatever_the_judges_bias_and_are_narrower_than_labels_alone(bias):
    random = np.random.default_rng(12)
    covered, widths, plain = 0, 0.0, 0.0
    for _ in range(500):
        truth = (random.uniform(size=1_200) < 0.8).astype(float)
        judged = np.clip(0.7 * truth + bias + random.normal(0, 0.1, size=1_200), 0, 1)
        found = prediction_powered(truth[:200], judged[:200], judged[200:])
        covered += found.covers(0.8)
        widths += found.half_width
        plain += 1.96 * truth[:200].std(ddof=1) / np.sqrt(200)
    assert 0.92 <= covered / 500 <= 0.98
    assert widths < 0.75 * plain


def test_prediction_powered_inference_without_labels_is_an_error():
    with pytest.raises(ValueError, match="two or more labelled"):
        prediction_powered([1], [1], [1, 0])


def test_claims_that_need_no_judge_are_not_corrected():
    judge = JudgeError(0.8, 0.8, 300, 300)
    judged_alone = rogan_gladen(70, 100, judge)
    found = partly_exact([3] * 100, [1] * 100, [1] * 70 + [0] * 30, judge=judge)
    assert found.estimate == pytest.approx((300 + 100 * judged_alone.estimate) / 400)
    assert found.half_width == pytest.approx(judged_alone.half_width / 4, rel=0.05)


def test_where_no_claim_needs_the_judge_its_error_does_not_count():
    found = partly_exact([2] * 50, [0] * 50, [0] * 50, judge=JudgeError(0.51, 0.5, 10, 10))
    assert (found.estimate, found.method) == (1.0, "exact")
    assert 0.9 < found.low < 1


def test_no_claim_at_all_is_an_error():
    with pytest.raises(ValueError, match="no claim"):
        partly_exact([0], [0], [0], judge=JudgeError(0.9, 0.9, 100, 100))


def test_the_interval_of_partly_judged_claims_covers_the_truth_in_about_95_percent_of_simulations():
    random = np.random.default_rng(13)
    covered, rounds = 0, 1_000
    for _ in range(rounds):
        judge = JudgeError(random.binomial(300, 0.85) / 300, random.binomial(300, 0.8) / 300, 300, 300)
        exact, others = random.poisson(2, size=150), random.poisson(1, size=150)
        true = random.binomial(others, random.beta(6, 2, size=150))
        called = random.binomial(true, 0.85) + random.binomial(others - true, 0.2)
        share = 1 - 0.25 * (1 / 3)
        covered += partly_exact(exact, others, called, judge=judge).covers(share)
    assert 0.92 <= covered / rounds <= 0.985

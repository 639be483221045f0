"""What fails the gate, what does not, and that its exit code is its verdict."""

import numpy as np
import pytest
from gate_making import IDENTITY, METRICS, asked, baseline, run

from ragkit.evaluation.configuration import GateConfiguration
from ragkit.evaluation.gate.baseline import read_baseline, write_baseline
from ragkit.evaluation.gate.gate import decide
from ragkit.evaluation.gate.kept_citations import LostCitation
from ragkit.evaluation.gate.must_fail import MustFailCase, MustFailOutcome
from ragkit.evaluation.gate.verdict import CheckKind, GateVerdict, Outcome
from ragkit.evaluation.metrics.toy import question, record

N = 250
GOOD = {
    "answers.complete": [1.0] * 230 + [0.0] * 20,
    "answers.coverage": [1.0] * 200 + [0.5] * 50,
    "abstention.answered_unanswerable": [0.0] * N,
    "citations.resolves": [1.0] * N,
}
SETTINGS = GateConfiguration(
    margins={"answers.complete": 0.01, "answers.coverage": 0.01, "abstention.answered_unanswerable": 0.01},
    floors={"answers.complete": 0.85},
    critical=("answers.complete",),
    resamples=1_000,
)
ONLY_COMPARED = SETTINGS.model_copy(update={"critical": ()})


def judged(metrics, settings=SETTINGS, against=GOOD, records=None, **more) -> GateVerdict:
    run_options = {name: more.pop(name) for name in ("from_cache", "reasked", "stale", "identity") if name in more}
    results = run(metrics, records, **run_options)
    return decide(results, baseline(against) if against else None, settings, metrics=METRICS, **more)


def failing(verdict: GateVerdict) -> set[str]:
    return {check.name for check in verdict.failures}


def changed(name: str, values: dict[int, float]) -> dict[str, list[float]]:
    return GOOD | {name: [values.get(number, value) for number, value in enumerate(GOOD[name])]}


def test_the_same_run_again_passes_and_the_exit_code_says_so():
    verdict = judged(GOOD)
    assert (verdict.passed, verdict.exit_code, verdict.warnings) == (True, 0, ())
    assert verdict.text.startswith("GATE PASSED")


def test_one_question_shown_wrong_that_was_right_fails_in_a_critical_metric():
    verdict = judged(changed("answers.complete", {7: 0.0}))
    assert failing(verdict) == {"critical: answers.complete"}
    assert (verdict.exit_code, verdict.failures[0].keys) == (1, ("q007",))
    assert verdict.text.startswith("GATE FAILED")


def test_one_new_refusal_is_the_lesser_harm_and_counts_in_the_comparison_only():
    records = [asked(number, shown=number != 7) for number in range(N)]
    verdict = judged(changed("answers.complete", {7: 0.0}), records=records)
    assert verdict.passed


def test_a_question_answered_now_that_was_refused_and_is_wrong_fails_in_a_critical_metric():
    results = run(changed("answers.complete", {7: 0.0}))
    accepted = baseline(GOOD)
    del accepted.questions["q007"].values["answers.complete"]
    verdict = decide(results, accepted, SETTINGS, metrics=METRICS)
    assert failing(verdict) == {"critical: answers.complete"}


def test_a_required_value_missed_once_fails():
    verdict = judged(changed("citations.resolves", {3: 0.5}))
    assert failing(verdict) == {"required: citations.resolves"}
    assert verdict.failures[0].keys == ("q003",)


def test_a_known_failure_is_a_warning_and_one_more_fails():
    settings = SETTINGS.model_copy(update={"known_failures": {"citations.resolves": ("q003",)}})
    one, two = (changed("citations.resolves", dict.fromkeys(wrong, 0.0)) for wrong in ((3,), (3, 9)))
    assert [check.keys for check in judged(one, settings).warnings] == [("q003",)]
    assert judged(one, settings).passed
    assert [check.keys for check in judged(two, settings).failures] == [("q009",)]


def test_a_known_failure_that_is_mended_is_to_be_taken_out_of_the_list():
    settings = SETTINGS.model_copy(update={"known_failures": {"citations.resolves": ("q003",)}})
    [warning] = judged(GOOD, settings).warnings
    assert "Take out of known_failures, since they are mended or gone: q003" in warning.message


def test_many_questions_worse_fail_by_mcnemar():
    verdict = judged(changed("answers.complete", dict.fromkeys(range(12), 0.0)), ONLY_COMPARED)
    [check] = verdict.failures
    assert (check.kind, check.metric) == (CheckKind.COMPARISON, "answers.complete")
    assert check.p == pytest.approx(0.5**12)
    assert check.p_holm == pytest.approx(3 * 0.5**12)


def test_a_loss_that_could_be_chance_is_a_warning_with_the_n_that_would_be_needed():
    verdict = judged(changed("answers.complete", dict.fromkeys(range(4), 0.0)), ONLY_COMPARED)
    assert verdict.passed
    [warning] = verdict.warnings
    assert warning.observed == pytest.approx(4 / 250)
    assert warning.n_needed > N
    assert "too few questions changed to tell" in warning.message
    assert f"n to see a loss of 0.020 with 80% power: {warning.n_needed}" in warning.message


def test_n_needed_is_told_for_every_compared_metric_also_when_all_is_well():
    assert judged(GOOD).n_needed.keys() == SETTINGS.margins.keys()


def test_a_graded_loss_beyond_the_margin_fails_by_the_paired_bootstrap():
    verdict = judged(changed("answers.coverage", dict.fromkeys(range(100), 0.7)), ONLY_COMPARED)
    assert failing(verdict) == {"comparison: answers.coverage"}
    assert verdict.failures[0].interval.low > 0.01


def test_a_baseline_that_was_rounded_in_its_file_shows_no_change(tmp_path):
    thirds = GOOD | {"answers.coverage": [2 / 3] * N, "citations.resolves": [1.0] * N}
    settings = SETTINGS.model_copy(update={"critical": ("answers.complete", "answers.coverage")})
    write_baseline(run(thirds), tmp_path / "baseline.json")
    verdict = decide(run(thirds), read_baseline(tmp_path / "baseline.json"), settings, metrics=METRICS)
    assert verdict.passed
    assert verdict.slices == ()
    compared = [check for check in verdict.checks if check.name == "comparison: answers.coverage"]
    assert "(0 worse, 0 better)" in compared[0].message


def test_a_loss_within_the_margin_passes_however_certain_it_is():
    verdict = judged(changed("answers.coverage", dict.fromkeys(range(200), 0.995)), ONLY_COMPARED)
    assert verdict.passed
    assert not verdict.warnings


def test_where_lower_is_better_more_is_a_loss():
    verdict = judged(changed("abstention.answered_unanswerable", dict.fromkeys(range(12), 1.0)), ONLY_COMPARED)
    assert failing(verdict) == {"comparison: abstention.answered_unanswerable"}


def test_a_gain_passes():
    assert judged(changed("answers.complete", dict.fromkeys(range(230, 250), 1.0))).passed


def test_losses_are_shown_by_category():
    verdict = judged(changed("answers.complete", {0: 0.0, 3: 0.0, 1: 0.0}), ONLY_COMPARED)
    assert [(loss.category, loss.worse) for loss in verdict.slices] == [("kind 0", 2), ("kind 1", 1)]
    assert "loss in kind 0: answers.complete" in verdict.text


def test_questions_of_one_group_count_once():
    records = [
        record(question("Q?", gold="Every 8 hours.", id=f"q{number:03}", group=f"g{number // 25}"), asked(0).answer)
        for number in range(N)
    ]
    results = run(changed("answers.complete", dict.fromkeys(range(12), 0.0)), records)
    verdict = decide(results, baseline(GOOD, records), ONLY_COMPARED, metrics=METRICS)
    assert verdict.passed
    assert next(check for check in verdict.checks if check.kind is CheckKind.COMPARISON).p == 0.5


def test_a_missed_floor_fails_and_the_message_says_whether_the_interval_crosses_it():
    near = judged(GOOD, SETTINGS.model_copy(update={"floors": {"answers.complete": 0.93}}))
    far = judged(GOOD, SETTINGS.model_copy(update={"floors": {"answers.complete": 0.99}}))
    assert failing(near) == failing(far) == {"floor: answers.complete"}
    assert "crosses" in near.failures[0].message
    assert "crosses" not in far.failures[0].message


def test_a_floor_is_a_ceiling_where_lower_is_better():
    settings = SETTINGS.model_copy(update={"floors": {"abstention.answered_unanswerable": 0.0}, "margins": {}})
    assert judged(GOOD, settings).passed
    worse = changed("abstention.answered_unanswerable", {0: 1.0})
    assert failing(judged(worse, settings)) == {"floor: abstention.answered_unanswerable"}


@pytest.mark.parametrize("part", ["floors", "margins", "critical", "known_failures"])
def test_a_metric_that_does_not_exist_cannot_pass(part):
    nothing = () if part == "known_failures" else 0.0
    value = ("answers.compleat",) if part == "critical" else {"answers.compleat": nothing}
    assert failing(judged(GOOD, SETTINGS.model_copy(update={part: value}))) == {"configuration: answers.compleat"}


def test_a_metric_that_applied_to_no_question_cannot_pass():
    verdict = judged({name: values for name, values in GOOD.items() if name != "answers.complete"})
    assert "configuration: answers.complete" in failing(verdict)


def test_an_errored_question_fails():
    records = [asked(number, error="TimeoutError" if number == 4 else "") for number in range(N)]
    verdict = judged(GOOD, records=records)
    assert failing(verdict) == {"errors"}
    assert "q004: TimeoutError" in verdict.failures[0].message


def test_a_question_that_could_not_be_judged_fails():
    assert failing(judged(GOOD, judging_errors={"q001": "no server"})) == {"errors"}


def test_a_run_without_questions_fails():
    assert "errors" in failing(judged({}, GateConfiguration(), against=None))


def test_a_baseline_question_that_was_not_asked_fails_and_says_what_to_do():
    verdict = judged({name: values[:-1] for name, values in GOOD.items()})
    assert failing(verdict) == {"coverage"}
    assert "q249" in verdict.failures[0].message
    assert "write a new baseline" in verdict.failures[0].message


def test_an_edited_question_fails_and_is_not_compared():
    records = [
        asked(number, words="How often now?" if number == 5 else "How often is a port flushed?") for number in range(N)
    ]
    verdict = judged(changed("answers.complete", {5: 0.0}), records=records)
    assert failing(verdict) == {"coverage"}
    assert "were edited since the baseline" in verdict.failures[0].message


def test_a_new_question_is_a_warning():
    verdict = judged({name: [*values, values[0]] for name, values in GOOD.items()})
    assert verdict.passed
    assert [check.name for check in verdict.warnings] == ["coverage"]


def test_a_stale_cache_fails():
    assert failing(judged(GOOD, from_cache=N, reasked=8, stale=("q009",))) == {"cache"}


def test_a_cache_that_nobody_looked_at_fails():
    assert failing(judged(GOOD, from_cache=N, reasked=0)) == {"cache"}
    assert judged(GOOD, from_cache=3, reasked=3).passed


def test_another_judge_than_the_baselines_fails():
    other = IDENTITY.model_copy(update={"scorer": "another"})
    assert failing(judged(GOOD, identity=other)) == {"judge"}


def test_other_documents_than_the_baselines_are_a_warning():
    verdict = judged(GOOD, identity=IDENTITY.model_copy(update={"knowledge_base": "another"}))
    assert verdict.passed
    assert [check.name for check in verdict.warnings] == ["documents"]


def test_a_citation_of_the_baseline_that_no_longer_resolves_fails():
    span = baseline(GOOD).questions["q000"].citations[0]
    verdict = judged(GOOD, lost=[LostCitation("q000", span, "Flush the port every 80 hours.", None)])
    assert failing(verdict) == {"citations_kept"}


def test_a_passage_that_does_not_stand_where_it_says_fails():
    assert failing(judged(GOOD, misplaced=["q004"])) == {"passages"}
    assert judged(GOOD, misplaced=[]).passed


CASE = MustFailCase(id="bad", question="q000", must_fail={"answers.complete": None}, why="the dose is another one")


def test_a_known_bad_answer_that_passes_fails_the_gate():
    asleep = MustFailOutcome(
        case=CASE, caught=False, values={}, message="answers.complete is 1 (the dose is another one)"
    )
    awake = MustFailOutcome(case=CASE, caught=True, values={})
    assert failing(judged(GOOD, must_fail=[awake, asleep])) == {"must_fail"}
    assert judged(GOOD, must_fail=[awake]).passed


def test_known_bad_answers_that_nobody_judged_fail_the_gate():
    settings = SETTINGS.model_copy(update={"must_fail": ("must-fail.yaml",)})
    assert failing(judged(GOOD, settings)) == {"must_fail"}


def test_a_missing_baseline_fails_where_the_settings_name_one_and_warns_otherwise(tmp_path):
    named = SETTINGS.model_copy(update={"baseline": tmp_path / "baseline.json"})
    assert failing(judged(GOOD, named, against=None)) == {"coverage"}
    assert [check.outcome for check in judged(GOOD, against=None).warnings] == [Outcome.WARN]


def test_the_exit_code_is_the_printed_verdict_whatever_happens():
    random = np.random.default_rng(0)
    for _ in range(20):
        flips = {int(number): 0.0 for number in random.choice(N, size=random.integers(0, 15), replace=False)}
        verdict = judged(changed("answers.complete", flips), ONLY_COMPARED)
        assert verdict.text.startswith("GATE PASSED" if verdict.exit_code == 0 else "GATE FAILED")
        assert ("FAIL  " in verdict.text) == (verdict.exit_code == 1)


def test_a_verdict_turns_into_json():
    data = judged(changed("answers.complete", {7: 0.0})).model_dump(mode="json")
    assert data["checks"][0]["outcome"] == "fail"
    assert data["checks"][0]["metric"] == "answers.complete"


def test_symmetrical_changes_raise_an_alarm_in_at_most_alpha_of_comparisons():
    random = np.random.default_rng(1)
    settings = ONLY_COMPARED.model_copy(update={"floors": {}, "resamples": 300})
    rounds, alarms = 300, 0
    before = {name: list(values) for name, values in GOOD.items() if name != "citations.resolves"}
    before["answers.complete"] = random.integers(0, 2, N).astype(float).tolist()
    before["abstention.answered_unanswerable"] = random.integers(0, 2, N).astype(float).tolist()
    accepted = baseline(before)
    for _ in range(rounds):
        flip = random.uniform(size=(3, N)) < 0.1
        after = {
            name: np.where(flip[row], random.permuted(values), values).tolist()
            for row, (name, values) in enumerate(before.items())
        }
        alarms += not decide(run(after), accepted, settings, metrics=METRICS).passed
    assert alarms / rounds <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / rounds)

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from ragkit.errors import EvaluationError, GroundingError
from ragkit.evaluation.scorers.coverage import CoverageScorer, coverage
from ragkit.evaluation.scorers.measured import measured_error, save_measured_error
from ragkit.evaluation.scorers.measuring import family_of, measure_scorer
from ragkit.evaluation.scorers.report import Family, ScorerReport
from ragkit.grounding.base import Pair, Score
from ragkit.grounding.lexical import LexicalScorer
from ragkit.grounding.verdict import Verdict


class Told:
    """Reads the verdict out of the claim's first word, with the probability after it: "supported 0.9 ..."."""

    name = "told"
    fingerprint = "told-1"

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return [Score(Verdict(pair.claim.split()[0]), float(pair.claim.split()[1])) for pair in pairs]


class Fitted(Told):
    """Was fitted on "wice": right there, and, without it, always wrong."""

    fitted_on = frozenset({"wice"})

    def without(self, name: str) -> "AlwaysNo":
        return AlwaysNo()


class AlwaysNo(Told):
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return [Score(Verdict.UNSUPPORTED, 0.0) for _ in pairs]


def data(folder: Path, name: str, *rows: tuple[str, str], groups: int = 100) -> Path:
    lines = [
        {
            "id": str(number),
            "set": name,
            "group": str(number % groups),
            "source": "opening",
            "claim": claim,
            "label": label,
        }
        for number, (label, claim) in enumerate(rows)
    ]
    (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


RIGHT = [("supported", "supported 0.9 a"), ("unsupported", "unsupported 0.1 b"), ("contradicted", "contradicted 0.2 c")]
WRONG = [("supported", "unsupported 0.3 a"), ("contradicted", "supported 0.8 c")]


def test_a_scorer_that_is_always_right_has_perfect_figures(tmp_path: Path) -> None:
    row = measure_scorer(Told(), data(tmp_path, "healthver", *RIGHT * 20), resamples=100).sets[0]
    assert row.n == 60
    assert row.labels == {"supported": 20, "contradicted": 20, "unsupported": 20}
    for figure in (row.balanced_accuracy, row.auroc, row.auroc_contradicted, row.f1_unsupported):
        assert figure is not None
        assert figure.estimate == 1.0
    assert row.calibration_error is not None
    assert row.calibration_error.estimate == pytest.approx((0.1 + 0.1 + 0.2) / 3)


def test_errors_show_in_every_figure(tmp_path: Path) -> None:
    row = measure_scorer(Told(), data(tmp_path, "healthver", *RIGHT * 10, *WRONG * 10), resamples=200).sets[0]
    assert row.sensitivity is not None and row.specificity is not None and row.auroc is not None
    assert row.sensitivity.estimate == 0.5
    assert row.specificity.estimate == pytest.approx(2 / 3)
    assert row.balanced_accuracy is not None
    assert row.balanced_accuracy.estimate == pytest.approx((0.5 + 2 / 3) / 2)
    # supported: .9, .3; others: .1, .2, .8
    assert row.auroc.estimate == pytest.approx(5 / 6)
    assert row.auroc.low < row.auroc.estimate < row.auroc.high
    assert row.verdicts["contradicted"] == {"supported": 10, "contradicted": 10, "unsupported": 0}
    assert 0 < row.sensitivity_n <= 20


def test_fewer_groups_make_the_interval_wider(tmp_path: Path) -> None:
    rows = [*RIGHT * 10, *WRONG * 10]
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    few = measure_scorer(Told(), data(tmp_path / "few", "wice", *rows, groups=5), resamples=300).sets[0]
    many = measure_scorer(Told(), data(tmp_path / "many", "wice", *rows, groups=50), resamples=300).sets[0]
    assert few.balanced_accuracy and many.balanced_accuracy
    assert few.balanced_accuracy.estimate == many.balanced_accuracy.estimate
    assert few.groups == 5
    assert few.balanced_accuracy.half_width != many.balanced_accuracy.half_width


def test_on_a_set_it_was_fitted_on_a_scorer_is_measured_without_it(tmp_path: Path) -> None:
    data(tmp_path, "fever", *RIGHT * 10)
    rows = {row.set: row for row in measure_scorer(Fitted(), data(tmp_path, "wice", *RIGHT * 10), resamples=50).sets}
    assert rows["wice"].fit == "fitted without it"
    assert rows["fever"].fit == "as shipped"
    assert rows["wice"].balanced_accuracy and rows["fever"].balanced_accuracy
    assert rows["wice"].balanced_accuracy.estimate == 0.5
    assert rows["fever"].balanced_accuracy.estimate == 1.0


def test_a_set_with_one_label_only_has_no_figures_that_need_two(tmp_path: Path) -> None:
    row = measure_scorer(Told(), data(tmp_path, "wice", *[RIGHT[0]] * 5), resamples=50).sets[0]
    assert row.auroc is None and row.balanced_accuracy is None and row.specificity is None
    assert row.calibration_error is not None


def test_sets_fall_into_three_tables_by_name(tmp_path: Path) -> None:
    assert family_of("wice-dev") is family_of("begin-wow") is family_of("fever") is Family.FABRICATION
    assert family_of("healthver") is family_of("check-covid-x") is family_of("nli4ct") is Family.CONTRADICTION
    assert family_of("my-hospital") is Family.OTHER
    for name in ("wice", "healthver", "my-hospital"):
        data(tmp_path, name, *RIGHT * 3)
    console = Console(width=200, file=io.StringIO())
    console.print(measure_scorer(Told(), tmp_path, resamples=50))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(f"told: {family}" in shown for family in ("fabrication", "contradiction", "other"))
    assert "nothing fitted" in shown


def test_the_baseline_stands_beside_with_a_threshold_from_the_other_sets(tmp_path: Path) -> None:
    good = [("supported", "supported 0.9 opening"), ("unsupported", "unsupported 0.1 ward door")]
    data(tmp_path, "wice", *good * 10)
    report = measure_scorer(Told(), data(tmp_path, "fever", *good * 10), resamples=50)
    row = report.sets[0]
    assert row.baseline_auroc and row.baseline_balanced_accuracy
    assert row.baseline_auroc.estimate == 1.0
    assert row.baseline_balanced_accuracy.estimate == 1.0
    assert row.baseline_threshold < 0.35  # one word of four is enough, as the other set shows


def test_coverage_is_the_share_of_the_claims_content_words() -> None:
    assert coverage(Pair("The pump alarms.", ("A pump stands there.",))) == 0.5
    assert coverage(Pair("The pump.", ("THE PUMP",))) == 1.0
    assert coverage(Pair("...", ("x",))) == 0.0
    assert CoverageScorer(0.5).score([Pair("The pump alarms.", ("A pump.",))])[0].verdict is Verdict.SUPPORTED


def test_progress_is_told_for_each_set(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    data(tmp_path, "wice", *RIGHT * 100)
    measure_scorer(Told(), tmp_path, on_progress=lambda *told: seen.append(told), resamples=10)
    assert seen == [("wice", 200, 300), ("wice", 300, 300)]


def test_a_scorer_that_cannot_judge_stops_the_measurement(tmp_path: Path) -> None:
    class Broken(Told):
        def score(self, pairs: Sequence[Pair]) -> list[Score]:
            raise GroundingError("no server")

    with pytest.raises(GroundingError, match="no server"):
        measure_scorer(Broken(), data(tmp_path, "wice", *RIGHT))


def test_a_report_comes_back_from_its_json(tmp_path: Path) -> None:
    report = measure_scorer("lexical", data(tmp_path, "wice", *RIGHT * 3), resamples=20)
    assert ScorerReport.model_validate_json(report.model_dump_json()) == report
    assert report.fingerprint == LexicalScorer().fingerprint


def test_measured_errors_are_kept_for_each_scorer_and_found_again(tmp_path: Path) -> None:
    kept = tmp_path / "measured.json"
    (tmp_path / "sets").mkdir()
    report = measure_scorer(Told(), data(tmp_path / "sets", "wice", *RIGHT * 10, *WRONG * 10), resamples=50)
    save_measured_error(report, kept)
    save_measured_error(report.model_copy(update={"scorer": "another"}), kept)
    found = measured_error(Told(), kept)
    assert found is not None
    error, name = found
    assert name == "wice"
    assert (error.sensitivity, round(error.specificity, 3)) == (0.5, 0.667)
    assert set(json.loads(kept.read_text(encoding="utf-8"))["scorers"]) == {"told", "another"}


def test_the_error_of_other_weights_is_not_used(tmp_path: Path) -> None:
    class Newer(Told):
        fingerprint = "told-2"

    kept = tmp_path / "measured.json"
    (tmp_path / "sets").mkdir()
    save_measured_error(measure_scorer(Told(), data(tmp_path / "sets", "wice", *RIGHT * 3), resamples=20), kept)
    assert measured_error(Newer(), kept) is None
    assert measured_error(Told(), tmp_path / "nothing.json") is None


def test_policy_claims_are_preferred_to_larger_sets(tmp_path: Path) -> None:
    kept = tmp_path / "measured.json"
    (tmp_path / "sets").mkdir()
    data(tmp_path / "sets", "policy claims", *RIGHT * 3)
    save_measured_error(measure_scorer(Told(), data(tmp_path / "sets", "wice", *WRONG * 30), resamples=20), kept)
    found = measured_error(Told(), kept)
    assert found is not None and found[1] == "policy claims"


def test_a_damaged_file_of_measured_errors_is_an_error(tmp_path: Path) -> None:
    kept = tmp_path / "measured.json"
    kept.write_text("{", encoding="utf-8")
    with pytest.raises(EvaluationError, match="measure again"):
        measured_error(Told(), kept)

"""What failed, where it is worst, how sure the answers were, and how figures read."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest

from ragkit.errors import EvaluationError
from ragkit.evaluation.metrics.abstention import RiskPoint
from ragkit.evaluation.report import differences
from ragkit.evaluation.report import html as html_report
from ragkit.evaluation.report.content import ReportContent, report_content
from ragkit.evaluation.report.curves import confidence_bins
from ragkit.evaluation.report.differences import word_changes
from ragkit.evaluation.report.figures import interval_bar, reliability_figure, risk_coverage_figure
from ragkit.evaluation.report.groundedness import groundedness_of
from ragkit.evaluation.report.slices import worst_slices
from ragkit.evaluation.report.wording import anchor, figure, interval, printable, signed
from ragkit.evaluation.results import Results

from . import runs


@pytest.fixture(scope="module")
def content() -> ReportContent:
    results = runs.run()
    return report_content(results, runs.FAILED, runs.baseline(results), runs.CATALOGUE)


def test_a_question_fails_by_an_error_a_missed_requirement_or_a_no(content: ReportContent) -> None:
    why = {o.record.key: [one.metric.name for one in o.missed] for o in content.failed}
    assert why["q-20"] == ["citations.resolves"]
    assert why["q-21"] == ["answers.right"]
    assert why["q-27"] == ["abstention.refused"]
    assert "q-28" in why


def test_retrieval_alone_fails_no_question(content: ReportContent) -> None:
    assert all(value == 0 for value in content.results.metrics["retrieval.hit"].values())
    assert not any(one.metric.name == "retrieval.hit" for o in content.failed for one in o.missed)


def test_a_question_that_the_baseline_does_not_know_is_not_new(content: ReportContent) -> None:
    assert [o.record.key for o in content.newly_failing] == ["q-20"]
    assert [o.record.key for o in content.newly_passing] == ["q-05"]
    assert next(o for o in content.failed if o.record.key == "q-28").failed_before is None


def test_slices_come_worst_first_with_intervals(content: ReportContent) -> None:
    [category] = [dimension for dimension in content.dimensions if dimension.title == "Category"]
    shares = [part.passed.estimate for part in category.slices]
    assert shares == sorted(shares)
    assert all(part.passed.low < part.passed.high for part in category.slices)
    assert {part.name for part in category.slices} == {"dose", "time_limit", "near_miss", "near <miss> & more"}
    assert category.gap == pytest.approx(4 / 17), "one question is no worst slice"


def test_a_dimension_with_one_slice_is_no_comparison(content: ReportContent) -> None:
    assert "Site" not in {dimension.title for dimension in content.dimensions}


def test_small_slices_are_not_called_the_worst(content: ReportContent) -> None:
    assert all(part.n >= 5 for _, part in worst_slices(content.dimensions))


def test_language_alone_counts_variants_as_a_slice(content: ReportContent) -> None:
    [language] = [dimension for dimension in content.dimensions if dimension.title == "Language"]
    assert [(part.name, part.n) for part in language.slices] == [("es", 1), ("as the documents", 32)]
    [category] = [dimension for dimension in content.dimensions if dimension.title == "Category"]
    assert sum(part.n for part in category.slices) == 30


def test_groundedness_is_corrected_with_the_measured_error_of_the_very_scorer_that_judged(tmp_path: Path) -> None:
    results = runs.run()
    row = {"n": 900, "sensitivity": 0.9, "specificity": 0.8, "n_supported": 500, "n_not_supported": 500}
    path = tmp_path / "errors.json"
    for fingerprint, known in (("s1", True), ("another", False)):
        entry = {"fingerprint": fingerprint, "sets": {"claims": row}}
        path.write_text(json.dumps({"scorers": {"judge": entry}}))
        found = groundedness_of(_partly_paraphrased(results), path)
        assert found is not None
        assert (found.corrected is not None) is known
        assert ("recognised 90.0%" in found.note) is known


def test_a_damaged_file_of_measured_errors_is_named(tmp_path: Path) -> None:
    path = tmp_path / "errors.json"
    path.write_text("{")
    with pytest.raises(EvaluationError, match=r"errors\.json cannot be read"):
        groundedness_of(runs.run(), path)


def _partly_paraphrased(results: Results) -> Results:
    """The run, with one answer that does not show the words of its quote."""
    record = results.records[0]
    assert record.answer is not None
    statement = record.answer.statements[0].model_copy(update={"text": "Rinse the tube now and then."})
    answer = record.answer.model_copy(update={"statements": (statement,), "text": "Rinse the tube now and then. [1]"})
    changed = record.model_copy(update={"answer": answer})
    return results.model_copy(update={"records": (changed, *results.records[1:])})


def test_reliability_bins_hold_every_shown_answer(content: ReportContent) -> None:
    records = content.results.records
    assert sum(one.n for one in confidence_bins(records)) == sum(record.shown for record in records)


def test_pictures_escape_their_words_and_say_what_they_show() -> None:
    bar = interval_bar(0.5, 0.4, float("inf"), title="<b>&")
    assert "<title>&lt;b&gt;&amp;</title>" in bar
    assert "inf" not in bar
    curve = risk_coverage_figure([RiskPoint(0.9, 0.5, 0.0), RiskPoint(0.4, 1.0, 0.25)], standalone=True)
    assert "at coverage 1.00 the risk is 0.250" in curve
    assert "<style>" in curve
    assert "<svg" in reliability_figure([])


def test_the_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(differences) == (0, 1)


def test_a_changed_number_is_one_change() -> None:
    changes = [(c.kind, c.text) for c in word_changes("give 0.5 mg IV", "give 5 mg IV slowly")]
    assert changes == [
        ("same", "give "), ("deleted", "0.5"), ("inserted", "5"), ("same", " mg IV"), ("inserted", " slowly"),
    ]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [("", "a b"), ("a  b\nc", "a b c"), ("x < y", "x > y")])
def test_changes_put_together_are_the_two_texts(old: str, new: str) -> None:
    changes = word_changes(old, new)
    assert "".join(c.text for c in changes if c.kind != "inserted") == old
    assert "".join(c.text for c in changes if c.kind != "deleted") == new


def test_nothing_is_highlighted_that_is_not_the_quote() -> None:
    good = runs.citation()
    assert html_report.quote_in_section(good)[1] == runs.QUOTE
    shifted = good.model_copy(update={"surrounding_start": good.surrounding_start + 3})
    assert html_report.quote_in_section(shifted) == ("", runs.QUOTE, "")


def test_figures_read_as_people_write_them() -> None:
    assert figure(0.9344, "share") == "93.4 %"
    assert figure(24.6, "ms") == "25 ms"
    assert interval(0.91, 0.952, "share") == "91.0 to 95.2 %"
    assert interval(float("-inf"), 1.0, "share") == "interval unknown: one cluster only"
    assert (signed(0.012, "share"), signed(-0.012, "share"), signed(1e-9, "share")) == ("+1.2 pp", "−1.2 pp", "±0.0 pp")


def test_control_characters_and_turned_writing_become_visible() -> None:
    assert printable("a\x00\x1b[1m\u202eb\ud800\ufffe\tc\n") == "a\ufffd\ufffd[1m\ufffdb\ufffd\ufffd\tc\n"


def test_two_questions_never_share_an_anchor() -> None:
    keys = ["a b", "a-b", "a_b", "a<b", "é", "q~x-1"]
    anchors = [anchor(key) for key in keys]
    assert len(set(anchors)) == len(keys)
    assert all(name.isascii() and " " not in name for name in anchors)

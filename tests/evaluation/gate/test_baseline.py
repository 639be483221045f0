import json

import pytest
from gate_making import asked, baseline, run

from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.baseline import baseline_of, gold_hash, read_baseline, write_baseline
from ragkit.evaluation.metrics.toy import question, record
from ragkit.evaluation.questions.question import Variant, VariantKind

VALUES = {"answers.complete": [1.0, 0.0, 1.0], "answers.coverage": [1.0, 1 / 3, 0.5], "cost.milliseconds": [9.1, 8, 7]}


def test_what_is_written_is_what_is_read(tmp_path):
    written = write_baseline(run(VALUES), tmp_path / "baseline.json")
    assert read_baseline(tmp_path / "baseline.json") == written
    assert written.metrics["answers.coverage"]["q001"] == pytest.approx(1 / 3, abs=1e-6)
    assert written.answers["q000"] == "Flush the port every 8 hours. [1]"


def test_the_same_run_in_another_order_writes_the_same_bytes(tmp_path):
    results = run(VALUES)
    turned = results.model_copy(
        update={
            "records": results.records[::-1],
            "metrics": {name: dict(reversed(values.items())) for name, values in reversed(results.metrics.items())},
            "seconds": 99.0,
        }
    )
    write_baseline(results, tmp_path / "one.json")
    write_baseline(turned, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_changed_value_changes_one_line(tmp_path):
    write_baseline(run(VALUES), tmp_path / "one.json")
    write_baseline(run(VALUES | {"answers.complete": [1.0, 1.0, 1.0]}), tmp_path / "two.json")
    one, two = ((tmp_path / name).read_text().splitlines() for name in ("one.json", "two.json"))
    assert sum(a != b for a, b in zip(one, two, strict=True)) == 1


def test_durations_are_not_part_of_a_baseline():
    assert "cost.milliseconds" not in baseline_of(run(VALUES)).metrics


def test_a_run_with_errors_is_no_baseline():
    with pytest.raises(EvaluationError, match=r"1 questions errored \(q000\)"):
        baseline_of(run({}, [asked(0, error="boom")]))


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(EvaluationError, match=r"no baseline at .*Write one"):
        read_baseline(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< HEAD\n{}", "not JSON .line 1"),
        ("[]", "not a baseline"),
        ('{"format": "ragkit-baseline", "version": 9}', "version 9"),
        ('{"format": "ragkit-baseline", "version": 1, "name": "x", "questions": {}}', "damaged at identity"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(tmp_path, text, message):
    (tmp_path / "baseline.json").write_text(text)
    with pytest.raises(EvaluationError, match=message):
        read_baseline(tmp_path / "baseline.json")


def test_an_unknown_field_is_an_error_and_not_ignored(tmp_path):
    write_baseline(run(VALUES), tmp_path / "baseline.json")
    data = json.loads((tmp_path / "baseline.json").read_text())
    data["questions"]["q001"]["stauts"] = "answered"
    (tmp_path / "baseline.json").write_text(json.dumps(data))
    with pytest.raises(EvaluationError, match=r"questions\.q001\.stauts"):
        read_baseline(tmp_path / "baseline.json")


def test_the_gold_hash_sees_gold_words_and_reader_but_not_notes():
    first = record(question("How often?", gold="Every 8 hours."))
    same = record(question("How often?", gold="Every 8 hours.", notes="hm", tags=["x"], category="other"))
    others = [
        record(question("How often now?", gold="Every 8 hours.")),
        record(question("How often?", gold="Every 9 hours.")),
        record(question("How often?", gold="Every 8 hours.", roles=("nurse",))),
        record(question("How often?", gold="Every 8 hours.", must_have=("8 hours",))),
    ]
    assert gold_hash(first) == gold_hash(same)
    assert all(gold_hash(other) != gold_hash(first) for other in others)


def test_a_new_variant_changes_its_own_hash_and_not_the_questions():
    variant = Variant(kind=VariantKind.TYPOS, question="How oftn?")
    alone = record(question("How often?", gold="Every 8 hours."))
    varied = question("How often?", gold="Every 8 hours.", variants=(variant,))
    assert gold_hash(record(varied)) == gold_hash(alone)
    assert gold_hash(record(varied, variant=variant)) != gold_hash(alone)


def test_variants_keep_their_values_and_leave_out_their_words():
    variant = Variant(kind=VariantKind.TYPOS, question="How oftn?")
    of = question("How often?", gold="Every 8 hours.", variants=(variant,))
    found = baseline({"answers.complete": [1.0]}, [record(of, asked(0).answer, variant=variant)])
    [said] = found.questions.values()
    assert (said.answer, said.citations, said.values) == ("", (), {"answers.complete": 1.0})

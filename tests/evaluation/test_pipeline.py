"""The whole evaluation on a small hospital, from a configuration file to results and a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

import ragkit.evaluation
from ragkit.errors import EvaluationError, GroundingError, QuestionSetError
from ragkit.evaluation import evaluate, load_configuration, run_gate
from ragkit.evaluation.gate.baseline import write_baseline
from ragkit.evaluation.metrics.catalogue import all_metrics
from ragkit.evaluation.results import Results
from ragkit.grounding.ladder import LadderScorer
from tests.evaluation.hospital import write_evaluation

MUST_FAIL = """\
format: ragkit-must-fail
version: 1
cases:
  - id: ten-times-too-much
    question: flush
    statements:
      - text: Flush a peripheral intravenous catheter with 50 mL of 0.9% sodium chloride every 8 hours when not in use.
        citations: [1]
    citations:
      - document: flushing.md
        quote: Flush a peripheral intravenous catheter with 5 mL of 0.9% sodium chloride every 8 hours when not in use.
    must_fail: [citations.statement_support]
    why: The volume is not the one of the cited words.
"""


def test_an_evaluation_gives_every_record_a_value_in_every_metric_that_applies(tmp_path: Path) -> None:
    configuration = load_configuration(write_evaluation(tmp_path))
    results = evaluate(configuration)
    assert results.name == "small hospital" and len(results.records) == 8 and results.from_cache == 0
    assert results.judging_errors == {} and results.remarks == ()
    known = {metric.name for metric in all_metrics()}
    assert set(results.metrics) <= known
    own_words = {record.key for record in results.records if record.variant is None}
    assert set(results.metrics["answers.right_status"]) == own_words
    assert set(results.metrics["citations.resolves"].values()) == {1.0}
    assert set(results.metrics["citations.permitted"].values()) == {1.0}
    assert results.metrics["answers.must_have"]["flush-then"] == 1.0
    assert results.identity.scorer == LadderScorer().fingerprint
    assert Results.model_validate_json(results.model_dump_json()) == results


def test_the_same_evaluation_again_has_the_same_identity_records_and_values(tmp_path: Path) -> None:
    configuration = load_configuration(write_evaluation(tmp_path))
    first, second = evaluate(configuration), evaluate(configuration)
    assert second.from_cache == 8 and second.identity == first.identity
    costs = {name for name in first.metrics if name.startswith("cost.")}
    for name in set(first.metrics) - costs:
        assert second.metrics[name] == first.metrics[name], name


def test_changed_documents_are_read_again_and_change_the_identity(tmp_path: Path) -> None:
    first = evaluate(load_configuration(write_evaluation(tmp_path)))
    second = evaluate(load_configuration(write_evaluation(tmp_path, hours=6)))
    assert second.identity.knowledge_base != first.identity.knowledge_base
    assert second.identity.questions == first.identity.questions
    assert second.from_cache == 0 and second.metrics["answers.must_have"]["flush"] == 0.0


def test_a_file_that_cannot_be_read_is_a_remark(tmp_path: Path) -> None:
    configuration = load_configuration(write_evaluation(tmp_path))
    (tmp_path / "policies/scan.pdf").write_bytes(b"%PDF-1.4 cut off")
    assert any("scan.pdf could not be read" in remark for remark in evaluate(configuration).remarks)


def test_the_gate_passes_a_run_that_is_as_good_as_its_baseline_and_fails_a_worse_one(tmp_path: Path) -> None:
    gate = '[gate]\nbaseline = "baseline.json"\nmust_fail = ["must-fail.yaml"]\nreasked = 2\n'
    gate += '[gate.margins]\n"answers.must_have" = 0.02\n[gate.floors]\n"answers.must_have" = 0.9\n'
    (tmp_path / "must-fail.yaml").write_text(MUST_FAIL, encoding="utf-8")
    configuration = load_configuration(write_evaluation(tmp_path, gate=gate))
    write_baseline(evaluate(configuration), tmp_path / "baseline.json")
    same = run_gate(configuration)
    assert same.verdict.passed, same.verdict.text
    assert same.results.reasked == 2 and same.baseline is not None
    worse = run_gate(load_configuration(write_evaluation(tmp_path, gate=gate, hours=6)))
    assert not worse.verdict.passed and worse.verdict.exit_code == 1
    assert any(check.metric == "answers.must_have" for check in worse.verdict.failures), worse.verdict.text


def test_a_judge_that_calls_everything_supported_is_caught_by_a_known_bad_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ragkit.grounding.base import Pair, Score
    from ragkit.grounding.verdict import Verdict

    def asleep(scorer: LadderScorer, pairs: list[Pair]) -> list[Score]:
        return [Score(Verdict.SUPPORTED, 1.0) for _ in pairs]

    monkeypatch.setattr(LadderScorer, "score", asleep)
    (tmp_path / "must-fail.yaml").write_text(MUST_FAIL, encoding="utf-8")
    configuration = load_configuration(write_evaluation(tmp_path, gate='[gate]\nmust_fail = ["must-fail.yaml"]\n'))
    verdict = run_gate(configuration).verdict
    assert not verdict.passed and "ten-times-too-much" in verdict.text


def test_a_language_model_never_decides(tmp_path: Path) -> None:
    configuration = load_configuration(write_evaluation(tmp_path, gate='[scorer]\nname = "llm:some-model"\n'))
    with pytest.raises(EvaluationError, match="never gates"):
        run_gate(configuration)


def test_what_is_missing_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path, gate='[gate]\nbaseline = "none.json"\n')
    with pytest.raises(EvaluationError, match=r"no baseline at .*none\.json"):
        run_gate(load_configuration(path))
    path = write_evaluation(tmp_path, gate='[scorer]\nname = "oracle"\n')
    with pytest.raises(GroundingError, match="oracle"):
        evaluate(load_configuration(path))
    path.write_text(path.read_text().replace('"policies"', '"polices"'))
    with pytest.raises((EvaluationError, GroundingError)):
        evaluate(load_configuration(path))
    path.write_text(path.read_text().replace("questions.yaml", "question.yaml"))
    with pytest.raises(QuestionSetError, match="there is no such file"):
        evaluate(load_configuration(path))
    assert not (tmp_path / "cache").exists()


def test_documents_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path)
    path.write_text(path.read_text().replace('"policies"', '"polices"'))
    with pytest.raises(EvaluationError, match=r"There are no documents at .*polices"):
        evaluate(load_configuration(path))
    path.write_text(path.read_text().replace('documents = ["polices"]', 'path = "none.kb"'))
    with pytest.raises(EvaluationError, match=r"There is no knowledge base at .*none\.kb"):
        evaluate(load_configuration(path))
    path.write_text(path.read_text().replace('path = "none.kb"', ""))
    with pytest.raises(EvaluationError, match="Name either `path`"):
        evaluate(load_configuration(path))


def test_each_folder_may_be_a_site(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path)
    for site in ("north", "south"):
        folder = tmp_path / "library" / site
        folder.mkdir(parents=True)
        (folder / "hours.txt").write_text(
            f"Visiting hours at the {site} house end at 8 p.m. on every day of the week.\n"
        )
    path.write_text(path.read_text().replace('["policies"]', '["library/*"]\nsite_per_folder = true\naccess = "open"'))
    (tmp_path / "questions.yaml").write_text(
        "questions:\n  - id: north\n    question: When do visiting hours end?\n    site: north\n    category: time\n"
        "    answerable: true\n    gold: [{document: north/hours.txt, quote: end at 8 p.m.}]\n"
    )
    [record] = evaluate(load_configuration(path)).records
    assert record.answer is not None and record.facts[0].at_site
    assert {passage.site for passage in record.passages} == {"north"}


def test_the_public_names_are_there_and_loaded_when_they_are_used() -> None:
    for name in ragkit.evaluation.__all__:
        assert callable(getattr(ragkit.evaluation, name)), name
    assert dir(ragkit.evaluation) == sorted(ragkit.evaluation.__all__)
    with pytest.raises(AttributeError, match="no attribute 'evalute'"):
        _ = ragkit.evaluation.evalute

"""``ragkit eval`` as a shell sees it: what it prints and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragkit import KnowledgeBase
from ragkit.cli.app import app
from tests.evaluation.hospital import QUESTIONS, write_evaluation, write_hospital


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAGKIT_KB", raising=False)
    return CliRunner()


@pytest.fixture
def hospital_kb(tmp_path: Path) -> str:
    with KnowledgeBase.open(tmp_path / "hospital.kb") as kb:
        kb.ingest(write_hospital(tmp_path / "library"))
    return "hospital.kb"


def test_check_names_every_error_and_ends_with_1(shell: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(QUESTIONS.replace("category: time_limit", "catgory: time_limit"))
    done = shell.invoke(app, ["eval", "check", "set.yaml"])
    assert done.exit_code == 1
    assert "flush: catgory: unknown field; did you mean 'category'?" in done.stdout
    assert "6 errors" in done.stdout and "form only" in done.stdout


def test_check_proves_the_gold_against_a_knowledge_base(shell: CliRunner, tmp_path: Path, hospital_kb: str) -> None:
    (tmp_path / "set.yaml").write_text(QUESTIONS)
    done = shell.invoke(app, ["eval", "check", "set.yaml", "--kb", hospital_kb])
    assert done.exit_code == 0, done.output
    assert "7 questions, 1 variant: 0 errors, 0 warnings (gold proven" in done.stdout
    (tmp_path / "set.yaml").write_text(QUESTIONS.replace("more than 30", "more than 40"))
    done = shell.invoke(app, ["eval", "check", "*.yaml", "--kb", hospital_kb])
    assert done.exit_code == 1 and "blood-return: gold.0.quote: does not stand in blood.txt" in done.stdout
    assert "set.yaml:39" in done.stdout


def test_check_reads_documents_and_configurations_and_prints_json(shell: CliRunner, tmp_path: Path) -> None:
    write_evaluation(tmp_path)
    done = shell.invoke(app, ["eval", "check", "questions.yaml", "--documents", "policies", "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["proven"] is True
    done = shell.invoke(app, ["eval", "check", "gate.toml", "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["problems"] == []


def test_check_of_a_configuration_checks_its_known_bad_answers_too(shell: CliRunner, tmp_path: Path) -> None:
    write_evaluation(tmp_path, gate='[gate]\nmust_fail = ["bad.yaml"]\n')
    (tmp_path / "bad.yaml").write_text(
        "format: ragkit-must-fail\nversion: 1\ncases:\n  - id: c\n    question: gone\n    why: w\n"
        "    must_fail: [x.y]\n"
    )
    done = shell.invoke(app, ["eval", "check", "gate.toml"])
    assert done.exit_code == 1 and "belongs to the question gone" in done.stdout


def test_run_prints_the_metrics_and_writes_the_reports(shell: CliRunner, tmp_path: Path) -> None:
    write_evaluation(tmp_path)
    done = shell.invoke(app, ["eval", "run", "gate.toml"])
    assert done.exit_code == 0, done.output
    assert "citations.resolves" in done.stdout and "8 asked, 0 from the cache" in done.stdout
    assert "retrieval.dense" not in done.stdout
    for name in ("results.json", "junit.xml", "summary.md", "report.html"):
        assert (tmp_path / "report" / name).stat().st_size > 100
    again = shell.invoke(app, ["eval", "run", "gate.toml", "--json"])
    assert json.loads(again.stdout)["from_cache"] == 8
    anew = shell.invoke(app, ["eval", "run", "gate.toml", "--json", "--no-cache"])
    assert json.loads(anew.stdout)["from_cache"] == 0


def test_a_run_with_an_error_ends_with_1(shell: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*arguments: object, **options: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(KnowledgeBase, "ask", failing)
    write_evaluation(tmp_path)
    done = shell.invoke(app, ["eval", "run", "gate.toml"])
    assert done.exit_code == 1 and "8 errored: flush" in done.stdout
    refused = shell.invoke(app, ["eval", "baseline", "gate.toml", "-o", "baseline.json"])
    assert refused.exit_code != 0 and not (tmp_path / "baseline.json").exists()


def test_the_gates_exit_code_is_what_it_prints(shell: CliRunner, tmp_path: Path) -> None:
    gate = '[gate]\nbaseline = "baseline.json"\n[gate.margins]\n"answers.must_have" = 0.02\n'
    gate += '[gate.floors]\n"answers.must_have" = 0.9\n'
    write_evaluation(tmp_path, gate=gate)
    missing = shell.invoke(app, ["eval", "gate", "gate.toml"])
    assert missing.exit_code == 2 and "There is no baseline" in missing.stderr
    written = shell.invoke(app, ["eval", "baseline", "gate.toml"])
    assert written.exit_code == 0 and (tmp_path / "baseline.json").exists(), written.output
    passed = shell.invoke(app, ["eval", "gate", "gate.toml"])
    assert passed.exit_code == 0 and "GATE PASSED" in passed.stdout
    write_evaluation(tmp_path, gate=gate, hours=6)
    failed = shell.invoke(app, ["eval", "gate", "gate.toml"])
    assert failed.exit_code == 1 and "GATE FAILED" in failed.stdout
    as_json = shell.invoke(app, ["eval", "gate", "gate.toml", "--json"])
    assert as_json.exit_code == 1 and json.loads(as_json.stdout)["verdict"]["passed"] is False


def test_draft_writes_a_set_that_the_check_accepts(shell: CliRunner, tmp_path: Path, hospital_kb: str) -> None:
    done = shell.invoke(app, ["eval", "draft", "--kb", hospital_kb, "-o", "draft.yaml"])
    assert done.exit_code == 0, done.output
    assert "drafts in draft.yaml" in done.stdout
    command = done.stdout.replace("\n", " ").split("then: ragkit ")[1].split()
    checked = shell.invoke(app, command)
    assert checked.exit_code == 0 and " 0 errors" in checked.stdout, checked.stdout
    again = shell.invoke(app, ["eval", "draft", "--kb", hospital_kb, "-o", "draft.yaml"])
    assert again.exit_code == 2 and "name another file" in again.stderr


def test_scorer_measures_a_judge_on_labelled_claims(shell: CliRunner, tmp_path: Path) -> None:
    source = "The pump is checked every 4 hours by the nurse."
    pairs = [("every 4 hours", "supported"), ("every 9 hours", "unsupported")]
    lines = [
        {"id": f"{group}-{label}", "set": "small", "group": f"g{group}", "source": source, "label": label,
         "claim": f"The pump {group} is checked {words} by the nurse."}
        for group in range(12) for words, label in pairs
    ]  # fmt: skip
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets/small.jsonl").write_text("\n".join(map(json.dumps, lines)))
    done = shell.invoke(app, ["eval", "scorer", "sets", "--scorer", "lexical", "--json"])
    assert done.exit_code == 0, done.output
    [row] = json.loads(done.stdout)["sets"]
    assert (row["set"], row["n"]) == ("small", 24)
    unknown = shell.invoke(app, ["eval", "scorer", "sets", "--scorer", "oracle"])
    assert unknown.exit_code == 2 and "no scorer called 'oracle'" in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "nothing.toml"], "nothing.toml"),
        (["check", "set.yaml", "--kb", "nothing.kb"], "There is no knowledge base at nothing.kb"),
        (["check", "set.yaml", "--documents", "nothing"], "There are no documents at nothing"),
        (["check", "set.yaml", "--documents", ".", "--access", "everybody"], "'open' or 'enforced'"),
        (["draft", "--kb", "nothing.kb", "-o", "x.yaml"], "There is no knowledge base at nothing.kb"),
        (["scorer", "nothing"], "nothing"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(
    shell: CliRunner, tmp_path: Path, arguments: list[str], told: str
) -> None:
    (tmp_path / "set.yaml").write_text(QUESTIONS)
    done = shell.invoke(app, ["eval", *arguments])
    assert done.exit_code == 2 and told in done.stderr

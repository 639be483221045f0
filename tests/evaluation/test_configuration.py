"""The configuration file of an evaluation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ragkit.errors import EvaluationError
from ragkit.evaluation import load_configuration


def write(folder: Path, text: str) -> Path:
    path = folder / "gate.toml"
    path.write_text(text, encoding="utf-8")
    return path


WHOLE = """
[knowledge_base]
documents = ["policies", "/elsewhere/more"]
sites = { policies = "north" }
access = "open"

[questions]
files = ["sets/*.yaml"]
today = 2026-11-24

[run]
cache = "../cache"

[gate]
baseline = "baseline.json"
must_fail = ["sets/must-fail.yaml"]

[gate.floors]
"citations.resolves" = 1.0
"""


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "eval"
    folder.mkdir()
    read = load_configuration(write(folder, WHOLE))
    assert read.knowledge_base.documents == (folder / "policies", Path("/elsewhere/more"))
    assert read.knowledge_base.sites == {str(folder / "policies"): "north"}
    assert read.questions.files == (str(folder / "sets/*.yaml"),) and read.questions.today == date(2026, 11, 24)
    assert read.run.cache == tmp_path / "cache"
    assert read.gate.baseline == folder / "baseline.json" and read.gate.must_fail == (
        str(folder / "sets/must-fail.yaml"),
    )
    assert read.gate.floors == {"citations.resolves": 1.0}


def test_the_deployment_file_is_named_relative_to_the_file(tmp_path: Path) -> None:
    text = WHOLE.replace('access = "open"', 'access = "open"\ndeployment = "../deployment.toml"')
    folder = tmp_path / "eval"
    folder.mkdir()
    assert load_configuration(write(folder, text)).knowledge_base.deployment == tmp_path / "deployment.toml"


def test_cache_and_reports_lie_beside_the_file_unless_it_says_otherwise(tmp_path: Path) -> None:
    read = load_configuration(write(tmp_path, "[knowledge_base]\npath = 'a.kb'\n[questions]\nfiles = ['q.yaml']\n"))
    assert read.run.cache == tmp_path / ".ragkit-eval" and read.report.folder == tmp_path / "eval-report"


def test_every_wrong_field_is_named_with_its_table(tmp_path: Path) -> None:
    text = (
        WHOLE.replace("access =", "acess =")
        .replace("[gate.floors]", "[gate.floor]")
        .replace("cache =", "workers = 0 #")
    )
    with pytest.raises(EvaluationError) as caught:
        load_configuration(write(tmp_path, text))
    message = str(caught.value)
    assert "3 errors" in message
    assert "knowledge_base.acess: unknown field; did you mean 'access'?" in message
    assert "gate.floor: unknown field; did you mean 'floors'?" in message
    assert "run.workers: must be at least 1" in message


def test_a_missing_table_a_broken_file_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="questions: is missing"):
        load_configuration(write(tmp_path, "[knowledge_base]\n"))
    with pytest.raises(EvaluationError, match="no valid TOML"):
        load_configuration(write(tmp_path, "[knowledge_base\n"))
    with pytest.raises(EvaluationError, match="cannot be read"):
        load_configuration(tmp_path / "nothing.toml")


def test_paths_may_name_environment_variables_with_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[knowledge_base]\ndocuments = ["${POLICIES:-here}/a"]\n[questions]\nfiles = ["${SETS}/q.yaml"]\n'
    monkeypatch.delenv("POLICIES", raising=False)
    monkeypatch.setenv("SETS", "/data/sets")
    read = load_configuration(write(tmp_path, text))
    assert read.knowledge_base.documents == (tmp_path / "here/a",) and read.questions.files == ("/data/sets/q.yaml",)
    monkeypatch.setenv("POLICIES", "/data/policies")
    assert load_configuration(tmp_path / "gate.toml").knowledge_base.documents == (Path("/data/policies/a"),)
    monkeypatch.delenv("SETS")
    with pytest.raises(EvaluationError, match="SETS, which is not set"):
        load_configuration(tmp_path / "gate.toml")

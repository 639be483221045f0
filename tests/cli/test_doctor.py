from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from ragkit.cli.app import app
from ragkit.cli.exit_codes import ExitCode

run = CliRunner().invoke


def test_a_healthy_installation_ends_with_0_and_says_where_questions_go() -> None:
    result = run(app, ["doctor", "--offline"])
    assert result.exit_code == ExitCode.DONE
    assert "Questions go" in result.stdout
    assert "0 failed checks" in result.stdout


def test_a_failed_check_ends_with_1_and_says_what_to_do(tmp_path: Path) -> None:
    result = run(app, ["doctor", "--offline", "--kb", str(tmp_path)])
    assert result.exit_code == ExitCode.DONE_WITH_FAILURES
    assert "1 failed check" in result.stdout
    assert "ragkit ingest" in result.stdout


def test_what_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert run(app, ["doctor", "--kb", str(tmp_path / "nothing")]).exit_code == ExitCode.WRONG_USAGE
    assert run(app, ["doctor", "--deployment", str(tmp_path / "d.toml")]).exit_code == ExitCode.WRONG_USAGE


def test_json_is_for_programs_and_alone_on_the_output() -> None:
    result = run(app, ["doctor", "--offline", "--json"])
    assert {"area", "check", "level", "found", "advice"} <= set(json.loads(result.stdout)["findings"][0])

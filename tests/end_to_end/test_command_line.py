"""The ``ragkit`` command as a shell sees it: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def ragkit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from ragkit.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100", "HOME": str(Path.home())},
    )


@pytest.fixture
def folder(policies: Path, tmp_path: Path) -> str:
    kb = str(tmp_path / "a.kb")
    done = ragkit("ingest", str(policies), "--kb", kb)
    assert done.returncode == 0, done.stderr
    assert "2 ingested" in done.stdout
    return kb


def test_an_answer_is_printed_with_its_citation(folder: str) -> None:
    done = ragkit("ask", "how often do I flush a PIVC?", "--kb", folder)
    assert done.returncode == 0, done.stderr
    assert "every 8 hours" in done.stdout and "IV-101" in done.stdout and "2024-03-01" in done.stdout


def test_an_abstention_ends_with_exit_code_3(folder: str) -> None:
    done = ragkit("ask", "how much is visitor parking per day?", "--kb", folder)
    assert done.returncode == 3
    assert "Not found" in done.stdout


def test_json_is_json_and_nothing_else(folder: str) -> None:
    answer = json.loads(ragkit("ask", "how often do I flush a PIVC?", "--kb", folder, "--json").stdout)
    assert answer["status"] == "answered" and answer["citations"][0]["quote"]
    assert json.loads(ragkit("search", "flush", "--kb", folder, "--json").stdout)[0]["source"] == "flushing.md"
    assert len(json.loads(ragkit("documents", "--kb", folder, "--json").stdout)) == 2
    assert json.loads(ragkit("check", "--kb", folder, "--json").stdout)["problems"] == []


def test_tables_for_people(folder: str) -> None:
    assert "IV-101" in ragkit("documents", "--kb", folder).stdout
    assert "sodium chloride" in ragkit("search", "flush", "--kb", folder).stdout
    assert "whole" in ragkit("check", "--kb", folder).stdout


def test_a_file_that_fails_ends_with_exit_code_1_and_says_what_to_do(policies: Path, tmp_path: Path) -> None:
    (policies / "scan.pdf").write_bytes(b"<!DOCTYPE html><html><body>404 Not Found</body></html>")
    done = ragkit("ingest", str(policies), "--kb", str(tmp_path / "a.kb"))
    assert done.returncode == 1
    assert "scan.pdf" in done.stdout and "Download" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "why?", "--kb", "there-is-no-such-folder"),
        ("ask", " ", "--kb", "KB"),
        ("ask", "why?", "--kb", "KB", "--as-of", "31.12.2024"),
        ("ask", "why?", "--kb", "KB", "--access", "everyone"),
        ("ingest", "no-such-file.pdf", "--kb", "KB"),
        ("no-such-command",),
    ],
)
def test_wrong_usage_ends_with_exit_code_2(arguments: tuple[str, ...], folder: str) -> None:
    done = ragkit(*(folder if argument == "KB" else argument for argument in arguments))
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert done.stderr.strip() and "Traceback" not in done.stderr


def test_removing_and_purging(folder: str) -> None:
    document = json.loads(ragkit("search", "flush", "--kb", folder, "--json").stdout)[0]["document_id"]
    assert ragkit("remove", document, "--kb", folder).returncode == 0
    assert ragkit("ask", "how often do I flush a PIVC?", "--kb", folder).returncode == 3
    assert ragkit("purge", document, "--kb", folder, "--yes").returncode == 0
    assert ragkit("remove", document, "--kb", folder).returncode == 1

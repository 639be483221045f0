"""``ragkit serve``: what it refuses to start with, and a server that starts, answers and stops."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from ragkit import KnowledgeBase
from ragkit.cli.app import app

SHARPS = "---\nroles: [nurse]\ntitle: Sharps\n---\nSharps are collected in the yellow container at the bedside.\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    (folder / "policies").mkdir()
    (folder / "policies" / "sharps.md").write_text(SHARPS)
    with KnowledgeBase.open(folder / "house.kb") as kb:
        kb.ingest(folder / "policies")
    return folder / "house.kb"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no source of identity"),
        (["--dev-user", "u1", "--host", "0.0.0.0"], "127.0.0.1 only"),
        (["--dev-role", "nurse"], "none is named"),
        (["--dev-user", "u1", "--access", "everything"], "'open' or 'enforced'"),
        (["--dev-user", "u1", "--tls-certificate", "CERTIFICATE"], "go together"),
    ],
)
def test_it_does_not_start_where_it_should_not(house: Path, tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "certificate").write_text("")
    options = [str(tmp_path / "certificate") if option == "CERTIFICATE" else option for option in options]
    result = CliRunner().invoke(app, ["serve", "--kb", str(house), *options])
    assert result.exit_code == 2
    assert said in result.stderr


def test_without_a_knowledge_base_it_says_how_to_make_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", "--kb", str(tmp_path / "none.kb"), "--dev-user", "u1"])
    assert (result.exit_code, "ragkit ingest" in result.stderr) == (2, True)


def test_keys_that_the_deployment_lets_nobody_fetch_are_refused(house: Path, tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(
        '[server.identity]\nissuer = "https://sign-on.example"\naudience = "ragkit"\n'
        'jwks_url = "https://sign-on.example/keys"\n'
    )
    result = CliRunner().invoke(app, ["serve", "--kb", str(house), "--deployment", str(file)])
    assert result.exit_code != 0
    assert "sign-on.example" in result.stderr and "profile" in result.stderr


def test_it_starts_answers_and_stops(house: Path) -> None:
    program = "import sys; from ragkit.cli import main; sys.argv = ['ragkit', *sys.argv[1:]]; main()"
    options = ["serve", "--kb", str(house), "--port", "0", "--dev-user", "u-4711", "--dev-role", "nurse"]
    said: list[str] = []
    with subprocess.Popen([sys.executable, "-c", program, *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            address = _address(process, said)
            question = {"question": "In which container are sharps collected?"}
            with httpx2.Client(base_url=address, timeout=30, trust_env=False) as client:
                answer = client.post("/v1/ask", json=question).json()
            process.send_signal(signal.SIGTERM)
            said.extend(process.stderr or ())
        finally:
            process.kill()
    assert "yellow container" in answer["text"]
    told = "".join(said)
    assert "Warning: for development only" in told
    assert "POST /v1/ask 200" in told
    assert "sharps" not in told and "Traceback" not in told
    assert process.returncode in (0, -signal.SIGTERM)


def _address(process: subprocess.Popen[str], said: list[str]) -> str:
    """Where the server says that it listens."""
    for line in process.stderr or ():
        said.append(line)
        found = re.search(r"Serving .* at (http://127\.0\.0\.1:\d+)", line)
        if found:
            return found[1]
    raise AssertionError("".join(said))

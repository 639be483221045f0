"""``ragkit mcp`` as agents start it: a process with pipes, used by the official client and byte by byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from typer.testing import CliRunner

from ragkit.cli.app import app

from .conftest import OPEN_QUESTION, PUBLIC_QUESTION, RESTRICTED_QUESTION


def _command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-c", "from ragkit.cli import main; main()", "mcp", "--kb", str(folder), *options]


def _client(folder: Path, *options: str, errors: Any) -> Client:
    program, *arguments = _command(folder, *options)
    return Client(stdio_client(StdioServerParameters(command=program, args=arguments), errlog=errors))


async def test_an_agent_asks_with_the_roles_of_whoever_started_the_server(folder: Path, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("w") as errors:
        async with _client(folder, "--role", "nurse", errors=errors) as client:
            result = await client.call_tool("ask", {"question": OPEN_QUESTION})
            assert result.structured_content["answered"] is True and "every 8 hours" in result.content[0].text
            restricted = await client.call_tool("ask", {"question": RESTRICTED_QUESTION})
            assert restricted.structured_content["answered"] is False
            passages = (await client.call_tool("search", {"query": RESTRICTED_QUESTION})).structured_content["passages"]
            assert all("40 mg" not in passage["text"] for passage in passages)
            wrong = await client.call_tool("ask", {"question": ""})
            assert wrong.is_error and "The question is empty" in wrong.content[0].text
            with pytest.raises(MCPError):
                await client.call_tool("ingest", {})
    told = (tmp_path / "errors").read_text()
    assert OPEN_QUESTION not in told and "Traceback" not in told


async def test_without_a_role_only_public_documents_are_there(folder: Path, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("w") as errors:
        async with _client(folder, errors=errors) as client:
            rows = (await client.call_tool("documents", {})).structured_content["documents"]
            assert [row["title"] for row in rows] == ["Visiting Hours"]
            result = await client.call_tool("ask", {"question": PUBLIC_QUESTION})
            assert result.structured_content["answered"] is True


def test_nothing_but_the_protocol_comes_over_stdout_with_clients_of_the_older_protocol_too(folder: Path) -> None:
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "an older agent", "version": "1"},
    }
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": _call("ask", question=PUBLIC_QUESTION)},
        {"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": _call("search", query="visitors", limit=0)},
    ]
    with subprocess.Popen(
        _command(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        replies: dict[int, Any] = {}
        for message in messages:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            if "id" in message:
                reply = json.loads(process.stdout.readline())
                replies[reply["id"]] = reply["result"]
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.wait(10) == 0
    assert replies[1]["serverInfo"]["name"] == "ragkit" and "verbatim" in replies[1]["instructions"]
    assert len(replies[2]["tools"]) == 4
    assert "10:00 to 20:00" in replies[3]["content"][0]["text"]
    assert replies[3]["structuredContent"]["citations"][0]["title"] == "Visiting Hours"
    assert replies[4]["isError"] is True and "limit" in replies[4]["content"][0]["text"]


def _call(name: str, **arguments: object) -> dict[str, object]:
    return {"name": name, "arguments": arguments}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--access", "everything"], "--access is 'open' or 'enforced'"),
        (["--http"], "[server.identity]"),
        (["--http", "--role", "nurse"], "roles come from each caller's token"),
        (["--deployment", "missing.toml"], "'missing.toml' does not exist"),
    ],
)
def test_wrong_options_end_with_a_sentence_on_stderr(folder: Path, options: list[str], sentence: str) -> None:
    ended = CliRunner().invoke(app, ["mcp", "--kb", str(folder), *options])
    assert ended.exit_code == 2 and ended.stdout == ""
    assert sentence in " ".join(ended.stderr.split())


def test_a_folder_that_is_no_knowledge_base_is_not_made_one(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["mcp", "--kb", str(tmp_path / "none.kb")])
    assert ended.exit_code == 2 and "There is no knowledge base" in " ".join(ended.stderr.split())
    assert not (tmp_path / "none.kb").exists()


@pytest.mark.parametrize(
    ("missing", "options", "extras"), [("mcp", [], "ragkit[mcp]"), ("uvicorn", ["--http"], "ragkit[mcp,serve]")]
)
def test_a_missing_package_is_told_with_what_to_install(
    folder: Path, missing: str, options: list[str], extras: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragkit.cli.mcp.find_spec", lambda name: None if name == missing else object())
    ended = CliRunner().invoke(app, ["mcp", "--kb", str(folder), *options])
    assert ended.exit_code == 2 and f"pip install {extras}" in " ".join(ended.stderr.split())

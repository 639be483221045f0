"""What docs/integrations.md shows works as it stands there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from ragkit.deployment.loading import load_deployment

_DOCS = (Path(__file__).parents[2] / "docs" / "integrations.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _DOCS, re.MULTILINE | re.DOTALL)


def test_the_python_examples_run_one_after_the_other(northmoor_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "northmoor.kb").symlink_to(northmoor_folder)
    (tmp_path / "examples.py").write_text("\n".join(_blocks("python")))
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [sys.executable, "examples.py"],
        cwd=tmp_path,
        env={**os.environ, "PATH": commands, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("30 minutes") >= 4 and "answered" in ran.stdout
    assert '"name": "ragkit.ask"' in ran.stdout and "openinference.span.kind" in ran.stdout


async def test_a_desktop_agent_starts_the_server_as_configured(northmoor_folder: Path) -> None:
    [desktop, remote] = [json.loads(block)["mcpServers"]["policies"] for block in _blocks("json")]
    assert remote["type"] == "http" and remote["url"].endswith("/mcp")
    assert desktop["command"].endswith("ragkit")
    arguments = [str(northmoor_folder) if each == "/srv/northmoor.kb" else each for each in desktop["args"]]
    command = str(Path(sys.executable).with_name("ragkit"))
    with Path(os.devnull).open("w") as nowhere:
        server = stdio_client(StdioServerParameters(command=command, args=arguments), errlog=nowhere)
        async with Client(server) as client:
            question = "How soon after issue do I have to start a unit of blood?"
            result = await client.call_tool("ask", {"question": question})
            assert result.structured_content["status"] == "answered"


def test_the_deployment_files_can_be_read(tmp_path: Path) -> None:
    sign_on, spans = _blocks("toml")
    (tmp_path / "deployment.toml").write_text(f"{sign_on}\n{spans}")
    deployment = load_deployment(tmp_path / "deployment.toml")
    assert deployment.server.identity and deployment.server.identity.audience == "ragkit"
    assert deployment.telemetry.spans and not deployment.telemetry.content

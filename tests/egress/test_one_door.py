"""Nobody but ``ragkit/egress`` opens connections, builds HTTP clients or lets a library download."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "ragkit"
FILES = sorted(PACKAGE.rglob("*.py"))

OF_NETWORKS = {
    "aiohttp", "asyncio.open_connection", "ftplib", "grpc", "http.client", "httpcore", "httpcore2", "httpx", "imaplib",
    "niquests", "paramiko", "poplib", "pycurl", "requests", "smtplib", "socket", "telnetlib", "urllib.request",
    "urllib3", "websocket", "websockets", "xmlrpc",
}  # fmt: skip
"""Modules that open connections."""

CLIENTS = {"OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI"}
"""Classes that open connections unless they are given an HTTP client."""

DOWNLOADERS = {
    "SentenceTransformer", "CrossEncoder", "from_pretrained", "snapshot_download", "hf_hub_download", "cached_file",
}  # fmt: skip
"""Calls that download unless they are told to look on this machine only."""

PERMITTED = {
    "store/locking.py": {"imports socket"},  # asks for this machine's own name, which a lock's owner is told by
}


def outside_egress() -> list[Path]:
    return [file for file in FILES if file.relative_to(PACKAGE).parts[0] != "egress"]


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def keywords(call: ast.Call) -> dict[str | None, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords}


def found_in(source: str) -> list[str]:
    """What a module does that only ``ragkit/egress`` may do."""
    tree = ast.parse(source)
    found = [f"imports {name}" for name in imports(tree) if any(_is_in(name, module) for module in OF_NETWORKS)]
    for name, call in calls(tree):
        given = keywords(call)
        if name in CLIENTS and "http_client" not in given:
            found.append(f"{name} without http_client")
        if name in DOWNLOADERS:
            only = given.get("local_files_only")
            if not (isinstance(only, ast.Constant) and only.value is True):
                found.append(f"{name} without local_files_only=True")
        whole = ast.unparse(call.func)
        if whole.startswith("httpx2.") and whole.split(".")[1] in {
            "Client",
            "AsyncClient",
            "get",
            "post",
            "request",
            "stream",
            "HTTPTransport",
            "AsyncHTTPTransport",
        }:
            found.append(f"calls {whole}")
        if name in {"open_connection", "create_connection", "urlopen", "urlretrieve"}:
            found.append(f"calls {whole}")
    return found


def _is_in(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("file", outside_egress(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_module_outside_egress_connects_or_downloads(file: Path) -> None:
    name = file.relative_to(PACKAGE).as_posix()
    found = [each for each in found_in(file.read_text(encoding="utf-8")) if each not in PERMITTED.get(name, set())]
    assert found == [], f"{file.relative_to(PACKAGE)}: use ragkit.egress.client.build_http_client or model_folder"


@pytest.mark.parametrize(
    "source",
    [
        "import requests",
        "def f():\n    import urllib.request",
        "from urllib import request\nfrom urllib.request import urlopen",
        "from http.client import HTTPConnection",
        "import socket",
        "import httpx",
        "import httpx2\nhttpx2.Client()",
        "import httpx2\nhttpx2.get('http://a')",
        "from openai import OpenAI\nOpenAI(api_key='a', base_url='b')",
        "import openai\nopenai.AzureOpenAI(api_key='a')",
        "CrossEncoder('name')",
        "CrossEncoder('name', local_files_only=False)",
        "AutoTokenizer.from_pretrained('name')",
        "snapshot_download('name')",
    ],
)
def test_the_search_finds_every_way_out(source: str) -> None:
    assert found_in(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "import httpx2\nraise httpx2.ConnectError('a')",
        "from openai import OpenAI\nOpenAI(api_key='a', http_client=http)",
        "CrossEncoder('name', local_files_only=True)",
        "from urllib.parse import urlsplit",
    ],
)
def test_the_search_lets_the_rest_be(source: str) -> None:
    assert found_in(source) == []

"""The server over real HTTP: who asks is known by the token of each request, and by nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from ragkit import KnowledgeBase
from ragkit.deployment.server import IdentitySettings, ServerSettings
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import SettingsError
from ragkit.serving.identity import TokenVerifier
from ragkit.serving.mcp.identity import signed_in_caller
from ragkit.serving.mcp.server import build_server
from ragkit.serving.mcp.tools import KnowledgeBaseTools
from ragkit.serving.mcp.transports import PATH, http_app

from ..issuer import AUDIENCE, ISSUER, ec_key, write_key_set
from .conftest import OPEN_QUESTION, RESTRICTED_QUESTION


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    keys = write_key_set(tmp_path_factory.mktemp("keys") / "jwks.json", ec_key())
    return ServerSettings(identity=IdentitySettings(issuer=ISSUER, audience=AUDIENCE, jwks_file=keys))


@pytest.fixture(scope="module")
def address(folder: Path, settings: ServerSettings) -> Iterator[str]:
    """A running server."""
    with socket.socket() as listening, KnowledgeBase.open(folder, read_only=True) as kb:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        assert settings.identity
        verifier = TokenVerifier.of(settings.identity, EgressPolicy())
        app = http_app(build_server(KnowledgeBaseTools(kb), signed_in_caller), settings, verifier, url=url)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield url
        server.should_exit = True
        thread.join()


def _client(address: str, **claims: object) -> AbstractAsyncContextManager[Client]:
    @asynccontextmanager
    async def signed_in():  # type: ignore[no-untyped-def]
        headers = {"authorization": f"Bearer {ec_key().token(**claims)}"}
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            yield client

    return signed_in()


async def test_each_caller_sees_what_their_token_opens(address: str) -> None:
    async with _client(address, sub="u1", roles=["nurse"]) as nurse, _client(address, roles=["pharmacist"]) as other:
        answer = await nurse.call_tool("ask", {"question": OPEN_QUESTION})
        assert answer.structured_content["answered"] is True
        for client, may_see in ((nurse, False), (other, True), (nurse, False)):
            result = await client.call_tool("ask", {"question": RESTRICTED_QUESTION})
            assert result.structured_content["answered"] is may_see
            rows = (await client.call_tool("documents", {})).structured_content["documents"]
            assert ("Zoramine Dispensing" in {row["title"] for row in rows}) is may_see


@pytest.mark.parametrize(
    "token",
    [
        None,
        "nonsense",
        ec_key().token(exp=1),
        ec_key().token(aud="another service"),
        ec_key().token(iss="https://elsewhere.example"),
        ec_key("another-key").token(),
        ec_key().token(roles=[]),
    ],
)
def test_without_a_valid_token_nothing_is_answered(address: str, token: str | None) -> None:
    reply = _post(address, **({"authorization": f"Bearer {token}"} if token else {}))
    assert reply.status_code == 401
    assert reply.json() == {"error": "invalid_token", "error_description": "Authentication required"}
    assert "resource_metadata=" in reply.headers["www-authenticate"]


def test_clients_are_told_where_to_sign_in(address: str) -> None:
    metadata = httpx2.get(address.replace(PATH, f"/.well-known/oauth-protected-resource{PATH}"), trust_env=False).json()
    assert metadata["authorization_servers"] == [ISSUER] and metadata["resource"] == address


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "policies.attacker.example"}, 421),
        ({"origin": "https://attacker.example"}, 403),
    ],
)
def test_requests_under_another_name_or_from_a_foreign_page_are_turned_away(
    address: str, headers: dict[str, str], status: int
) -> None:
    assert _post(address, authorization=f"Bearer {ec_key().token()}", **headers).status_code == status


def test_a_request_that_is_too_large_is_turned_away(address: str, settings: ServerSettings) -> None:
    authorization = f"Bearer {ec_key().token()}"
    assert _post(address, authorization=authorization, padding="x" * settings.body_bytes).status_code == 413


def test_http_wants_a_sign_on_and_web_addresses(settings: ServerSettings) -> None:
    assert settings.identity
    server = build_server(KnowledgeBaseTools(None), signed_in_caller)  # type: ignore[arg-type]
    verifier = TokenVerifier.of(settings.identity, EgressPolicy())
    with pytest.raises(SettingsError, match=r"server\.identity"):
        http_app(server, ServerSettings(), verifier, url="http://127.0.0.1/mcp")
    named = settings.model_copy(update={"identity": settings.identity.model_copy(update={"issuer": "our sign-on"})})
    with pytest.raises(SettingsError, match="web address"):
        http_app(server, named, verifier, url="http://127.0.0.1/mcp")


def _post(address: str, padding: str = "", **headers: str) -> httpx2.Response:
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"padding": padding}}
    accepted = {"accept": "application/json, text/event-stream"}
    return httpx2.post(address, json=message, headers=accepted | headers, trust_env=False)

"""Who may ask, and what each one sees: the token decides, on every route."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ragkit.deployment.server import ServerSettings
from ragkit.serving.signing_keys import KeysState
from tests.serving.issuer import ec_key, rsa_key
from tests.serving.rest.house import FLUSHING, SECRET, SECRET_WORDS, Client, serving
from tests.serving.test_identity import BAD_TOKENS

ROUTES: dict[str, tuple[str, str, Any]] = {
    "ask": ("POST", "/v1/ask", {"question": SECRET, "trace": True}),
    "stream": ("POST", "/v1/ask/stream", {"question": SECRET, "trace": True}),
    "search": ("POST", "/v1/search", {"question": SECRET, "limit": 100}),
    "documents": ("GET", "/v1/documents", None),
    "document": ("GET", "/v1/documents/rx-77", None),
    "version": ("GET", "/v1/documents/rx-77?version=2024-03-01", None),
    "feedback": ("POST", "/v1/feedback", {"answer_id": "A" * 24, "reason": "wrong"}),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_opens_no_route_and_the_reply_does_not_say_what_was_wrong_with_it(
    server: Client, kind: str
) -> None:
    client = Client(server.address, BAD_TOKENS[kind][0]())
    replies = [client.call(method, path, json=body) for method, path, body in ROUTES.values()]
    expected = 403 if "roles" in kind else 401
    assert [reply.status_code for reply in replies] == [expected] * len(ROUTES)
    for reply in replies:
        assert reply.headers["content-type"] == "application/problem+json"
        if expected == 401:
            assert reply.headers["www-authenticate"].startswith("Bearer")
            assert reply.json()["detail"] == replies[0].json()["detail"]


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_token_is_a_bearer_token(server: Client, scheme: str) -> None:
    value = f"{scheme} {rsa_key().token()}".strip()
    assert server.call("GET", "/v1/documents", headers={"authorization": value}).status_code == 401


def test_a_token_in_the_address_is_none(server: Client) -> None:
    assert server.get(f"/v1/documents?access_token={rsa_key().token()}").status_code == 401


def test_keys_of_every_kind_sign_tokens(server: Client) -> None:
    assert Client(server.address, ec_key().token()).get("/v1/documents").status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_of_a_restricted_document_is_in_any_reply_to_who_may_not_read_it(server: Client, route: str) -> None:
    method, path, body = ROUTES[route]
    reply = server.of("nurse").call(method, path, json=body)
    for word in SECRET_WORDS:
        assert word not in reply.text.lower()


@pytest.mark.parametrize("route", ["ask", "stream", "search", "documents", "document", "version"])
def test_who_may_read_it_finds_it_on_every_route(server: Client, route: str) -> None:
    method, path, body = ROUTES[route]
    reply = server.of("pharmacist").call(method, path, json=body)
    assert reply.status_code == 200
    assert "quokka" in reply.text.lower()


def test_counts_are_of_what_the_reader_may_see(server: Client) -> None:
    nurse, pharmacist = server.of("nurse"), server.of("pharmacist")
    assert (nurse.get("/v1/documents").json()["total"], pharmacist.get("/v1/documents").json()["total"]) == (2, 3)
    searched = [client.ask(FLUSHING, trace=True)["trace"]["searched"] for client in (nurse, pharmacist)]
    assert searched[0] < searched[1]
    assert nurse.ask(SECRET, trace=True)["trace"]["filtered"] == {"other_site": 0, "not_in_force": 0}


def test_what_one_may_not_see_and_what_does_not_exist_are_told_alike(server: Client) -> None:
    nurse = server.of("nurse")
    hidden, missing = (nurse.get(f"/v1/documents/{name}") for name in ("rx-77", "rx-78"))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    told = [{**reply.json(), "request_id": ""} for reply in (hidden, missing)]
    assert told[0] == told[1]
    varying = {"date", "x-request-id"}
    assert {k: v for k, v in hidden.headers.items() if k not in varying} == {
        k: v for k, v in missing.headers.items() if k not in varying
    }


def test_nobody_says_who_they_are_in_the_body_or_the_address(server: Client) -> None:
    nurse = server.of("nurse")
    for name in ("user", "user_id", "roles", "role"):
        assert nurse.post("/v1/ask", {"question": SECRET, name: ["pharmacist"]}).status_code == 422
        assert nurse.get(f"/v1/documents?{name}=pharmacist").json()["total"] == 2


def test_while_the_sign_on_s_keys_are_not_there_nobody_is_let_in(house: Any) -> None:
    class NoKeys:
        state = KeysState.MISSING

        def user(self, token: str | None) -> Any:
            from ragkit.serving.signing_keys import KeysMissingError

            raise KeysMissingError("no keys")

    with serving(house, identity=NoKeys()) as server:
        reply = server.of("nurse").get("/v1/documents")
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "60")
        ready = server.get("/ready")
        assert (ready.status_code, ready.json()["checks"]["identity"]) == (503, "missing")
        assert server.get("/health").json() == {"status": "ok"}


def test_pages_of_other_sites_get_nothing_unless_they_are_named(house: Any) -> None:
    asks = {"origin": "https://portal.example", "access-control-request-method": "POST"}
    with serving(house) as server:
        assert "access-control-allow-origin" not in server.call("OPTIONS", "/v1/ask", headers=asks).headers
    with serving(house, settings=ServerSettings(allowed_origins=("https://portal.example",))) as server:
        named = server.call("OPTIONS", "/v1/ask", headers=asks)
        assert named.headers["access-control-allow-origin"] == "https://portal.example"
        other = server.call("OPTIONS", "/v1/ask", headers={**asks, "origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_a_server_can_be_told_under_which_names_it_is_called(house: Any) -> None:
    with serving(house, settings=ServerSettings(host_names=("ragkit.example",))) as server:
        nurse = server.of("nurse")
        assert nurse.get("/v1/documents", headers={"host": "RAGKIT.example:443"}).status_code == 200
        assert nurse.get("/v1/documents", headers={"host": "other.example"}).status_code == 421
        assert [nurse.get(path).status_code for path in ("/health", "/ready", "/metrics")] == [200] * 3


def test_every_reply_says_that_nothing_is_to_be_kept_or_embedded(server: Client) -> None:
    for reply in (server.get("/health"), server.get("/v1/documents"), server.of("nurse").get("/v1/documents")):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert "server" not in reply.headers


def test_the_page_of_what_there_is_needs_nothing_from_elsewhere(server: Client) -> None:
    page = server.get("/docs").text
    assert "POST /v1/ask" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
    described = server.get("/openapi.json").json()
    assert set(described["paths"]) >= {"/v1/ask", "/v1/ask/stream", "/v1/search", "/v1/feedback", "/ready", "/metrics"}
    assert "quokka" not in json.dumps(described).lower()

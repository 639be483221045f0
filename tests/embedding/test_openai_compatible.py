"""An OpenAI-compatible endpoint, played by a real HTTP server on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest

from ragkit.embedding.base import Embedder
from ragkit.embedding.openai_compatible import OpenAICompatibleEmbedder
from ragkit.errors import EmbeddingError

KEY = "sk-a-secret-of-the-hospital"
Reply = tuple[int, object]


class Endpoint:
    """Counts the requests and answers each text with (its length, 1, 0), the last text first."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.reply: Callable[[int, list[str]], Reply] = lambda _, texts: (200, vectors(texts))
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append(body)
                endpoint.keys.append(self.headers["Authorization"])
                status, answer = endpoint.reply(len(endpoint.requests), body["input"])
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def embedder(self, **options: Any) -> OpenAICompatibleEmbedder:
        return OpenAICompatibleEmbedder("small", base_url=self.url, api_key_variable="HOSPITAL_KEY", **options)


def vectors(texts: list[str], length: int = 3) -> dict[str, object]:
    rows = [
        {"object": "embedding", "index": i, "embedding": [float(len(text)), 1.0, *[0.0] * (length - 2)]}
        for i, text in enumerate(texts)
    ]
    return {"object": "list", "model": "small", "data": rows[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("HOSPITAL_KEY", KEY)
    endpoint = Endpoint()
    thread = Thread(target=endpoint.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()
    thread.join()


def test_vectors_come_back_in_the_order_of_the_texts_and_of_unit_length(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()
    found = embedder.embed_passages(["a", "bbbb"])
    expected = np.array([[1, 1, 0], [4, 1, 0]]) / np.sqrt([[2], [17]])
    assert found == pytest.approx(expected.astype(np.float32))
    assert found.dtype == np.float32
    assert isinstance(embedder, Embedder)
    assert embedder.dimension == 3


def test_many_texts_go_out_in_several_requests(endpoint: Endpoint) -> None:
    assert endpoint.embedder().embed_passages(["text"] * 150).shape == (150, 3)
    assert [len(request["input"]) for request in endpoint.requests] == [64, 64, 22]


def test_very_long_texts_go_out_in_smaller_requests(endpoint: Endpoint) -> None:
    endpoint.embedder().embed_passages(["x" * 60_000] * 3)
    assert [len(request["input"]) for request in endpoint.requests] == [1, 1, 1]


def test_a_request_that_fails_for_a_moment_is_repeated(endpoint: Endpoint) -> None:
    endpoint.reply = lambda count, texts: (503, {}) if count < 3 else (200, vectors(texts))
    assert endpoint.embedder().embed_query("hello").shape == (3,)
    assert len(endpoint.requests) == 3


def test_the_key_is_sent_and_said_nowhere(endpoint: Endpoint) -> None:
    endpoint.reply = lambda *_: (401, {"error": {"message": f"bad key {KEY}"}})
    embedder = endpoint.embedder()
    with pytest.raises(EmbeddingError, match="status 401") as failure:
        embedder.embed_query("hello")
    assert endpoint.keys == [f"Bearer {KEY}"]
    assert KEY not in str(failure.value) + embedder.fingerprint + repr(embedder)


def test_a_server_that_keeps_failing_is_reported_without_its_message(endpoint: Endpoint) -> None:
    endpoint.reply = lambda _, texts: (500, {"error": {"message": f"cannot embed {texts}"}})
    with pytest.raises(EmbeddingError, match="status 500") as failure:
        endpoint.embedder(max_retries=1).embed_query("the patient's name")
    assert "patient" not in str(failure.value)


@pytest.mark.parametrize(
    "answer",
    [
        {"object": "list", "data": []},
        {"unexpected": True},
        vectors(["a", "b"]),
        {"data": [{"index": 0, "embedding": [0.0, 0.0]}]},
        {"data": [{"index": 0, "embedding": [float("nan"), 1.0]}]},
    ],
)
def test_an_unusable_answer_is_reported(endpoint: Endpoint, answer: object) -> None:
    endpoint.reply = lambda *_: (200, answer)
    with pytest.raises(EmbeddingError):
        endpoint.embedder(max_retries=0).embed_query("hello")


def test_vectors_of_different_lengths_are_reported(endpoint: Endpoint) -> None:
    endpoint.reply = lambda count, texts: (200, vectors(texts, length=2 + count))
    with pytest.raises(EmbeddingError, match="different lengths"):
        endpoint.embedder().embed_passages(["text"] * 65)


def test_no_texts_give_no_vectors(endpoint: Endpoint) -> None:
    assert endpoint.embedder().embed_passages([]).shape == (0, 3)


def test_an_endpoint_that_is_not_there_is_reported_with_its_address(endpoint: Endpoint) -> None:
    endpoint.server.server_close()
    with pytest.raises(EmbeddingError, match="cannot be reached"):
        endpoint.embedder(max_retries=0).embed_query("hello")


def test_the_public_service_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOSPITAL_KEY", raising=False)
    with pytest.raises(EmbeddingError, match="HOSPITAL_KEY holds no key"):
        OpenAICompatibleEmbedder("small", api_key_variable="HOSPITAL_KEY")


def test_a_server_of_ones_own_needs_none(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOSPITAL_KEY")
    assert endpoint.embedder().embed_query("hello").shape == (3,)


def test_credentials_in_the_address_stay_out_of_the_fingerprint() -> None:
    embedder = OpenAICompatibleEmbedder("small", base_url="http://user:password@server:8080/v1/")
    assert embedder.fingerprint == "openai:http://server:8080/v1:small"

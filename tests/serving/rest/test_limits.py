"""Too much, too large, too slow, too many at once: turned away with a word on when to come again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import time
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from ragkit import KnowledgeBase
from ragkit.deployment.server import RateSettings, ServerSettings
from ragkit.serving.rest.rates import network_of
from tests.retrieval.library import WordVectors
from tests.serving.rest.conftest import UNLIMITED
from tests.serving.rest.house import FLUSHING, Client, serving


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minute that requests are counted in does not end during a test."""
    middle = time() // 60 * 60 + 30
    for module in ("limits.storage.memory", "limits.strategies"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(time=lambda: middle))
    monkeypatch.setattr("ragkit.serving.rest.rates.time", lambda: middle)


@pytest.mark.usefixtures("one_minute")
def test_a_user_who_asks_too_often_waits_and_others_do_not(house: Path) -> None:
    rates = RateSettings(user_per_minute=5, answers_per_minute=2, address_per_minute=1000)
    with serving(house, settings=ServerSettings(rates=rates)) as server:
        busy, other = server.of("nurse", user="u1"), server.of("nurse", user="u2")
        body = {"question": FLUSHING}
        assert [busy.post("/v1/ask", body).status_code for _ in range(3)] == [200, 200, 429]
        assert busy.post("/v1/ask/stream", body).status_code == 429
        late = busy.post("/v1/ask", body)
        assert (late.status_code, late.headers["content-type"]) == (429, "application/problem+json")
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert busy.get("/v1/documents").status_code == 429
        assert other.post("/v1/ask", body).status_code == 200
        assert server.get("/health").status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_an_address_that_asks_too_often_waits_whoever_it_says_it_is(house: Path) -> None:
    with serving(house, settings=ServerSettings(rates=RateSettings(address_per_minute=4))) as server:
        tried = [server.of("nurse", user=f"u{number}").get("/v1/documents").status_code for number in range(4)]
        assert tried == [200] * 4
        guessed = Client(server.address, "guessed").get("/v1/documents")
        assert guessed.status_code == 429


@pytest.mark.usefixtures("one_minute")
def test_behind_a_trusted_proxy_the_caller_s_own_address_counts(house: Path) -> None:
    rates = RateSettings(address_per_minute=2)
    settings = ServerSettings(rates=rates, trusted_proxies=("127.0.0.1",))
    with serving(house, settings=settings) as server:

        def via(address: str) -> int:
            return server.get("/health", headers={"x-forwarded-for": address}).status_code

        assert [via("192.0.2.1"), via("192.0.2.1"), via("192.0.2.1"), via("192.0.2.2")] == [200, 200, 429, 200]
    with serving(house, settings=ServerSettings(rates=rates)) as server:
        assert [via("192.0.2.1"), via("192.0.2.2"), via("192.0.2.3")] == [200, 200, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_one_caller_may_have_a_whole_ipv6_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_large_request_is_refused_also_in_chunks(house: Path) -> None:
    with serving(house, settings=ServerSettings(body_bytes=2048)) as server:
        nurse = server.of("nurse")
        large = b'{"question": "' + b"a" * 3000 + b'"}'
        headers = {"content-type": "application/json"}
        announced = nurse.post("/v1/ask", content=large, headers=headers)
        chunked = nurse.post("/v1/ask", content=iter([large[:100], large[100:]]), headers=headers)
        endless = _send(
            server,
            b"POST /v1/ask HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
            b"400\r\n" + b"a" * 1024 + b"\r\n",
        )
        assert (announced.status_code, chunked.status_code) == (413, 413)
        assert announced.headers["content-type"] == "application/problem+json"
        assert b" 413 " in endless.split(b"\r\n")[0]
        assert nurse.ask(FLUSHING)["status"] == "answered"


def _send(server: Client, head: bytes, piece: bytes, pieces: int = 50) -> bytes:
    """What the server says to a request that goes on and on."""
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head)
        with suppress(OSError):  # hung up on, perhaps after a reply
            for _ in range(pieces):
                connection.sendall(piece)
        with suppress(OSError):
            return connection.recv(4096)
    return b""


def test_headers_without_end_are_not_read(house: Path) -> None:
    with serving(house) as server:
        said = _send(server, b"GET /health HTTP/1.1\r\nhost: x\r\nx-filler: ", b"a" * 8192)
        assert said == b"" or b" 400 " in said.split(b"\r\n")[0]
        assert server.get("/health").status_code == 200


def test_a_request_that_does_not_arrive_is_not_waited_for(house: Path) -> None:
    with serving(house, settings=ServerSettings(body_seconds=0.3)) as server:
        said = _send(server, b"POST /v1/ask HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n", b"", pieces=1)
        assert b" 408 " in said.split(b"\r\n")[0]


class Slow:
    """A knowledge base that answers when it is told to."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self.go = Event()
        self.asked = 0
        self.ask_stream: Any = base.ask_stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._base, name)

    def __enter__(self) -> Slow:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    async def aask(self, question: str, **options: Any) -> Any:
        import asyncio

        def wait() -> Any:
            self.asked += 1
            self.go.wait(20)
            return self._base.ask(question, **options)

        return await asyncio.to_thread(wait)


@contextmanager
def slow_server(house: Path, **limits: Any) -> Iterator[tuple[Client, Slow]]:
    base = Slow(KnowledgeBase.open(house, embedding=WordVectors(), read_only=True))
    try:
        with serving(house, settings=ServerSettings(rates=UNLIMITED, **limits), knowledge_base=base) as server:  # type: ignore[arg-type]
            yield server, base
    finally:
        base.go.set()


def test_more_questions_than_there_are_places_are_turned_away_and_the_others_are_answered(house: Path) -> None:
    with slow_server(house, concurrent=2, waiting=1, wait_seconds=20) as (server, base):
        statuses: list[int] = []
        body = {"question": FLUSHING}
        threads = [
            Thread(target=lambda: statuses.append(server.of("nurse").post("/v1/ask", body).status_code))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        _until(lambda: "working 2 waiting 1" in _load(server))
        turned_away = server.of("nurse").post("/v1/ask", body)
        assert (turned_away.status_code, turned_away.headers["retry-after"]) == (503, "5")
        assert server.get("/health").status_code == 200
        assert server.of("nurse").get("/v1/documents").status_code == 200
        base.go.set()
        for thread in threads:
            thread.join(20)
        assert statuses == [200, 200, 200]
        assert base.asked == 3


def test_a_question_waits_for_its_place_no_longer_than_is_said(house: Path) -> None:
    with slow_server(house, concurrent=1, waiting=5, wait_seconds=0.2) as (server, base):
        first = Thread(target=server.of("nurse").post, args=("/v1/ask", {"question": FLUSHING}))
        first.start()
        _until(lambda: base.asked == 1)
        assert server.of("nurse").post("/v1/ask", {"question": FLUSHING}).status_code == 503
        base.go.set()
        first.join(20)


def test_an_answer_that_takes_too_long_ends_its_request_and_keeps_its_place_until_its_thread_is_done(
    house: Path,
) -> None:
    with slow_server(house, concurrent=1, waiting=0, answer_seconds=0.2) as (server, base):
        nurse = server.of("nurse")
        late = nurse.post("/v1/ask", {"question": FLUSHING})
        assert (late.status_code, late.json()["type"]) == (503, "urn:ragkit:problem:too-slow")
        assert nurse.post("/v1/ask", {"question": FLUSHING}).json()["type"] == "urn:ragkit:problem:busy"
        base.go.set()
        _until(lambda: "working 0" in _load(server))
        assert base.asked == 1


def test_a_streamed_answer_that_nobody_reads_any_longer_is_not_made_to_its_end(house: Path) -> None:
    with slow_server(house) as (server, base):
        left = Event()

        def endless(question: str, **options: Any) -> Any:
            [statement] = base._base.ask(question, **options).statements
            try:
                while True:
                    yield statement
                    base.go.wait(0.01)
            finally:
                left.set()

        base.ask_stream = endless
        nurse = server.of("nurse")
        headers = {"authorization": f"Bearer {nurse.token}"}
        with (
            httpx2.Client(base_url=server.address, headers=headers, trust_env=False) as client,
            client.stream("POST", "/v1/ask/stream", json={"question": FLUSHING}) as reply,
        ):
            pieces = reply.iter_text()
            assert next(pieces).startswith("event: statement")
            assert "working 1" in _load(server)
        assert left.wait(20)
        _until(lambda: "working 0" in _load(server))


def _load(server: Client) -> str:
    lines = (line.split(" ") for line in server.get("/metrics").text.splitlines() if not line.startswith("#"))
    values = {name: float(value) for name, value in lines}
    return f"working {values['ragkit_questions_working']:.0f} waiting {values['ragkit_questions_waiting']:.0f}"


def _until(condition: Any) -> None:
    """Waits until something that other threads do has happened."""
    pause = Event()
    for _ in range(2000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen")

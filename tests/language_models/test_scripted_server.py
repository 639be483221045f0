"""The scripted server itself, seen through the client that everybody uses."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from time import sleep

import httpx2
import pytest
from openai import APIConnectionError, APITimeoutError, OpenAI, RateLimitError

from tests.language_models.behaviours import fails, hangs, mixed, resets_in_stream, says, too_many
from tests.language_models.scripted_server import ScriptedServer, refused_address

HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[OpenAI]:
    with OpenAI(api_key="sk-x", base_url=server.base_url, max_retries=0, timeout=5) as client:
        yield client


def ask(client: OpenAI) -> str | None:
    return client.chat.completions.create(model="scripted", messages=HELLO).choices[0].message.content


def test_a_list_is_used_up_one_by_one_and_then_replies_are_good(server: ScriptedServer, client: OpenAI) -> None:
    server.script([too_many("7"), says("Second.")])

    with pytest.raises(RateLimitError) as raised:
        ask(client)

    assert raised.value.response.headers["Retry-After"] == "7"
    assert [ask(client), ask(client)] == ["Second.", "OK"]
    assert [request.messages for request in server.chats] == [HELLO] * 3


def test_a_function_of_the_request_is_the_model(server: ScriptedServer, client: OpenAI) -> None:
    server.script(says(lambda request: {"heard": request.messages[-1]["content"]}))

    assert ask(client) == '{"heard": "Hello"}'


def test_a_streamed_reply_has_the_same_words_as_a_whole_one(server: ScriptedServer, client: OpenAI) -> None:
    server.script(says("Give 5 mg twice a day.", characters=5))

    pieces = [
        event.choices[0].delta.content or ""
        for event in client.chat.completions.create(model="scripted", messages=HELLO, stream=True)
    ]

    assert "".join(pieces) == ask(client) == "Give 5 mg twice a day."
    assert len([piece for piece in pieces if piece]) == 5


def test_a_stream_that_is_reset_gives_its_first_pieces(server: ScriptedServer, client: OpenAI) -> None:
    server.script(resets_in_stream("Give 5 mg"))
    pieces: list[str] = []

    with pytest.raises(APIConnectionError):
        for event in client.chat.completions.create(model="scripted", messages=HELLO, stream=True):
            pieces.append(event.choices[0].delta.content or "")

    assert "".join(pieces) == "Give 5 mg"


def test_what_hangs_ends_when_the_server_is_released(server: ScriptedServer, client: OpenAI) -> None:
    server.script(hangs())

    with pytest.raises(APITimeoutError):
        ask(client.with_options(timeout=0.2))
    server.release()

    with pytest.raises(APIConnectionError):
        ask(client)


def test_a_schema_is_honoured_unless_something_else_is_scripted(client: OpenAI) -> None:
    schema = {
        "type": "object",
        "required": ["answers", "statements"],
        "properties": {"answers": {"type": "boolean"}, "statements": {"type": "array", "items": {"type": "string"}}},
    }
    reply = client.chat.completions.create(
        model="scripted",
        messages=HELLO,
        response_format={"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}},
    )

    assert reply.choices[0].message.content == '{"answers": false, "statements": []}'


def test_models_and_embeddings_are_served_and_the_key_is_checked() -> None:
    with (
        ScriptedServer(key="sk-right", models=("a", "b"), dimensions=4) as server,
        httpx2.Client(base_url=server.base_url, trust_env=False) as client,
    ):
        right = {"Authorization": "Bearer sk-right"}
        models = client.get("/models", headers=right).json()["data"]
        vectors = client.post("/embeddings", headers=right, json={"model": "a", "input": ["x", "y"]}).json()["data"]

        assert [model["id"] for model in models] == ["a", "b"]
        assert [len(row["embedding"]) for row in vectors] == [4, 4]
        assert client.get("/models").status_code == 401


def test_it_holds_three_hundred_connections_at_once(server: ScriptedServer) -> None:
    server.script(hangs())
    body = json.dumps({"model": "scripted", "messages": HELLO}).encode()
    request = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with ExitStack() as opened:
        for _ in range(300):
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            connection.sendall(request)
        for _ in range(3000):  # they are accepted in time
            if server.most_in_flight < 300:
                sleep(0.01)

        assert server.most_in_flight == server.most_connections == server.open_connections == 300


def test_chance_is_the_same_for_the_same_seed(server: ScriptedServer) -> None:
    def statuses() -> list[int]:
        server.script(mixed([(0.5, says("Yes.")), (0.5, fails(500))], seed=3))
        with httpx2.Client(base_url=server.base_url, trust_env=False) as client:
            body = {"model": "scripted", "messages": HELLO}
            return [client.post("/chat/completions", json=body).status_code for _ in range(12)]

    first = statuses()

    assert set(first) == {200, 500}
    assert statuses() == first


def test_nobody_listens_at_a_refused_address() -> None:
    with refused_address() as address, pytest.raises(httpx2.ConnectError), httpx2.Client(trust_env=False) as client:
        client.get(address)

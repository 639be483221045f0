"""What goes to a server, and what is made of its reply. The same for every kind of interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest

from ragkit.deployment.deployment import ProviderSettings, ReplyFormat
from ragkit.egress.policy import LOCAL_ONLY
from ragkit.language_models.base import ChatRequest, Message, Outcome
from ragkit.language_models.failures import Failure
from ragkit.language_models.provider import Provider
from ragkit.language_models.reading import ModelReply
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST, SCHEMA, SECRET_WORDS, TEXT_REQUEST
from tests.language_models.exchange import Exchange
from tests.language_models.scripted_server import ScriptedServer

KEY = "sk-hospital-0123456789-abcdef"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("HOSPITAL_KEY", KEY)
    with ScriptedServer(key=KEY) as server:
        yield server


class ConformanceOfProviders:
    """What holds for every kind of interface; a new kind inherits it and says how it is set up."""

    kind: Literal["openai", "azure"]
    path: str
    limit: str
    key: tuple[str, str]

    @pytest.fixture
    def settings(self, server: ScriptedServer) -> ProviderSettings:
        address = server.base_url if self.kind == "openai" else server.base_url.removesuffix("/v1")
        return server.provider(kind=self.kind, base_url=address, key_variable="HOSPITAL_KEY", output_tokens=321)

    @pytest.fixture
    def provider(self, settings: ProviderSettings) -> Iterator[Provider]:
        provider = Provider(settings, LOCAL_ONLY)
        yield provider
        provider.close()

    def test_the_request_holds_what_was_asked_and_no_more(self, server: ScriptedServer, provider: Provider) -> None:
        provider.reply(REQUEST, 10)

        (sent,) = server.chats
        assert sent.path == self.path
        assert sent.headers[self.key[0]] == self.key[1]
        assert sent.body == {
            "model": "scripted",
            "messages": [
                {"role": "system", "content": "Reply with JSON."},
                {"role": "user", "content": SECRET_WORDS},
            ],
            "temperature": 0,
            self.limit: 321,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
            },
        }

    def test_the_reply_is_the_text_with_the_tokens_that_the_server_counted(
        self, server: ScriptedServer, provider: Provider
    ) -> None:
        server.script(does.says(GOOD))

        result = provider.reply(REQUEST, 10).result

        assert isinstance(result, ModelReply)
        assert json.loads(result.text) == GOOD
        assert (result.usage.input_tokens, result.usage.output_tokens) == (len(server.chats[0].text) // 4, 4)

    def test_a_streamed_reply_arrives_in_pieces_and_is_the_same(
        self, server: ScriptedServer, provider: Provider
    ) -> None:
        server.script(does.says("Give 5 mg twice a day.", characters=6))

        stream = provider.stream(TEXT_REQUEST, 10)
        pieces = list(stream)

        assert pieces == ["Give 5", " mg tw", "ice a ", "day."]
        assert stream.asked == provider.reply(TEXT_REQUEST, 10)

    def test_a_failure_is_told_and_not_raised(self, server: ScriptedServer, provider: Provider) -> None:
        server.script(does.fails(503))

        asked, stream = provider.reply(REQUEST, 10), provider.stream(REQUEST, 10)

        assert list(stream) == []
        assert isinstance(asked.result, Failure)
        assert asked.result.outcome is Outcome.SERVER_ERROR
        assert stream.asked == asked

    def test_nothing_of_the_environment_reaches_the_server(
        self, server: ScriptedServer, settings: ProviderSettings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "BASE_URL"):
            monkeypatch.setenv(f"OPENAI_{name}", "http://127.0.0.1:9/secret-of-this-machine")
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: secret-of-this-machine\nAuthorization: Bearer other")
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "secret-of-this-machine")
        monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "secret-of-this-machine")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        provider = Provider(settings, LOCAL_ONLY)
        provider.reply(REQUEST, 10)
        provider.close()

        (sent,) = server.chats
        assert "secret-of-this-machine" not in repr(sent)
        assert sent.headers[self.key[0]] == self.key[1]
        needed = "host connection accept accept-encoding content-type content-length user-agent"
        assert set(sent.headers) == {*needed.split(), self.key[0]}

    def test_the_key_is_read_anew_for_each_request(
        self, server: ScriptedServer, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        provider.reply(REQUEST, 10)
        server.key = "sk-the-next-one"
        monkeypatch.setenv("HOSPITAL_KEY", "sk-the-next-one")

        assert isinstance(provider.reply(REQUEST, 10).result, ModelReply)
        assert "sk-" not in repr(provider) + repr(vars(provider))


class TestOpenAI(ConformanceOfProviders):
    kind = "openai"
    path = "/v1/chat/completions"
    limit = "max_tokens"
    key = ("authorization", f"Bearer {KEY}")


class TestAzureOpenAI(ConformanceOfProviders):
    kind = "azure"
    path = "/openai/deployments/scripted/chat/completions?api-version=2024-10-21"
    limit = "max_completion_tokens"
    key = ("api-key", KEY)


def asked(server: ScriptedServer, request: ChatRequest = REQUEST, **settings: Any) -> list[dict[str, Any]]:
    """The bodies that are sent for one request."""
    provider = Provider(server.provider(key_variable="HOSPITAL_KEY", **settings), LOCAL_ONLY)
    provider.reply(request, 10)
    provider.close()
    return [sent.body for sent in server.chats]


def test_a_server_without_a_key_gets_no_authorization() -> None:
    with ScriptedServer() as server:
        provider = Provider(server.provider(), LOCAL_ONLY)
        assert isinstance(provider.reply(REQUEST, 10).result, ModelReply)
        provider.close()

        assert "authorization" not in server.chats[0].headers


def test_the_key_may_stand_in_a_file(server: ScriptedServer, tmp_path: Any) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "key").chmod(0o600)
    provider = Provider(server.provider(key_file=tmp_path / "key"), LOCAL_ONLY)

    assert isinstance(provider.reply(REQUEST, 10).result, ModelReply)
    provider.close()


@pytest.mark.parametrize(
    ("reply_format", "response_format"),
    [
        (ReplyFormat.OBJECT, {"type": "json_object"}),
        (ReplyFormat.OBJECT_SCHEMA, {"type": "json_object", "schema": SCHEMA}),
        (ReplyFormat.TEXT, None),
    ],
)
def test_the_schema_is_asked_for_as_the_server_takes_it_or_stands_in_the_instructions(
    server: ScriptedServer, reply_format: ReplyFormat, response_format: Any
) -> None:
    (body,) = asked(server, reply_format=reply_format)

    system = [message for message in body["messages"] if message["role"] == "system"]
    assert body.get("response_format") == response_format
    assert len(system) == 1
    assert (json.dumps(SCHEMA) in system[0]["content"]) == (reply_format is not ReplyFormat.OBJECT_SCHEMA)
    assert body["messages"][-1] == {"role": "user", "content": SECRET_WORDS}


def test_without_instructions_the_schema_becomes_them(server: ScriptedServer) -> None:
    request = replace(REQUEST, messages=(Message("user", SECRET_WORDS),))

    (body,) = asked(server, request, reply_format=ReplyFormat.TEXT)

    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert json.dumps(SCHEMA) in body["messages"][0]["content"]


def takes_no(*parameters: str) -> does.Behaviour:
    """A server that names the parameters that it does not take, as OpenAI's service does."""

    def behave(exchange: Exchange) -> None:
        refused = [name for name in parameters if name in exchange.request.body]
        if refused:
            words = f"Unsupported parameter: {refused[0]}"
            error = {"message": words, "code": "unsupported_parameter", "param": refused[0]}
            exchange.send_json({"error": error}, 400)
        else:
            does.says(GOOD)(exchange)

    return behave


def test_a_parameter_that_the_server_does_not_take_is_left_out_from_then_on(server: ScriptedServer) -> None:
    server.script(takes_no("temperature", "max_tokens", "response_format"))
    provider = Provider(server.provider(key_variable="HOSPITAL_KEY"), LOCAL_ONLY)

    first, second = provider.reply(REQUEST, 10), provider.reply(REQUEST, 10)
    provider.close()

    assert (first.requests, second.requests) == (5, 1)
    assert isinstance(first.result, ModelReply)
    assert {"model", "messages", "max_completion_tokens"} == set(server.chats[-1].body)
    assert json.dumps(SCHEMA) in server.chats[-1].text


def test_a_stream_learns_it_as_well(server: ScriptedServer) -> None:
    server.script(takes_no("stream_options"))
    provider = Provider(server.provider(key_variable="HOSPITAL_KEY"), LOCAL_ONLY)
    stream = provider.stream(REQUEST, 10)

    assert json.loads("".join(stream)) == GOOD
    assert stream.asked.requests == 2
    provider.close()


def test_a_parameter_that_cannot_be_left_out_is_a_rejection(server: ScriptedServer) -> None:
    server.script(takes_no("messages"))
    provider = Provider(server.provider(key_variable="HOSPITAL_KEY"), LOCAL_ONLY)
    result = provider.reply(REQUEST, 10).result
    provider.close()

    assert isinstance(result, Failure)
    assert (result.outcome, len(server.chats)) == (Outcome.REJECTED, 1)


@pytest.mark.parametrize(
    "counted", [None, {"prompt_tokens": -5, "completion_tokens": "many"}, {"prompt_tokens": 10**12}]
)
def test_tokens_are_estimated_where_the_server_counts_none_or_nonsense(server: ScriptedServer, counted: Any) -> None:
    def behave(exchange: Exchange) -> None:
        message = {"role": "assistant", "content": json.dumps(GOOD)}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        exchange.send_json({"id": "x", "model": "scripted", "choices": [choice], "usage": counted})

    server.script(behave)
    provider = Provider(server.provider(key_variable="HOSPITAL_KEY"), LOCAL_ONLY)
    result = provider.reply(REQUEST, 10).result
    provider.close()

    assert isinstance(result, ModelReply)
    assert len(server.chats[0].text) // 4 < result.usage.input_tokens < len(server.chats[0].text)
    assert 0 < result.usage.output_tokens < len(json.dumps(GOOD))

"""Every fault of a server, over real HTTP: how it is told; the next provider is asked; the deadline is kept."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from ragkit.language_models.base import NoReplyError, Outcome
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST, SECRET_WORDS, Streamed, ask, attempts, language_models
from tests.language_models.scripted_server import ScriptedServer, refused_address

KEY = "sk-hospital-0123456789-abcdef"
FAULTS: dict[str, tuple[does.Behaviour, Outcome, str]] = {
    "too many requests": (does.too_many(), Outcome.TOO_MANY_REQUESTS, "429"),
    "no quota left": (
        lambda exchange: exchange.send_json({"error": {"message": "x", "code": "insufficient_quota"}}, 429),
        Outcome.TOO_MANY_REQUESTS,
        "quota",
    ),
    "status 500": (does.fails(500), Outcome.SERVER_ERROR, "500"),
    "status 503": (does.fails(503), Outcome.SERVER_ERROR, "503"),
    "status 418": (does.fails(418), Outcome.REJECTED, "418"),
    "wrong key": (does.wrong_key(), Outcome.REJECTED, "key"),
    "unknown model": (does.unknown_model(), Outcome.REJECTED, "model"),
    "redirect": (does.redirects("http://127.0.0.1:9/elsewhere"), Outcome.REJECTED, "not followed"),
    "hang": (does.hangs(), Outcome.TIMED_OUT, "in time"),
    "drip": (does.drips(), Outcome.TIMED_OUT, "in time"),
    "reset": (does.resets(), Outcome.UNREACHABLE, "broke"),
    "reset in mid-reply": (does.resets_in_stream(), Outcome.UNREACHABLE, "broke"),
    "hang in mid-reply": (does.hangs_in_stream(), Outcome.TIMED_OUT, "in time"),
    "a login page": (does.not_json(), Outcome.UNUSABLE, "no chat completion"),
    "broken JSON": (does.broken_json(), Outcome.UNUSABLE, "no chat completion"),
    "no choices": (does.without_choices(), Outcome.UNUSABLE, "no chat completion"),
    "a JSON list": (lambda exchange: exchange.send_json([1, 2]), Outcome.UNUSABLE, "no chat completion"),
    "choices of another form": (
        lambda exchange: exchange.send_json({"choices": [{"message": "hello"}], "usage": "much"}),
        Outcome.UNUSABLE,
        "no chat completion",
    ),
    "content that is no JSON": (does.says("Certainly! Here is the answer."), Outcome.UNUSABLE, "no JSON"),
    "JSON nested too deep": (does.says('{"a":' * 50_000), Outcome.UNUSABLE, "no JSON"),
    "another schema": (does.says({"reply": 1}), Outcome.UNUSABLE, "form"),
    "refusal": (does.refuses(), Outcome.REFUSED, "declined"),
    "content filter": (does.filtered(), Outcome.REFUSED, "declined"),
    "empty": (does.empty(), Outcome.UNUSABLE, "empty"),
    "cut short": (does.cut_short(), Outcome.UNUSABLE, "cut short"),
    "10 MB of text": (does.huge(10), Outcome.UNUSABLE, "longer than"),
}
EVERY_FAULT = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("HOSPITAL_KEY", KEY)
    with ScriptedServer(key=KEY) as server:
        yield server


def faulty_then_good(server: ScriptedServer, fault: str) -> tuple[Any, ...]:
    behaviour, outcome, _ = FAULTS[fault]
    seconds = 0.3 if outcome is Outcome.TIMED_OUT else 15.0
    server.script(does.by_model({"faulty": behaviour, "good": does.says(GOOD)}))
    return (
        server.provider("first", model="faulty", key_variable="HOSPITAL_KEY", attempts=1, timeout_seconds=seconds),
        server.provider("second", model="good", key_variable="HOSPITAL_KEY", order=2),
    )


@EVERY_FAULT
def test_it_is_told_in_plain_words_and_the_next_provider_is_asked(server: ScriptedServer, fault: str) -> None:
    with language_models(*faulty_then_good(server, fault)) as models:
        completion = ask(models, seconds=30)

    _, outcome, word = FAULTS[fault]
    first, second = completion.attempts
    assert completion.value == GOOD
    assert (completion.reply.provider, second.provider, second.outcome) == ("second", "second", Outcome.REPLIED)
    assert (first.provider, first.outcome) == ("first", outcome)
    assert word in first.detail


@EVERY_FAULT
def test_no_key_and_no_word_of_the_question_is_in_any_output(
    server: ScriptedServer, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first, _ = faulty_then_good(server, fault)
    with language_models(first) as models, pytest.raises(NoReplyError) as raised:
        ask(models)

    shown = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
    assert KEY not in shown.replace(f"KEY = {KEY!r}", "")
    told = [*traceback.format_exception(raised.value), repr(raised.value.attempts), repr(first), caplog.text]
    told += [repr(vars(record)) for record in caplog.records]
    told += [str(error) for error in chain(raised.value)]
    assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"
    assert caplog.records
    assert not [text for text in told if KEY in text or SECRET_WORDS in text or "zyxomel" in text]


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@EVERY_FAULT
def test_the_deadline_is_kept_however_often_and_long_a_provider_may_be_asked(
    server: ScriptedServer, fault: str
) -> None:
    behaviour, outcome, _ = FAULTS[fault]
    server.script(behaviour)
    started = monotonic()
    with language_models(server.provider(key_variable="HOSPITAL_KEY", attempts=10, timeout_seconds=60)) as models:
        (attempt,) = attempts(models, seconds=0.4)

    assert attempt.outcome in (outcome, Outcome.TIMED_OUT)
    assert monotonic() - started < 5


@pytest.mark.parametrize("fault", ["hang", "drip", "hang in mid-reply", "reset", "status 500"])
def test_the_deadline_of_a_stream_is_kept_too(server: ScriptedServer, fault: str) -> None:
    server.script(FAULTS[fault][0])
    started = monotonic()
    with language_models(server.provider(key_variable="HOSPITAL_KEY", attempts=10, timeout_seconds=60)) as models:
        streamed = Streamed(models, seconds=0.4)

    assert streamed.error is not None
    assert monotonic() - started < 5


def test_nobody_listening_is_told_as_unreachable() -> None:
    with ScriptedServer(does.says(GOOD)) as server, refused_address() as address:
        gone = server.provider("gone", base_url=address)
        with language_models(gone, server.provider("there", order=2)) as models:
            first, second = ask(models).attempts

    assert (first.outcome, first.detail) == (Outcome.UNREACHABLE, "The server cannot be reached.")
    assert first.requests == 3
    assert second.outcome is Outcome.REPLIED


def test_a_missing_key_is_told_and_nothing_is_sent(server: ScriptedServer) -> None:
    with language_models(server.provider(key_variable="NO_SUCH_KEY")) as models:
        (attempt,) = attempts(models)

    assert attempt.outcome is Outcome.REJECTED
    assert "NO_SUCH_KEY" in attempt.detail
    assert not server.requests


def test_a_reply_of_another_model_is_used_and_noted(server: ScriptedServer) -> None:
    server.script([does.says(GOOD, model="cheap-model-2"), does.says(GOOD, model=f"{SECRET_WORDS} no name")])
    with language_models(server.provider(key_variable="HOSPITAL_KEY")) as models:
        first, second = ask(models), ask(models)

    assert first.attempts[0].detail == "Another model replied: cheap-model-2."
    assert second.attempts[0].detail == "Another model replied: (no usual name)."


def test_where_nobody_replies_one_sentence_says_what_each_did(server: ScriptedServer) -> None:
    server.script(does.by_model({"a": does.fails(500), "b": does.refuses()}))
    providers = [
        server.provider(name, model=name, order=order, attempts=1, key_variable="HOSPITAL_KEY")
        for order, name in enumerate("ab")
    ]
    with language_models(*providers) as models, pytest.raises(NoReplyError) as raised:
        ask(models, REQUEST)

    assert str(raised.value) == "No language model gave a usable reply (a: server error; b: refused)."

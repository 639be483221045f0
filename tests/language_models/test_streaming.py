"""A reply that is handed on piece by piece."""

from __future__ import annotations

import json

import pytest

from ragkit.language_models.base import Attempt, Outcome
from ragkit.language_models.deadline import Deadline
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST, TEXT_REQUEST, Streamed, language_models
from tests.language_models.exchange import Exchange, completion, completion_pieces
from tests.language_models.scripted_server import ScriptedServer


def test_pieces_come_as_they_arrive_and_the_attempt_is_told_last() -> None:
    told: list[Attempt] = []
    with (
        ScriptedServer(does.says("Give 5 mg twice.", characters=5)) as server,
        language_models(server.provider()) as models,
    ):
        pieces = models.stream(TEXT_REQUEST, deadline=Deadline.after(10), confined=False, on_attempt=told.append)
        assert next(pieces) == "Give "
        assert told == []
        assert list(pieces) == ["5 mg ", "twice", "."]

    (attempt,) = told
    assert (attempt.outcome, attempt.requests, attempt.input_tokens > 0) == (Outcome.REPLIED, 1, True)


@pytest.mark.parametrize("fault", [does.fails(503), does.resets(), does.wrong_key(), does.empty(), does.refuses()])
def test_where_nothing_has_come_the_next_provider_replies(fault: does.Behaviour) -> None:
    with ScriptedServer(does.by_model({"bad": fault, "good": does.says("Fine.")})) as server:
        bad = server.provider("bad", model="bad", attempts=1)
        with language_models(bad, server.provider("good", model="good", order=2)) as models:
            streamed = Streamed(models)

    assert streamed.text == "Fine."
    assert [attempt.provider for attempt in streamed.attempts] == ["bad", "good"]
    assert streamed.error is None


def test_before_a_piece_has_come_the_same_provider_is_asked_again() -> None:
    with (
        ScriptedServer([does.fails(503, retry_after="0"), does.says("Fine.")]) as server,
        language_models(server.provider()) as models,
    ):
        streamed = Streamed(models)

    assert streamed.text == "Fine."
    assert streamed.attempts[0].requests == 2


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (does.resets_in_stream("Give 5 mg"), Outcome.UNREACHABLE),
        (does.hangs_in_stream("Give 5 mg"), Outcome.TIMED_OUT),
        (does.cut_short("Give 5 mg"), Outcome.UNUSABLE),
        (does.says("Give 5 mg", finish_reason="content_filter"), Outcome.REFUSED),
    ],
)
def test_a_reply_that_breaks_off_is_said_to_and_nobody_else_is_asked(fault: does.Behaviour, outcome: Outcome) -> None:
    with ScriptedServer(does.by_model({"bad": fault, "good": does.says("Fine.")})) as server:
        bad = server.provider("bad", model="bad", timeout_seconds=1.0 if outcome is Outcome.TIMED_OUT else 30.0)
        with language_models(bad, server.provider("good", model="good", order=2)) as models:
            streamed = Streamed(models, seconds=30)

    assert streamed.text == "Give 5 mg"
    assert streamed.error is not None
    assert [attempt.outcome for attempt in streamed.attempts] == [outcome]
    assert len(server.chats) == 1


def test_a_reply_that_has_begun_has_all_the_time_that_is_left() -> None:
    slow = does.by_model({"slow": does.says("one two three four five six", characters=4, pause=0.35)})
    with ScriptedServer(slow) as server:
        providers = server.provider("first", model="slow"), server.provider("second", model="none", order=2)
        with language_models(*providers) as models:
            streamed = Streamed(models, seconds=6)  # of which the first has 3 until it begins, and needs more

    assert streamed.text == "one two three four five six"
    assert [attempt.outcome for attempt in streamed.attempts] == [Outcome.REPLIED]


def test_a_reply_that_does_not_begin_leaves_time_for_the_next_provider() -> None:
    with ScriptedServer(does.by_model({"hangs": does.hangs_in_stream(""), "good": does.says("Fine.")})) as server:
        hangs = server.provider("hangs", model="hangs", timeout_seconds=60)
        with language_models(hangs, server.provider("good", model="good", order=2)) as models:
            streamed = Streamed(models, seconds=3)

    assert streamed.text == "Fine."
    assert [attempt.outcome for attempt in streamed.attempts] == [Outcome.TIMED_OUT, Outcome.REPLIED]


def test_json_that_does_not_end_is_no_reply() -> None:
    with ScriptedServer(does.says('{"answers": tr')) as server, language_models(server.provider()) as models:
        streamed = Streamed(models, REQUEST)

    assert streamed.error is not None
    assert streamed.attempts[0].outcome is Outcome.UNUSABLE


def test_json_can_be_streamed() -> None:
    with ScriptedServer(does.says(GOOD, characters=1)) as server, language_models(server.provider()) as models:
        streamed = Streamed(models, REQUEST)

    assert json.loads(streamed.text) == GOOD
    assert len(streamed.pieces) == len(streamed.text)


def test_text_without_end_is_cut_off() -> None:
    with ScriptedServer(does.huge(10)) as server, language_models(server.provider()) as models:
        streamed = Streamed(models)

    assert streamed.attempts[0].outcome is Outcome.UNUSABLE
    assert len(streamed.text) < 2_000_000


def test_what_nobody_reads_on_lets_go_of_its_place_and_is_told() -> None:
    told: list[Attempt] = []
    with (
        ScriptedServer(does.drips(every=0.01)) as server,
        language_models(server.provider(concurrent=1)) as models,
    ):
        for _ in range(3):
            pieces = models.stream(TEXT_REQUEST, deadline=Deadline.after(20), confined=False, on_attempt=told.append)
            next(pieces)
            pieces.close()  # type: ignore[attr-defined]

        assert len(server.chats) == 3
    assert [attempt.outcome for attempt in told] == [Outcome.UNUSABLE] * 3
    assert {(attempt.detail, attempt.requests) for attempt in told} == {("The reply was not read to its end.", 1)}
    assert all(attempt.input_tokens and attempt.output_tokens for attempt in told)


def test_a_server_that_ends_its_reply_in_the_middle_has_not_replied() -> None:
    def half(exchange: Exchange) -> None:
        exchange.begin_stream()
        for event in list(completion_pieces(completion(exchange.request, "Give 5 mg"), 3, with_usage=False))[:-1]:
            exchange.send_event(event)
        exchange.write_chunk(b"")

    with ScriptedServer(half) as server, language_models(server.provider()) as models:
        streamed = Streamed(models)

    assert streamed.text == "Give 5 mg"
    assert (streamed.error is not None, streamed.attempts[0].outcome) == (True, Outcome.UNREACHABLE)

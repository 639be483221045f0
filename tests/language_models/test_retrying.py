"""When a request is made again, and how long before it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragkit.deployment.deployment import BreakerSettings, BudgetSettings
from ragkit.egress.policy import LOCAL_ONLY
from ragkit.language_models.base import Outcome
from ragkit.language_models.budget import Budget, MemoryLedger
from ragkit.language_models.circuit import CircuitState
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.guarded import Ended, GuardedProvider
from ragkit.language_models.provider import Provider
from ragkit.language_models.retrying import Backoff
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST
from tests.language_models.scripted_server import ScriptedServer


class Asker:
    """One provider whose pauses are noted instead of made."""

    def __init__(self, server: ScriptedServer, **settings: Any) -> None:
        self.pauses: list[float] = []
        self.guarded = GuardedProvider(
            Provider(server.provider(**settings), LOCAL_ONLY),
            BreakerSettings(failures=100),
            Budget(BudgetSettings(), MemoryLedger()),
            backoff=Backoff(chance=Random(1)),
            wait=self.pauses.append,
        )

    def ask(self, seconds: float = 60.0) -> Ended:
        deadline = Deadline.after(seconds)
        return self.guarded.ask(REQUEST, deadline, deadline)


@contextmanager
def asking(script: Any, **settings: Any) -> Iterator[tuple[ScriptedServer, Asker]]:
    with ScriptedServer(script) as server:
        asker = Asker(server, **settings)
        yield server, asker
        asker.guarded.provider.close()


@pytest.mark.parametrize("fault", [does.too_many(), does.fails(500), does.fails(502), does.fails(408), does.resets()])
def test_what_may_pass_is_asked_again(fault: does.Behaviour) -> None:
    with asking([fault, fault, does.says(GOOD)]) as (server, asker):
        ended = asker.ask()

        assert ended.attempt.outcome is Outcome.REPLIED
        assert ended.attempt.requests == len(server.chats) == 3
        assert len(asker.pauses) == 2


@pytest.mark.parametrize(
    "fault",
    [
        does.fails(400),
        does.wrong_key(),
        does.unknown_model(),
        does.fails(501),
        does.refuses(),
        does.empty(),
        does.huge(3),
    ],
)
def test_what_will_not_pass_is_asked_once(fault: does.Behaviour) -> None:
    with asking(fault) as (server, asker):
        ended = asker.ask()

        assert ended.attempt.requests == len(server.chats) == 1
        assert asker.pauses == []


def test_it_is_asked_as_often_as_the_settings_say() -> None:
    with asking(does.fails(500), attempts=5) as (server, asker):
        assert asker.ask().attempt.requests == len(server.chats) == 5
        assert len(asker.pauses) == 4


def test_what_the_server_asks_to_wait_is_waited() -> None:
    with asking([does.too_many("7"), does.fails(503, retry_after="2"), does.says(GOOD)]) as (_, asker):
        assert asker.ask().attempt.outcome is Outcome.REPLIED

        first, second = asker.pauses
        assert 7 <= first <= 8
        assert 2 <= second <= 2.5


def test_a_wait_past_the_deadline_is_not_waited_and_the_server_left_alone_as_long_as_it_asks() -> None:
    with asking(does.too_many("30")) as (server, asker):
        started = monotonic()
        first, second = asker.ask(seconds=5), asker.ask(seconds=5)

        assert monotonic() - started < 4
        assert asker.pauses == []
        assert len(server.chats) == 1
        assert [first.attempt.outcome, second.attempt.outcome] == [Outcome.TOO_MANY_REQUESTS, Outcome.CIRCUIT_OPEN]
        assert asker.guarded.circuit.state is CircuitState.OPEN
        assert 25 < asker.guarded.circuit.seconds_left <= 30


def test_a_server_that_asks_for_a_day_is_left_alone_for_minutes() -> None:
    with asking(does.too_many("86400")) as (_, asker):
        asker.ask(seconds=5)

        assert 200 < asker.guarded.circuit.seconds_left <= 300


def test_without_time_nobody_is_asked() -> None:
    with asking(does.says(GOOD)) as (server, asker):
        assert asker.ask(seconds=0).attempt.outcome is Outcome.TIMED_OUT
        assert not server.requests


@given(st.integers(1, 200), st.integers(0, 2**32))
def test_pauses_grow_to_a_limit_and_are_drawn_anew_each_time(failures: int, seed: int) -> None:
    pause = Backoff(chance=Random(seed)).pause(failures)

    assert 0 <= pause <= min(8.0, 0.5 * 2 ** (failures - 1))
    assert pause == Backoff(chance=Random(seed)).pause(failures)


@given(st.integers(1, 20), st.floats(0, 3600))
def test_a_pause_is_never_shorter_than_asked_for(failures: int, wanted: float) -> None:
    assert wanted <= Backoff().pause(failures, wanted) <= wanted + 1

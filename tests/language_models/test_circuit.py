"""A server that fails again and again is left alone for a while."""

from __future__ import annotations

from time import sleep

import pytest

from ragkit.deployment.deployment import BreakerSettings
from ragkit.language_models.base import Outcome
from ragkit.language_models.circuit import Circuit, CircuitState
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, attempts, language_models
from tests.language_models.scripted_server import ScriptedServer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(BreakerSettings(failures=3, pause_seconds=30), clock)


def fail(circuit: Circuit, times: int = 1) -> None:
    for _ in range(times):
        assert circuit.enter()
        circuit.failed()


def test_it_opens_after_failures_in_a_row(circuit: Circuit) -> None:
    fail(circuit, 3)

    assert circuit.state is CircuitState.OPEN
    assert not circuit.enter()
    assert circuit.seconds_left == 30


def test_a_success_between_them_starts_the_count_anew(circuit: Circuit) -> None:
    fail(circuit, 2)
    assert circuit.enter()
    circuit.succeeded()
    fail(circuit, 2)

    assert circuit.state is CircuitState.CLOSED


def test_after_the_pause_one_request_tries_and_no_other(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30

    assert circuit.state is CircuitState.HALF_OPEN
    assert [circuit.enter(), circuit.enter(), circuit.enter()] == [True, False, False]


def test_its_success_closes_the_circuit(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    assert circuit.enter()
    circuit.succeeded()

    assert circuit.state is CircuitState.CLOSED
    fail(circuit, 2)
    assert circuit.enter()


def test_its_failure_opens_it_for_another_pause(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    fail(circuit)

    assert circuit.state is CircuitState.OPEN
    assert circuit.seconds_left == 30


def test_where_it_ends_undecided_another_may_try(circuit: Circuit, clock: Clock) -> None:
    fail(circuit, 3)
    clock.now += 30
    assert circuit.enter()
    circuit.undecided()

    assert circuit.enter()


def test_a_server_may_ask_to_be_left_alone(circuit: Circuit, clock: Clock) -> None:
    circuit.rest(5)
    assert not circuit.enter()
    clock.now += 5

    assert circuit.enter()


def test_a_failing_provider_is_passed_over_and_tried_again_later() -> None:
    with ScriptedServer(does.fails(500)) as server:
        providers = server.provider("bad", attempts=1), server.provider("good", model="good", order=2)
        server.script(does.by_model({"scripted": does.fails(500), "good": does.says(GOOD)}))
        with language_models(*providers, breaker=BreakerSettings(failures=2, pause_seconds=0.3)) as models:
            outcomes = [attempts(models)[0].outcome for _ in range(4)]
            assert outcomes == [Outcome.SERVER_ERROR] * 2 + [Outcome.CIRCUIT_OPEN] * 2
            assert len([sent for sent in server.chats if sent.body["model"] == "scripted"]) == 2

            server.script(does.says(GOOD))
            for _ in range(200):  # until the pause is over, which 0.3 seconds make it
                (last, *_) = attempts(models)
                if last.outcome is Outcome.REPLIED:
                    break
                sleep(0.05)
            assert last.outcome is Outcome.REPLIED


@pytest.mark.parametrize("fault", [does.refuses(), does.empty(), does.says("no JSON"), does.fails(400)])
def test_a_server_that_replies_is_not_at_fault_whatever_the_model_says(fault: does.Behaviour) -> None:
    with (
        ScriptedServer(fault) as server,
        language_models(server.provider(), breaker=BreakerSettings(failures=1)) as models,
    ):
        for _ in range(3):
            assert attempts(models)[0].outcome is not Outcome.CIRCUIT_OPEN


def test_a_server_that_got_next_to_no_time_is_not_at_fault() -> None:
    with (
        ScriptedServer(does.hangs()) as server,
        language_models(server.provider(), breaker=BreakerSettings(failures=1)) as models,
    ):
        outcomes = [attempts(models, seconds=0.2)[0].outcome for _ in range(2)]

    assert outcomes == [Outcome.TIMED_OUT] * 2


def test_a_server_that_had_its_time_is_at_fault() -> None:
    with (
        ScriptedServer(does.hangs()) as server,
        language_models(
            server.provider(timeout_seconds=0.2, attempts=1), breaker=BreakerSettings(failures=1)
        ) as models,
    ):
        outcomes = [attempts(models)[0].outcome for _ in range(2)]

    assert outcomes == [Outcome.TIMED_OUT, Outcome.CIRCUIT_OPEN]

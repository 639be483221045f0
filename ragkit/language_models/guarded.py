"""One provider with all that guards it: circuit, places, budget and retries, within a deadline.

This is where a request to a language model begins and ends, whatever becomes of it: ``ask`` and ``stream``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from time import monotonic, sleep

from ragkit.deployment.deployment import BreakerSettings, ProviderSettings
from ragkit.language_models.base import Attempt, ChatReply, ChatRequest, Outcome
from ragkit.language_models.budget import Budget, Expense, Reservation
from ragkit.language_models.circuit import Circuit, CircuitState
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.failures import Failure
from ragkit.language_models.provider import Provider
from ragkit.language_models.reading import Asked, ModelReply
from ragkit.language_models.retrying import Backoff
from ragkit.language_models.tokens import Usage, estimated_input
from ragkit.language_models.tracing import note_attempt, request_span

_LEAST_SECONDS = 0.05  # with less, nobody is asked
_LONGEST_REST = 300.0  # seconds; a server that asks for more is tried again all the same
_WAIT_SHARE = 0.5  # of the time that is left may be spent waiting for a place


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended.

    Attributes:
        attempt: for the trace.
        reply: what was replied; None where nothing usable was.
        has_begun: pieces of it were handed out.
    """

    attempt: Attempt
    reply: ChatReply | None = None
    has_begun: bool = False


class GuardedProvider:
    """Asks one provider, and sees to it that nothing is asked too often, for too long or for too much.

    Args:
        provider: who is asked.
        breaker: when it is left alone.
        budget: shared by all providers.
        backoff: pauses between requests.
        wait: pauses; for tests.
    """

    def __init__(
        self,
        provider: Provider,
        breaker: BreakerSettings,
        budget: Budget,
        *,
        backoff: Backoff | None = None,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self.provider = provider
        self.circuit = Circuit(breaker)
        self._budget = budget
        self._backoff = backoff or Backoff()
        self._wait = wait
        self._places = BoundedSemaphore(provider.settings.concurrent)

    @property
    def settings(self) -> ProviderSettings:
        """Which provider it is."""
        return self.provider.settings

    def ask(self, request: ChatRequest, answer: Deadline, own: Deadline) -> Ended:
        """Asks, again where that may help, and waits for the reply.

        Args:
            request: what is asked.
            answer: the deadline of the answer.
            own: by when this provider has to be done; no later than ``answer``.
        """
        with request_span(self.settings, self.provider.zone, request) as span:
            ended = self._ask(request, answer, own)
            note_attempt(span, ended.attempt)
        return ended

    def _ask(self, request: ChatRequest, answer: Deadline, own: Deadline) -> Ended:
        started, requests, failure = monotonic(), 0, _OUT_OF_TIME
        for number in range(1, self.settings.attempts + 1):
            with self._admitted(request, answer, own) as admitted:
                if isinstance(admitted, Failure):
                    failure = admitted if number == 1 else failure
                    break
                seconds = self._seconds(own)
                asked = self.provider.reply(request, seconds)
                admitted.done(asked, seconds)
            requests += asked.requests
            if isinstance(asked.result, ModelReply):
                return self._replied(asked.result, requests, started)
            failure = asked.result
            if number == self.settings.attempts or not self._pause(failure, number, own):
                break
        return Ended(self.attempt(failure, requests, started))

    def stream(
        self, request: ChatRequest, answer: Deadline, own: Deadline, on_left: Callable[[Attempt], None]
    ) -> Generator[str, None, Ended]:
        """Asks, and hands out the pieces of the reply; asks again only as long as no piece has come.

        Args:
            request: what is asked.
            answer: as for ``ask``.
            own: as for ``ask``.
            on_left: called where nobody reads on to the end.

        Returns:
            How it ended, as the generator's value.
        """
        with request_span(self.settings, self.provider.zone, request) as span:

            def left(attempt: Attempt) -> None:
                note_attempt(span, attempt)
                on_left(attempt)

            ended = yield from self._stream(request, answer, own, left)
            note_attempt(span, ended.attempt)
        return ended

    def _stream(
        self, request: ChatRequest, answer: Deadline, own: Deadline, on_left: Callable[[Attempt], None]
    ) -> Generator[str, None, Ended]:
        started, requests, failure = monotonic(), 0, _OUT_OF_TIME
        for number in range(1, self.settings.attempts + 1):
            has_begun = False
            with self._admitted(request, answer, own) as admitted:
                if isinstance(admitted, Failure):
                    failure = admitted if number == 1 else failure
                    break
                seconds = self._seconds(own)
                stream = self.provider.stream(request, seconds, self._seconds(answer))
                try:
                    for piece in stream:
                        has_begun = True
                        yield piece
                except GeneratorExit:
                    on_left(self._left(stream.asked, requests, started))
                    raise
                finally:
                    admitted.done(stream.asked, seconds)
                asked = stream.asked
            requests += asked.requests
            if isinstance(asked.result, ModelReply):
                return self._replied(asked.result, requests, started)
            failure = asked.result
            if has_begun:
                return Ended(self.attempt(failure, requests, started), has_begun=True)
            if number == self.settings.attempts or not self._pause(failure, number, own):
                break
        return Ended(self.attempt(failure, requests, started))

    def attempt(self, failure: Failure, requests: int = 0, started: float | None = None) -> Attempt:
        """What the trace says of asking this provider in vain."""
        return self._attempt(failure.outcome, failure.detail, requests, started, failure.spent or Usage(0, 0))

    def cost(self, usage: Usage) -> float:
        """What these tokens cost."""
        settings = self.settings
        return (usage.input_tokens * settings.input_price + usage.output_tokens * settings.output_price) / 1_000_000

    @contextmanager
    def _admitted(
        self, request: ChatRequest, answer: Deadline, own: Deadline
    ) -> Generator[_Admission | Failure, None, None]:
        """One request's place, passage and budget; or the failure that says which of them it did not get."""
        if own.remaining < _LEAST_SECONDS:
            yield _OUT_OF_TIME
        elif self.circuit.state is CircuitState.OPEN:
            yield self._circuit_is_open()
        elif not self._places.acquire(timeout=own.remaining * _WAIT_SHARE):
            yield Failure(Outcome.BUSY, f"All {self.settings.concurrent} places were taken (concurrent).")
        else:
            try:
                yield from self._passed(request, answer)
            finally:
                self._places.release()

    def _passed(self, request: ChatRequest, answer: Deadline) -> Generator[_Admission | Failure, None, None]:
        sent = Usage(estimated_input(request.messages), 0)
        most = Usage(sent.input_tokens, self.settings.output_tokens)
        reserved = self._budget.reserve(answer, self._expense(most))
        if isinstance(reserved, str):
            yield Failure(Outcome.OVER_BUDGET, reserved)
            return
        if not self.circuit.enter():
            reserved.settle(Expense())
            yield self._circuit_is_open()
            return
        admission = _Admission(self, reserved, self._expense(sent))
        try:
            yield admission
        finally:
            admission.close()

    def _pause(self, failure: Failure, number: int, own: Deadline) -> bool:
        """Waits before the next request; False where there will be none."""
        if not failure.passes:
            return False
        seconds = self._backoff.pause(number, failure.wait)
        if seconds + _LEAST_SECONDS >= own.remaining:
            if failure.wait:
                self.circuit.rest(min(failure.wait, _LONGEST_REST))
            return False
        self._wait(seconds)
        return True

    def _replied(self, reply: ModelReply, requests: int, started: float) -> Ended:
        attempt = self._attempt(Outcome.REPLIED, reply.note, requests, started, reply.usage)
        settings, usage = self.settings, reply.usage
        tokens = (usage.input_tokens, usage.output_tokens)
        return Ended(attempt, ChatReply(reply.text, settings.name, settings.model, *tokens, attempt.cost))

    def _left(self, asked: Asked, requests: int, started: float) -> Attempt:
        result = asked.result
        usage = result.usage if isinstance(result, ModelReply) else result.spent
        failure = Failure(Outcome.UNUSABLE, "The reply was not read to its end.", spent=usage)
        return self.attempt(failure, requests + asked.requests, started)

    def _attempt(self, outcome: Outcome, detail: str, requests: int, started: float | None, usage: Usage) -> Attempt:
        return Attempt(
            self.settings.name,
            self.settings.model,
            outcome,
            detail,
            requests,
            0.0 if started is None else (monotonic() - started) * 1000,
            usage.input_tokens,
            usage.output_tokens,
            self.cost(usage),
        )

    def _seconds(self, deadline: Deadline) -> float:
        return min(self.settings.timeout_seconds, max(deadline.remaining, _LEAST_SECONDS))

    def _expense(self, usage: Usage) -> Expense:
        return Expense(usage.input_tokens + usage.output_tokens, self.cost(usage))

    def _circuit_is_open(self) -> Failure:
        seconds = self.circuit.seconds_left
        return Failure(Outcome.CIRCUIT_OPEN, f"The server failed too often; it is left alone for {seconds:.0f} s more.")


class _Admission:
    """What one request was given; ``done`` tells circuit and budget how it ended."""

    def __init__(self, guarded: GuardedProvider, reserved: Reservation, sent: Expense) -> None:
        self._guarded = guarded
        self._reserved = reserved
        self._sent = sent
        self._is_done = False

    def done(self, asked: Asked, seconds: float) -> None:
        """Counts what the request cost, and whether the server was at fault.

        Args:
            asked: how it ended.
            seconds: how long it could last. A server that was given next to no time is not at fault.
        """
        self._is_done = True
        result, guarded = asked.result, self._guarded
        if isinstance(result, ModelReply):
            self._reserved.settle(guarded._expense(result.usage))
            guarded.circuit.succeeded()
            return
        spent = guarded._expense(result.spent) if result.spent else self._sent
        self._reserved.settle(spent if result.was_read else Expense())
        long_enough = seconds >= min(guarded.settings.connect_seconds, guarded.settings.timeout_seconds)
        if result.is_fault and (long_enough or result.outcome is not Outcome.TIMED_OUT):
            guarded.circuit.failed()
        elif result.is_fault or result.outcome in _SAYS_NOTHING:
            guarded.circuit.undecided()
        else:
            guarded.circuit.succeeded()

    def close(self) -> None:
        """Gives back what was not used, where the request ended by an error of ragkit's own."""
        if not self._is_done:
            self._reserved.settle(Expense())
            self._guarded.circuit.undecided()


_OUT_OF_TIME = Failure(Outcome.TIMED_OUT, "No time was left to ask.")
_SAYS_NOTHING = frozenset({Outcome.BUSY, Outcome.NOT_PERMITTED})

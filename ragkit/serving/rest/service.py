"""What the routes share: the knowledge base, who asks, the limits, the metrics."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from pydantic import SecretStr

from ragkit.deployment.server import ServerSettings
from ragkit.errors import RagkitError
from ragkit.knowledge_base import KnowledgeBase
from ragkit.language_models.circuit import CircuitState
from ragkit.serving.identity import Identity
from ragkit.serving.rest.bodies import ReadyReply
from ragkit.serving.rest.capacity import Capacity
from ragkit.serving.rest.given_answers import GivenAnswers
from ragkit.serving.rest.rates import RateLimits
from ragkit.serving.signing_keys import KeysState

if TYPE_CHECKING:
    from ragkit.serving.rest.server_metrics import ServerMetrics

_log = logging.getLogger("ragkit.serving")
_READINESS_SECONDS = 5.0
OK = "ok"
_UNAVAILABLE = "unavailable"


@dataclass
class Service:
    """What the routes share, while the server runs.

    Attributes:
        knowledge_base: what is asked.
        identity: where users come from.
        settings: the server's.
        answer_seconds: how long an answer may take.
        rates: how many requests users and addresses may make.
        metrics: what is counted.
        metrics_key: what opens ``/metrics``, where the settings ask for a key.
        capacity: places for questions that are worked on.
        given: answers that can still be reported.
    """

    knowledge_base: KnowledgeBase
    identity: Identity
    settings: ServerSettings
    answer_seconds: float
    rates: RateLimits
    metrics: ServerMetrics
    metrics_key: SecretStr | None = None
    capacity: Capacity = field(init=False)
    given: GivenAnswers = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self.capacity = Capacity(
            concurrent=settings.concurrent, waiting=settings.waiting, wait_seconds=settings.wait_seconds
        )
        self.given = GivenAnswers(settings.reportable_answers, settings.report_minutes * 60)
        self._readiness: tuple[float, ReadyReply] | None = None
        self._examining = asyncio.Lock()
        self._wrong: dict[str, str] = {}

    async def readiness(self) -> ReadyReply:
        """Whether questions can be answered now; looked at anew after a few seconds, however often it is asked for."""
        async with self._examining:
            if self._readiness is None or monotonic() - self._readiness[0] > _READINESS_SECONDS:
                self._readiness = (monotonic(), await asyncio.to_thread(self._examine))
            return self._readiness[1]

    def _examine(self) -> ReadyReply:
        checks = {
            "store": self._works("store", self.knowledge_base.documents),
            "embedder": self._works("embedder", lambda: self.knowledge_base.search("ready", limit=1)),
            "identity": self._identity(),
        }
        ready = all(check in (OK, KeysState.STALE) for check in checks.values())
        # Without language models answers are verbatim lines, so their state is told and makes nothing unready.
        checks["language_models"] = self._language_models()
        return ReadyReply(ready=ready, checks=checks)

    def _works(self, name: str, call: Callable[[], object]) -> str:
        """Whether something works. What is wrong with it stands in the log, once; a probe is told that it is."""
        try:
            call()
        except (RagkitError, OSError) as error:
            if self._wrong.get(name) != str(error):
                _log.warning("%s: %s", name, error)
            self._wrong[name] = str(error)
            return _UNAVAILABLE
        self._wrong.pop(name, None)
        return OK

    def _language_models(self) -> str:
        states = self.knowledge_base.language_model_states.values()
        failing = sum(state != CircuitState.CLOSED for state in states)
        if not states:
            return "none"
        return f"{failing} of {len(states)} failing" if failing else OK

    def _identity(self) -> str:
        state = self.identity.state
        return OK if state is KeysState.FRESH else state.value


def service_of(request: Request) -> Service:
    """The running service, for routes."""
    service: Service = request.app.state.service
    return service


Running = Annotated[Service, Depends(service_of)]

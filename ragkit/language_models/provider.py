"""One language model behind an OpenAI-compatible server: one request, one reply or the reason why there is none."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from ragkit.deployment.deployment import ProviderSettings, Zone
from ragkit.deployment.zones import zone_of
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import EgressError
from ragkit.language_models.base import ChatRequest
from ragkit.language_models.client import build_client
from ragkit.language_models.failures import Failure, failure_of
from ragkit.language_models.parameters import Parameters
from ragkit.language_models.reading import Asked, ModelReply, finished, first, odd_model, usage_of
from ragkit.language_models.streaming import ReplyStream
from ragkit.language_models.tokens import estimated_input

if TYPE_CHECKING:
    from openai import OpenAI

_MOST_REQUESTS = 6  # a server refuses one parameter at a time


class Provider:
    """One language model. Safe to use from many threads.

    Args:
        settings: which one, and how it is asked.
        policy: where connections may go.

    Raises:
        SettingsError: a file that the settings name cannot be read.
        EgressError: the server's address cannot be read.
    """

    def __init__(self, settings: ProviderSettings, policy: EgressPolicy) -> None:
        self.settings = settings
        self.zone: Zone = zone_of(settings)
        self._parameters = Parameters(settings)
        self._client: OpenAI | None = None
        self._refusal = ""
        try:
            self._client = build_client(settings, policy)
        except EgressError as error:
            self._refusal = str(error)

    def __repr__(self) -> str:
        return f"Provider({self.settings.name!r}, model={self.settings.model!r})"

    @property
    def refusal(self) -> str:
        """Why the policy lets nobody reach it; empty where it may be reached."""
        return self._refusal

    @property
    def client(self) -> OpenAI:
        """The OpenAI client that reaches it.

        Raises:
            EgressError: the policy does not permit it.
        """
        if self._client is None:
            raise EgressError(self._refusal)
        return self._client

    def reply(self, request: ChatRequest, seconds: float) -> Asked:
        """Asks once and waits for the whole reply.

        Args:
            request: what is asked.
            seconds: for the exchange, from connecting to the last byte.

        Returns:
            The reply or the failure, and how many HTTP requests were made: more than one where the server names
            parameters that it does not take.
        """
        sent = self._parameters.of(request, streamed=False)
        for number in range(1, _MOST_REQUESTS + 1):
            result = self._reply(sent, request, seconds)
            again = self._adapted(result, sent, request)
            if again is None or number == _MOST_REQUESTS:
                return Asked(result, number)
            sent = again
        raise AssertionError("the last round returns")

    def stream(self, request: ChatRequest, seconds: float, whole: float | None = None) -> ReplyStream:
        """Asks once; the reply's pieces are handed out as they arrive.

        Args:
            request: what is asked.
            seconds: as for ``reply``, but only until the first piece has come.
            whole: for the whole exchange; as long as ``seconds`` where it is not given.
        """
        end = monotonic() + max(seconds, whole or 0.0)
        sent = self._parameters.of(request, streamed=True)

        def again(refused: Failure) -> dict[str, Any] | None:
            nonlocal sent
            found = self._adapted(refused, sent, request)
            sent = found or sent
            return found

        return ReplyStream(
            request, lambda parameters: self._create(parameters, seconds), sent, end=end, again=again, note=self._note
        )

    def close(self) -> None:
        """Lets go of its connections."""
        if self._client is not None:
            self._client.close()

    def _reply(self, sent: dict[str, Any], request: ChatRequest, seconds: float) -> ModelReply | Failure:
        try:
            completion = self._create(sent, seconds)
            choice = first(completion.choices)
            message = choice.message
            text = message.content if isinstance(message.content, str) else ""
            return finished(
                text,
                choice.finish_reason,
                message.refusal,
                usage_of(completion.usage, estimated_input(request.messages), text),
                wants_json=request.schema is not None,
                note=self._note(completion.model),
            )
        except Exception as error:
            return failure_of(error)

    def _adapted(
        self, result: ModelReply | Failure, sent: dict[str, Any], request: ChatRequest
    ) -> dict[str, Any] | None:
        if isinstance(result, Failure) and result.parameter:
            return self._parameters.without(result.parameter, sent, request)
        return None

    def _note(self, model: object) -> str:
        return "" if self.settings.kind == "azure" else odd_model(self.settings.model, model)

    def _create(self, sent: dict[str, Any], seconds: float) -> Any:
        import httpx2

        timeout = httpx2.Timeout(seconds, connect=min(self.settings.connect_seconds, seconds))
        return self.client.chat.completions.create(**sent, timeout=timeout)

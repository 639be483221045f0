"""What a language model is asked and what it gives, whichever server it runs behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Literal, Protocol, TypeVar

from ragkit.errors import LanguageModelError
from ragkit.language_models.deadline import Deadline

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a language model is asked.

    Attributes:
        messages: instructions and data.
        purpose: "compose", "retry" or "standalone_question"; for traces and metrics.
        schema_name, schema: the JSON schema of the reply; None for free text.
        cache_text: what the messages say without the request's random delimiter: the part of the cache's key that
            stands for them. None: the reply is not kept.
        sampling: further parameters of the request ("temperature", "seed").
    """

    messages: tuple[Message, ...]
    purpose: str
    schema_name: str = ""
    schema: Mapping[str, Any] | None = None
    cache_text: str | None = None
    sampling: Mapping[str, Any] = field(default_factory=lambda: {"temperature": 0})


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What a language model replied. Its text is data of unknown truth.

    Attributes:
        text: the reply.
        provider, model: as the settings name them.
        input_tokens, output_tokens: as the server counted them; estimated where it did not.
        cost: by the provider's prices.
        from_cache: nobody was asked.
    """

    text: str
    provider: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    from_cache: bool = False


class Outcome(StrEnum):
    """How the attempt to get a reply from one provider ended."""

    REPLIED = "replied"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR = "server_error"
    REJECTED = "rejected"
    """The server refused the request (a wrong key, a wrong model name, a request that it cannot read)."""
    REFUSED = "refused"
    """The model declined to reply."""
    UNUSABLE = "unusable"
    """The reply was empty, no JSON, of another form than asked for, or too long."""
    CIRCUIT_OPEN = "circuit_open"
    BUSY = "busy"
    OVER_BUDGET = "over_budget"
    NOT_PERMITTED = "not_permitted"
    """The deployment's profile keeps this question or these documents from going there."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of asking one provider, retries included.

    Attributes:
        provider, model: as the settings name them.
        outcome: how it ended.
        detail: one plain sentence, without keys, addresses' credentials or the words of question and reply.
        requests: how many HTTP requests were made.
        milliseconds: how long it took.
        input_tokens, output_tokens, cost, from_cache: of the reply; 0 where there is none.
    """

    provider: str
    model: str
    outcome: Outcome
    detail: str = ""
    requests: int = 0
    milliseconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class Completion(Generic[Value]):
    """A reply that was accepted.

    Attributes:
        value: what ``accept`` made of the reply's text.
        reply: the reply.
        attempts: every provider that was tried, in order; the last one replied.
    """

    value: Value
    reply: ChatReply
    attempts: tuple[Attempt, ...]


class UnusableReplyError(LanguageModelError):
    """Raised by ``accept``: the reply is not what was asked for; the next provider is asked."""


class NoReplyError(LanguageModelError):
    """No provider gave a usable reply.

    Attributes:
        attempts: every provider that was tried or passed over, in order.
    """

    def __init__(self, message: str, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(message)
        self.attempts = attempts


class LanguageModels(Protocol):
    """All language models of a deployment behind one door. Safe to use from many threads.

    Attributes:
        fingerprint: of providers, models and parameters; part of an answer's configuration.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    def complete(
        self, request: ChatRequest, accept: Callable[[str], Value], *, deadline: Deadline, confined: bool
    ) -> Completion[Value]:
        """The first reply that ``accept`` takes.

        Args:
            request: what is asked.
            accept: turns the reply's text into a value, or raises ``UnusableReplyError``.
            deadline: for all providers and retries together.
            confined: True where the question or the lines must not leave the premises.

        Raises:
            NoReplyError: nobody gave a usable reply in time.
        """
        ...

    def stream(
        self,
        request: ChatRequest,
        *,
        deadline: Deadline,
        confined: bool,
        on_attempt: Callable[[Attempt], None],
        accept: Callable[[str], object] | None = None,
    ) -> Iterator[str]:
        """The reply of the first provider that begins to reply, piece by piece as it arrives.

        Args:
            request: what is asked.
            deadline: for the whole reply.
            confined: as for ``complete``.
            on_attempt: called with each attempt when it has ended, the successful one last.
            accept: as for ``complete``, called with the whole reply at its end; what it takes is kept.
                Without it a streamed reply is not kept.

        Raises:
            NoReplyError: nobody began to reply, or the reply broke off; pieces that came before stay valid.
        """
        ...

    def forget_all(self) -> bool:
        """Throws every reply away that was kept: called where a document is purged, whose words they may repeat.

        Returns:
            Whether that worked; True where nothing is kept.
        """
        ...

    def close(self) -> None:
        """Lets go of all connections."""
        ...

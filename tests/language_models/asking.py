"""Short ways for these tests to ask language models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ragkit.deployment.deployment import Deployment, ProviderSettings
from ragkit.egress.policy import EgressPolicy
from ragkit.language_models.base import (
    Attempt,
    ChatRequest,
    Completion,
    LanguageModels,
    Message,
    NoReplyError,
    UnusableReplyError,
)
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.router import build_language_models

SECRET_WORDS = "Where is the zyxomel cupboard?"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["answers"],
    "properties": {"answers": {"type": "boolean"}},
}
REQUEST = ChatRequest(
    messages=(Message("system", "Reply with JSON."), Message("user", SECRET_WORDS)),
    purpose="compose",
    schema_name="reply",
    schema=SCHEMA,
    cache_text=SECRET_WORDS,
)
TEXT_REQUEST = ChatRequest(messages=REQUEST.messages, purpose="compose")
GOOD = {"answers": True}


def accept(text: str) -> dict[str, Any]:
    """Takes what fits the schema."""
    value = json.loads(text)
    if not isinstance(value.get("answers"), bool):
        raise UnusableReplyError("no answers")
    return dict(value)


@contextmanager
def language_models(*providers: ProviderSettings, **settings: Any) -> Iterator[LanguageModels]:
    """The models of a local deployment with these providers."""
    deployment = Deployment(providers=providers, **settings)
    models = build_language_models(deployment, EgressPolicy.of(deployment))
    try:
        yield models
    finally:
        models.close()


def ask(
    models: LanguageModels, request: ChatRequest = REQUEST, *, seconds: float = 10.0, confined: bool = False
) -> Completion[dict[str, Any]]:
    """Asks, and takes what fits the schema."""
    return models.complete(request, accept, deadline=Deadline.after(seconds), confined=confined)


def attempts(models: LanguageModels, request: ChatRequest = REQUEST, **options: Any) -> tuple[Attempt, ...]:
    """Who was asked, and how it ended, reply or not."""
    try:
        return ask(models, request, **options).attempts
    except NoReplyError as error:
        return error.attempts


class Streamed:
    """A streamed reply, read to its end."""

    def __init__(
        self,
        models: LanguageModels,
        request: ChatRequest = TEXT_REQUEST,
        *,
        seconds: float = 10.0,
        confined: bool = False,
        accept: Callable[[str], object] | None = None,
    ) -> None:
        self.pieces: list[str] = []
        self.attempts: list[Attempt] = []
        self.error: NoReplyError | None = None
        told: Callable[[Attempt], None] = self.attempts.append
        try:
            self.pieces.extend(
                models.stream(
                    request, deadline=Deadline.after(seconds), confined=confined, on_attempt=told, accept=accept
                )
            )
        except NoReplyError as error:
            self.error = error

    @property
    def text(self) -> str:
        """All pieces."""
        return "".join(self.pieces)

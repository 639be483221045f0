"""Whether a language model can be used: reached, with this key, under this name, and does it keep to a JSON schema."""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import monotonic
from typing import Any

from ragkit.deployment.deployment import ProviderSettings
from ragkit.egress.policy import EgressPolicy
from ragkit.language_models.base import ChatRequest, Message, Outcome
from ragkit.language_models.failures import Failure
from ragkit.language_models.provider import Provider
from ragkit.language_models.reading import ModelReply, shown_name

_MOST_NAMES = 50
_NOT_THERE = frozenset({Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.NOT_PERMITTED})
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["ready", "lines"],
    "properties": {"ready": {"type": "boolean"}, "lines": {"type": "array", "items": {"type": "integer"}}},
}
_QUESTION = ChatRequest(
    messages=(
        Message("system", "You reply with one JSON object."),
        Message("user", 'Say that you are ready, with the line numbers 1 and 2: {"ready": true, "lines": [1, 2]}'),
    ),
    purpose="probe",
    schema_name="probe",
    schema=_SCHEMA,
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found out about a language model. None: not known, since something before it failed.

    Attributes:
        provider: as the settings name it.
        model: as the settings name it.
        reachable: the server replies.
        key_accepted: it takes the key, or wants none.
        model_known: it has a model of that name.
        schema_honoured: the model's reply fits the JSON schema that it was asked for.
        outcome: of the request.
        detail: one plain sentence where something is wrong; empty where all is well.
        models: names that the server lists, where the model is not known to it.
        milliseconds: how long the model took to reply.
    """

    provider: str
    model: str
    reachable: bool | None
    key_accepted: bool | None
    model_known: bool | None
    schema_honoured: bool | None
    outcome: Outcome
    detail: str = ""
    models: tuple[str, ...] = ()
    milliseconds: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether answers can be composed with it."""
        return self.outcome is Outcome.REPLIED and self.schema_honoured is True


def probe(settings: ProviderSettings, policy: EgressPolicy, *, seconds: float = 15.0) -> Probe:
    """Asks a language model one short question (some sixty tokens, at its usual price).

    Args:
        settings: which one.
        policy: where connections may go.
        seconds: for the reply; a server that loads its model first may need a minute.

    Raises:
        SettingsError: a file that the settings name cannot be read.
        EgressError: the server's address cannot be read.
    """
    provider = Provider(settings, policy)
    try:
        started = monotonic()
        result = provider.reply(_QUESTION, seconds).result
        milliseconds = (monotonic() - started) * 1000
        if isinstance(result, ModelReply):
            return _of_reply(settings, result, milliseconds)
        return _of_failure(settings, result, provider, milliseconds)
    finally:
        provider.close()


def _of_reply(settings: ProviderSettings, reply: ModelReply, milliseconds: float) -> Probe:
    honoured = _fits(json.loads(reply.text))
    detail = reply.note if honoured else "The model replies with JSON, but does not keep to the schema."
    known = not reply.note
    outcome = Outcome.REPLIED
    return Probe(settings.name, settings.model, True, True, known, honoured, outcome, detail, (), milliseconds)


def _of_failure(settings: ProviderSettings, failure: Failure, provider: Provider, milliseconds: float) -> Probe:
    reachable, key, known = _found_out(failure)
    return Probe(
        settings.name,
        settings.model,
        reachable,
        key,
        known,
        False if failure.outcome is Outcome.UNUSABLE and known else None,
        failure.outcome,
        failure.detail,
        _listed(provider) if known is False else (),
        milliseconds,
    )


def _found_out(failure: Failure) -> tuple[bool | None, bool | None, bool | None]:
    """Whether the server is reachable, takes the key, and knows the model."""
    if failure.outcome in _NOT_THERE:
        return False, None, None
    if failure.status is None:
        if failure.outcome is Outcome.REJECTED:
            return None, False, None  # there is no key: nothing was sent
        return (True, True, True) if failure.spent else (True, None, None)  # where a model did reply, or not
    if failure.status in (401, 403):
        return True, False, None
    if failure.status >= 500:
        return True, None, None
    return True, True, False if failure.status == 404 else None


def _listed(provider: Provider) -> tuple[str, ...]:
    """The models that the server says it has; nothing where it does not say."""
    try:
        listed = provider.client.models.list(timeout=5.0).data
        return tuple(shown_name(model.id) for model in listed[:_MOST_NAMES])
    except Exception:  # the probe has failed already; why is known
        return ()


def _fits(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"ready", "lines"} or not isinstance(value["ready"], bool):
        return False
    return isinstance(value["lines"], list) and all(type(number) is int for number in value["lines"])

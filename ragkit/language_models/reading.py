"""From a server's chat completion to the model's text, or to why there is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragkit.language_models.base import Outcome
from ragkit.language_models.failures import Failure
from ragkit.language_models.tokens import Usage, estimated_tokens

_MOST_TOKENS = 100_000_000
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@")


@dataclass(frozen=True, slots=True)
class ModelReply:
    """A complete reply of a model.

    Attributes:
        text: what it says; where JSON was asked for, the JSON alone.
        usage: as the server counted it, or estimated.
        note: what is odd about it, one plain sentence; mostly nothing.
    """

    text: str
    usage: Usage
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking once.

    Attributes:
        result: the reply, or why there is none.
        requests: HTTP requests that were made for it.
    """

    result: ModelReply | Failure
    requests: int


def finished(
    text: str, finish_reason: str | None, refusal: str | None, usage: Usage, *, wants_json: bool, note: str = ""
) -> ModelReply | Failure:
    """A reply that has come to its end.

    Args:
        text: all of its words.
        finish_reason: as the server gives it.
        refusal: as the server gives it.
        usage: its tokens.
        wants_json: whether JSON was asked for.
        note: what is odd about it.
    """
    if refusal or finish_reason == "content_filter":
        return Failure(Outcome.REFUSED, "The model declined to reply.", was_read=True, spent=usage)
    if finish_reason == "length":
        detail = f"The reply was cut short at {usage.output_tokens:,} tokens (output_tokens)."
        return Failure(Outcome.UNUSABLE, detail, was_read=True, spent=usage)
    if not text.strip():
        return Failure(Outcome.UNUSABLE, "The reply is empty.", was_read=True, spent=usage)
    if not wants_json:
        return ModelReply(text, usage, note)
    found = json_in(text)
    if found is None:
        return Failure(Outcome.UNUSABLE, "The reply is no JSON.", was_read=True, spent=usage)
    return ModelReply(found, usage, note)


def json_in(text: str) -> str | None:
    """The JSON object of a reply, without the fences, words and thoughts that some models put around it.

    Returns:
        The object's text; None where there is none.
    """
    stripped = text.strip()
    said = stripped.partition("</think>")[2].strip() if stripped.startswith("<think>") else stripped
    for candidate in (said, _between_braces(said)):
        if candidate.startswith("{") and _is_json(candidate):
            return candidate
    return None


def usage_of(counted: Any, sent: int, text: str) -> Usage:
    """The server's count of tokens where it makes sense, an estimate where it does not.

    Args:
        counted: ``usage`` of a completion, or None.
        sent: an estimate of the request's tokens.
        text: the reply.
    """
    given = _whole(getattr(counted, "prompt_tokens", None))
    replied = _whole(getattr(counted, "completion_tokens", None))
    if given is None or replied is None or given == 0:
        return Usage(sent, estimated_tokens(text))
    return Usage(given, replied)


def odd_model(asked: str, replied: object) -> str:
    """A note where another model replied than the one that was asked for.

    A longer name is the same model: services add a date ("gpt-4o" becomes "gpt-4o-2024-08-06"), others a path or tag.
    """
    if not isinstance(replied, str) or not replied or _same(asked, replied):
        return ""
    return f"Another model replied: {shown_name(replied)}."


def shown_name(name: str) -> str:
    """The name of a model as a server gives it, where it looks like one: it may be any text."""
    return name if 0 < len(name) <= 80 and _NAME_CHARACTERS.issuperset(name) else "(no usual name)"


def _same(asked: str, replied: str) -> bool:
    ends = [name.lower().rpartition("/")[2].removesuffix(".gguf") for name in (asked, replied)]
    return ends[0].startswith(ends[1]) or ends[1].startswith(ends[0])


def _between_braces(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _whole(number: object) -> int | None:
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST_TOKENS:
        return number
    return None


def first(choices: object) -> Any:
    """The first choice of a completion, which may have any form; None where there is none."""
    return choices[0] if isinstance(choices, Sequence) and choices else None

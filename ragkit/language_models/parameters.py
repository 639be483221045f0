"""A request as the server wants it: its parameters, and what servers were found not to take."""

from __future__ import annotations

import json
from threading import Lock
from typing import Any

from ragkit.deployment.deployment import ProviderSettings, ReplyFormat
from ragkit.language_models.base import ChatRequest

_DROPPABLE = frozenset({"temperature", "seed", "top_p", "stream_options"})
_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_FORMATS = {ReplyFormat.SCHEMA: ReplyFormat.OBJECT, ReplyFormat.OBJECT_SCHEMA: ReplyFormat.OBJECT}
_WANTED = (
    "Reply with one JSON object that fits the following JSON schema, and with nothing else, no words and no fences "
    "around it:\n"
)


class Parameters:
    """Builds the parameters of a request, and learns from a server's refusals.

    Newer models of OpenAI take ``max_completion_tokens`` and no temperature but their own; other servers take
    ``max_tokens``. A server that names the parameter it does not take (status 400, ``param``) is not sent it again.
    """

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        own = settings.base_url is None or settings.kind == "azure"
        self._limit = "max_completion_tokens" if own else "max_tokens"
        self._format = settings.reply_format
        self._dropped: frozenset[str] = frozenset()
        self._lock = Lock()

    def of(self, request: ChatRequest, *, streamed: bool) -> dict[str, Any]:
        """The keyword arguments of ``client.chat.completions.create``, without its timeout."""
        chosen: dict[str, Any] = {"model": self._settings.model, "messages": self._messages(request)}
        chosen[self._limit] = self._settings.output_tokens
        chosen |= request.sampling
        if request.schema is not None and self._format is not ReplyFormat.TEXT:
            chosen["response_format"] = self._response_format(request.schema_name, dict(request.schema))
        if streamed:
            chosen |= {"stream": True, "stream_options": {"include_usage": True}}
        return {name: value for name, value in chosen.items() if name not in self._dropped}

    def without(self, refused: str | None, sent: dict[str, Any], request: ChatRequest) -> dict[str, Any] | None:
        """What to send instead of a request in which the server did not take a parameter.

        Args:
            refused: the parameter as the server names it ("temperature", "response_format.type").
            sent: what was sent.
            request: what is asked.

        Returns:
            None where there is nothing else to try.
        """
        with self._lock:
            if self.of(request, streamed="stream" in sent) == sent:  # no other thread has learned it meanwhile
                self._learn((refused or "").partition(".")[0])
            again = self.of(request, streamed="stream" in sent)
        return None if again == sent else again

    def _learn(self, name: str) -> None:
        if name == self._limit and _LIMITS[name] not in self._dropped:
            self._dropped |= {name}
            self._limit = _LIMITS[name]
        elif name == "response_format" and self._format is not ReplyFormat.TEXT:
            self._format = _FORMATS.get(self._format, ReplyFormat.TEXT)
        elif name in _DROPPABLE:
            self._dropped |= {name}

    def _response_format(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        if self._format is ReplyFormat.OBJECT:
            return {"type": "json_object"}
        if self._format is ReplyFormat.OBJECT_SCHEMA:
            return {"type": "json_object", "schema": schema}
        named = {"name": name or "reply", "strict": True, "schema": schema}
        return {"type": "json_schema", "json_schema": named}

    def _messages(self, request: ChatRequest) -> list[dict[str, str]]:
        """The messages; where the server does not take the schema, it stands at the end of the instructions."""
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        if request.schema is None or self._format in _FORMATS:
            return messages
        wanted = _WANTED + json.dumps(dict(request.schema), ensure_ascii=False)
        if messages and messages[0]["role"] == "system":
            messages[0] = {"role": "system", "content": f"{messages[0]['content']}\n\n{wanted}"}
            return messages
        return [{"role": "system", "content": wanted}, *messages]

"""One request to the scripted server, and all the ways in which a server can answer it, well or badly."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from time import monotonic
from typing import Any


@dataclass
class RecordedRequest:
    """What a client sent.

    Attributes:
        method, path: path with its query.
        headers: names in small letters.
        body: the parsed JSON; None where there was none.
        raw: the body's bytes.
        at: the monotonic clock when it had been read.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes
    at: float = field(default_factory=monotonic)

    @property
    def is_chat(self) -> bool:
        """Whether it asks for a chat completion."""
        return self.path.partition("?")[0].endswith("/chat/completions")

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of a chat request."""
        return list((self.body or {}).get("messages", ()))

    @property
    def text(self) -> str:
        """All that the messages say, one after another."""
        return "\n".join(str(message.get("content", "")) for message in self.messages)

    @property
    def streamed(self) -> bool:
        """Whether the reply is wanted piece by piece."""
        return bool((self.body or {}).get("stream"))

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema that the reply has to fit, where one was given."""
        wanted = (self.body or {}).get("response_format") or {}
        return (wanted.get("json_schema") or {}).get("schema")


class Exchange:
    """One request and the open connection it came by. A behaviour gets it and answers, or does not."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: RecordedRequest, released: threading.Event) -> None:
        self.request = request
        self.released = released
        self.on_reply: Callable[[], None] = lambda: None
        """Called when the reply begins."""
        self._handler = handler

    def wait(self, seconds: float | None) -> bool:
        """Waits; True where the server was released or closed meanwhile."""
        return self.released.wait(seconds)

    def send_json(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """A whole JSON reply."""
        self.send_bytes(json.dumps(value).encode(), status, headers)

    def send_bytes(
        self,
        body: bytes,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        """A whole reply of any bytes."""
        self.begin(status, {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})})
        self.write(body)

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Status line and headers only."""
        self.on_reply()
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def begin_stream(self) -> None:
        """The head of a reply that comes piece by piece, as server-sent events."""
        self.begin(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})

    def send_event(self, value: Any) -> None:
        """One server-sent event: a value as JSON, or a string as it is."""
        data = value if isinstance(value, str) else json.dumps(value)
        self.write_chunk(f"data: {data}\n\n".encode())

    def write_chunk(self, data: bytes) -> None:
        """One piece of a chunked reply; an empty one ends it."""
        self.write(b"%x\r\n%s\r\n" % (len(data), data))

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def reset(self) -> None:
        """Breaks the connection off: the client sees "connection reset by peer"."""
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._handler.close_connection = True
        self._handler.rfile.close()
        connection.close()

    def hang_up(self) -> None:
        """Closes the connection in an orderly way, whatever was promised."""
        self._handler.close_connection = True
        self._handler.connection.shutdown(socket.SHUT_RDWR)


def completion(
    request: RecordedRequest, content: str | None, *, finish_reason: str = "stop", model: str | None = None, **more: Any
) -> dict[str, Any]:
    """A chat completion as OpenAI's service sends it; ``more`` goes into the message ("refusal")."""
    asked, replied = len(request.text) // 4, len(content or "") // 4
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model or request.body.get("model", "scripted"),
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": content, "refusal": None, **more},
            }
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": replied, "total_tokens": asked + replied},
    }


def completion_pieces(whole: dict[str, Any], characters: int, with_usage: bool) -> Iterator[dict[str, Any]]:
    """The same completion as the events of a stream, so many characters each."""
    choice = whole["choices"][0]
    message = choice["message"]
    frame = {key: whole[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}

    def event(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}

    yield event({"role": "assistant", "content": ""})
    if message.get("refusal"):
        yield event({"refusal": message["refusal"]})
    text = message.get("content") or ""
    for start in range(0, len(text), characters):
        yield event({"content": text[start : start + characters]})
    yield event({}, choice["finish_reason"])
    if with_usage and whole.get("usage"):
        yield {**frame, "choices": [], "usage": whole["usage"]}

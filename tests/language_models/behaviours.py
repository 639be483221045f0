"""What a scripted server does with a request: replies of every kind and every fault of a real one.

A behaviour is a callable that gets an ``Exchange``. ``says`` takes a text, a JSON value, or a function of the request
that returns one of them: so a test scripts what the "model" does with the lines it was given.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.language_models.exchange import Exchange, RecordedRequest, completion, completion_pieces

Behaviour = Callable[[Exchange], None]
Content = str | dict[str, Any] | list[Any]


def says(
    content: Content | Callable[[RecordedRequest], Content],
    *,
    finish_reason: str = "stop",
    model: str | None = None,
    usage: bool = True,
    characters: int = 12,
    pause: float = 0.0,
) -> Behaviour:
    """A good reply (or a bad one that looks good).

    Args:
        content: the reply's text; anything else is written as JSON. A function gets the request first.
        finish_reason: "length" for a reply that was cut short.
        model: the name that the reply gives; the one that was asked for by default.
        usage: whether tokens are counted.
        characters: of one piece, where the reply is streamed.
        pause: seconds before each piece.
    """

    def behave(exchange: Exchange) -> None:
        value = content(exchange.request) if callable(content) else content
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        whole = completion(exchange.request, text, finish_reason=finish_reason, model=model)
        if not usage:
            del whole["usage"]
        _send(exchange, whole, characters, pause)

    return behave


def refuses(words: str = "I cannot help with that.") -> Behaviour:
    """The model declines: ``message.refusal``, no content."""
    return lambda exchange: _send(exchange, completion(exchange.request, None, refusal=words))


def filtered() -> Behaviour:
    """The service's content filter took the reply away."""
    return says("", finish_reason="content_filter")


def empty() -> Behaviour:
    """A reply without a word."""
    return says("")


def cut_short(text: str = '{"answers": true, "statements": [{"text": "Give the') -> Behaviour:
    """A reply that hit the limit of its length."""
    return says(text, finish_reason="length")


def huge(megabytes: int = 10) -> Behaviour:
    """Text without end."""
    return says("All work and no play. " * (megabytes * 1_000_000 // 22 + 1), characters=60_000)


def without_choices() -> Behaviour:
    """JSON of the wrong form: no choices."""
    return lambda exchange: exchange.send_json({"id": "x", "object": "chat.completion", "choices": []})


def not_json() -> Behaviour:
    """A reply with status 200 that is a login page."""
    return lambda exchange: exchange.send_bytes(b"<html><body>Please log in</body></html>", content_type="text/html")


def broken_json() -> Behaviour:
    """A reply with status 200 whose JSON breaks off."""
    return lambda exchange: exchange.send_bytes(b'{"id": "x", "choices": [{"index": 0, "mess')


def fails(status: int, words: str = "Something went wrong.", **headers: str) -> Behaviour:
    """An error as OpenAI's service reports it. ``retry_after="3"`` becomes the header Retry-After."""
    sent = {name.replace("_", "-").title(): value for name, value in headers.items()}

    def behave(exchange: Exchange) -> None:
        exchange.send_json({"error": {"message": words, "type": "error", "code": None, "param": None}}, status, sent)

    return behave


def too_many(retry_after: str | None = None) -> Behaviour:
    """Status 429."""
    return fails(429, "Rate limit reached.", **({"retry_after": retry_after} if retry_after is not None else {}))


def wrong_key() -> Behaviour:
    """Status 401, with the key in the server's words, as OpenAI's service does it."""

    def behave(exchange: Exchange) -> None:
        sent = exchange.request.headers.get("authorization") or exchange.request.headers.get("api-key", "")
        fails(401, f"Incorrect API key provided: {sent.removeprefix('Bearer ')}.")(exchange)

    return behave


def unknown_model() -> Behaviour:
    """Status 404: no model of that name."""

    def behave(exchange: Exchange) -> None:
        name = (exchange.request.body or {}).get("model")
        error = {"message": f"The model `{name}` does not exist", "type": "invalid_request_error"}
        exchange.send_json({"error": {**error, "code": "model_not_found", "param": None}}, 404)

    return behave


def hangs() -> Behaviour:
    """Nothing comes until the server is released or closed; then the connection is closed."""

    def behave(exchange: Exchange) -> None:
        exchange.wait(None)
        exchange.hang_up()

    return behave


def hangs_in_stream(text: str = "Give 5 mg", characters: int = 4) -> Behaviour:
    """Some pieces come, then nothing more until the server is released or closed."""

    def behave(exchange: Exchange) -> None:
        _send_some(exchange, text, characters)
        exchange.wait(None)
        exchange.hang_up()

    return behave


def resets() -> Behaviour:
    """The connection is reset before a byte of the reply was sent."""
    return lambda exchange: exchange.reset()


def resets_in_stream(text: str = "Give 5 mg", characters: int = 4) -> Behaviour:
    """The connection is reset after some pieces (of a reply that was promised whole: after some of its bytes)."""

    def behave(exchange: Exchange) -> None:
        _send_some(exchange, text, characters)
        exchange.wait(0.2)  # a reset overtakes what was sent just before it; the client should have read that
        exchange.reset()

    return behave


def drips(text: str = "Give 5 mg. " * 50, every: float = 0.1) -> Behaviour:
    """The reply comes byte by byte (streamed: a character at a time), slower than anybody waits."""

    def behave(exchange: Exchange) -> None:
        if exchange.request.streamed:
            _send(exchange, completion(exchange.request, text), 1, every)
            return
        body = json.dumps(completion(exchange.request, text)).encode()
        exchange.begin(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
        for place in range(len(body)):
            exchange.write(body[place : place + 1])
            if exchange.wait(every):
                return

    return behave


def redirects(to: str) -> Behaviour:
    """Status 307 to another address: a way around an egress policy, if it is followed."""
    return lambda exchange: exchange.send_bytes(b"", 307, {"Location": to})


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """The same, later."""

    def behave(exchange: Exchange) -> None:
        exchange.wait(seconds)
        behaviour(exchange)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other, then the last one again and again; for one part of ``by_model`` or ``when``."""
    lock, left = threading.Lock(), list(behaviours)

    def behave(exchange: Exchange) -> None:
        with lock:
            chosen = left.pop(0) if len(left) > 1 else left[0]
        chosen(exchange)

    return behave


def by_model(behaviours: Mapping[str, Behaviour]) -> Behaviour:
    """By the model that is asked for; an unknown one gets a 404."""
    return lambda exchange: behaviours.get(exchange.request.body.get("model"), unknown_model())(exchange)


def when(condition: Callable[[RecordedRequest], bool], then: Behaviour, otherwise: Behaviour) -> Behaviour:
    """By what the request says."""
    return lambda exchange: (then if condition(exchange.request) else otherwise)(exchange)


def mixed(behaviours: Sequence[tuple[float, Behaviour]], seed: int = 0) -> Behaviour:
    """By chance, with these weights: ``mixed([(0.8, says(...)), (0.2, fails(500))])``."""
    lock, chance = threading.Lock(), random.Random(seed)
    weights, choices = zip(*behaviours, strict=True)

    def behave(exchange: Exchange) -> None:
        with lock:
            chosen = chance.choices(choices, weights)[0]
        chosen(exchange)

    return behave


def by_schema(request: RecordedRequest) -> Content:
    """The smallest value that fits the request's JSON schema, or "OK" where it has none: for ``says``."""
    return "OK" if request.schema is None else _smallest(request.schema, request.schema)


def _smallest(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        part: Any = root
        for name in schema["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        return _smallest(part, root)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return _smallest(schema[key][0], root)
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _smallest(properties[name], root) for name in schema.get("required", properties)}
    if kind == "array":
        return [_smallest(schema["items"], root)] * schema.get("minItems", 0)
    return {"string": "", "integer": schema.get("minimum", 0), "number": 0.0, "boolean": False, "null": None}[kind]


def _send(exchange: Exchange, whole: dict[str, Any], characters: int = 12, pause: float = 0.0) -> None:
    if not exchange.request.streamed:
        exchange.wait(pause)
        exchange.send_json(whole)
        return
    exchange.begin_stream()
    wanted = (exchange.request.body.get("stream_options") or {}).get("include_usage", False)
    for piece in completion_pieces(whole, characters, wanted):
        if pause and exchange.wait(pause):
            return
        exchange.send_event(piece)
    exchange.send_event("[DONE]")
    exchange.write_chunk(b"")


def _send_some(exchange: Exchange, text: str, characters: int) -> None:
    whole = completion(exchange.request, text)
    if not exchange.request.streamed:
        body = json.dumps(whole).encode()
        exchange.begin(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
        exchange.write(body[: len(body) // 2])
        return
    exchange.begin_stream()
    for piece in list(completion_pieces(whole, characters, with_usage=False))[:-1]:
        exchange.send_event(piece)

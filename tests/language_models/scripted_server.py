"""An OpenAI-compatible server over real HTTP on loopback that does what a test tells it to.

    with ScriptedServer() as server:
        server.script([too_many("1"), says({"answers": False, "statements": []})])
        models = build_language_models(server.deployment(), policy)
        ...
        assert server.chats[0].headers["authorization"] == f"Bearer {server.key}"

It knows chat completions (whole and streamed, also at Azure's addresses), embeddings and the list of models. What it
does with chat requests stands in ``behaviours``. By hand: ``python -m tests.language_models.scripted_server``.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from tests.language_models.behaviours import Behaviour, by_schema, fails, says, wrong_key
from tests.language_models.exchange import Exchange, RecordedRequest

Script = Behaviour | Sequence[Behaviour]


class ScriptedServer:
    """A server in threads of this process, one a connection.

    Args:
        script: what it does with chat requests: a behaviour for every request, or a list of them to be used up one by
            one. Where there is none (or none is left), a good reply that fits the request's schema.
        key: the key that it takes; None takes every one.
        models: the names in its list of models.
        dimensions: of its embeddings.
        port: 0 for a free one.

    Attributes:
        requests: every request so far, in the order in which they arrived.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        key: str | None = None,
        models: Sequence[str] = ("scripted",),
        dimensions: int = 8,
        port: int = 0,
    ) -> None:
        self.key = key
        self.models = tuple(models)
        self.dimensions = dimensions
        self.requests: list[RecordedRequest] = []
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._in_flight = self._most_in_flight = 0
        self._most_connections = 0
        self._connections: set[socket.socket] = set()
        self._always: Behaviour | None = None
        self._left: list[Behaviour] = []
        self.script(script if script is not None else says(by_schema))
        self._http = _HTTPServer(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="scripted-server")

    def script(self, script: Script) -> None:
        """Replaces what is done with the chat requests to come."""
        with self._lock:
            if callable(script):
                self._always, self._left = script, []
            else:
                self._always, self._left = None, list(script)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends everything that hangs, closes every connection."""
        self.release()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()  # waits for the threads of the connections

    def release(self) -> None:
        """Lets go of every request that hangs, now and from now on."""
        self._released.set()

    @property
    def base_url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def port(self) -> int:
        """Its port."""
        return int(self._http.server_address[1])

    @property
    def chats(self) -> list[RecordedRequest]:
        """The chat requests so far."""
        with self._lock:
            return [request for request in self.requests if request.is_chat]

    @property
    def most_in_flight(self) -> int:
        """How many chat requests waited for the beginning of their reply at the same time, at most."""
        return self._most_in_flight

    @property
    def most_connections(self) -> int:
        """How many connections were open at the same time, at most."""
        return self._most_connections

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        with self._lock:
            return len(self._connections)

    def provider(self, name: str = "scripted", **settings: Any) -> ProviderSettings:
        """This server as a provider of a deployment."""
        chosen = {"model": self.models[0], "base_url": self.base_url, "zone": Zone.ON_PREMISES, **settings}
        return ProviderSettings(name=name, **chosen)

    def deployment(self, *providers: ProviderSettings, **settings: Any) -> Deployment:
        """A local deployment with this server as its only language model, or with the providers given."""
        return Deployment(**{"profile": Profile.LOCAL, "providers": providers or (self.provider(),), **settings})

    def answer(self, exchange: Exchange) -> None:
        """Does with a request what the script says."""
        request = exchange.request
        with self._lock:
            self.requests.append(request)
        if not self._takes(request):
            wrong_key()(exchange)
        elif request.is_chat:
            self._answer_chat(exchange)
        elif request.path.partition("?")[0].endswith("/embeddings"):
            exchange.send_json(self._embeddings(request))
        elif request.path.endswith("/models"):
            listed = [{"id": name, "object": "model", "created": 1, "owned_by": "tests"} for name in self.models]
            exchange.send_json({"object": "list", "data": listed})
        else:
            fails(404, "No such address.")(exchange)

    def _answer_chat(self, exchange: Exchange) -> None:
        with self._lock:
            behaviour = self._always or (self._left.pop(0) if self._left else says(by_schema))
            self._in_flight += 1
            self._most_in_flight = max(self._most_in_flight, self._in_flight)
        waiting = [exchange]

        def begun() -> None:  # before the first byte goes out: the client's next request cannot overtake it
            with self._lock:
                if waiting:
                    waiting.clear()
                    self._in_flight -= 1

        exchange.on_reply = begun
        try:
            behaviour(exchange)
        finally:
            begun()

    def _takes(self, request: RecordedRequest) -> bool:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ") or request.headers.get("api-key")
        return self.key is None or sent == self.key

    def _embeddings(self, request: RecordedRequest) -> dict[str, Any]:
        texts = request.body["input"] if isinstance(request.body["input"], list) else [request.body["input"]]
        rows = [
            {"object": "embedding", "index": place, "embedding": self._vector(str(text))}
            for place, text in enumerate(texts)
        ]
        return {"object": "list", "model": request.body.get("model"), "data": rows, "usage": {"total_tokens": 1}}

    def _vector(self, text: str) -> list[float]:
        digest = sha256(text.encode()).digest()
        return [struct.unpack("b", digest[place % 32 : place % 32 + 1])[0] / 128 for place in range(self.dimensions)]

    def connected(self, connection: socket.socket) -> None:
        """Counts a connection that was opened."""
        with self._lock:
            self._connections.add(connection)
            self._most_connections = max(self._most_connections, len(self._connections))

    def disconnected(self, connection: socket.socket) -> None:
        """Counts a connection that was closed."""
        with self._lock:
            self._connections.discard(connection)

    @property
    def released(self) -> threading.Event:
        """Set when nothing shall hang any more."""
        return self._released


class _HTTPServer(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = False

    def __init__(self, address: tuple[str, int], scripted: ScriptedServer) -> None:
        self.scripted = scripted
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.scripted.connected(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.scripted.disconnected(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silent: clients that go away are what these tests are about; a broken script is seen by its missing reply."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HTTPServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
        request = RecordedRequest(self.command, self.path, headers, body, raw)
        scripted = self.server.scripted
        try:
            scripted.answer(Exchange(self, request, scripted.released))
        except (BrokenPipeError, ConnectionError):  # the client went away
            self.close_connection = True

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@contextmanager
def refused_address() -> Iterator[str]:
    """A base URL at which nobody listens: the port is taken, so that no other process gets it meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the server until it is interrupted; every reply fits the schema that it was asked for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--model", default="scripted")
    parser.add_argument("--text", help="the reply, instead of the smallest value that fits the schema")
    chosen = parser.parse_args(arguments)
    script = says(chosen.text) if chosen.text else says(by_schema)
    with ScriptedServer(script, models=(chosen.model,), port=chosen.port) as server, suppress(KeyboardInterrupt):
        print(server.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()

"""Sockets under a policy and a deadline: names looked up in time, loopback names never, no Unix sockets.

These classes stand where httpcore2 would open sockets itself, so that no setting of the client above them (redirects,
proxies, retries) gets around what they keep.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Protocol

import httpcore2

from ragkit.deployment.origin import is_loopback_host
from ragkit.errors import EgressError

_LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")


class Deadline(Protocol):
    """A point in time."""

    @property
    def remaining(self) -> float:
        """Seconds left, 0 where it has passed."""
        ...


class Clock:
    """The seconds that the exchange of the present thread may still take.

    The client's own timeouts start anew with every piece that arrives; this one does not.
    """

    def __init__(self) -> None:
        self._thread = threading.local()

    @contextmanager
    def until(self, end: float) -> Iterator[None]:
        """Within the block, nothing waits beyond ``end`` (of the monotonic clock)."""
        before = getattr(self._thread, "end", None)
        self._thread.end = end
        try:
            yield
        finally:
            self._thread.end = before

    def cap(self, timeout: float | None, error: type[Exception]) -> float | None:
        """The shorter of a timeout and what is left; raises ``error`` where nothing is."""
        end: float | None = getattr(self._thread, "end", None)
        if end is None or end == float("inf"):
            return timeout
        left = end - monotonic()
        if left <= 0:
            raise error("the time for the whole reply is over")
        return left if timeout is None else min(timeout, left)


class Connections(httpcore2.NetworkBackend):
    """Opens connections for httpcore2: to addresses, one after the other, in the time that is left."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connects to the first address of ``host`` that answers; a loopback name leads to this machine, always."""
        timeout = self._clock.cap(timeout, httpcore2.ConnectTimeout)
        end = None if timeout is None else monotonic() + timeout
        addresses = _addresses(host, port, timeout)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for number, address in enumerate(addresses):
            share = None if end is None else max(0.001, (end - monotonic()) / (len(addresses) - number))
            try:
                stream = self._sockets.connect_tcp(address, port, share, local_address, socket_options)
                return _TimedStream(stream, self._clock)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Refuses: the policy knows hosts, and a socket file may lead anywhere."""
        raise EgressError("Unix sockets are not used. Give the server an address, as in 'http://127.0.0.1:8080'.")


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which no read, write or handshake outlasts the exchange it belongs to."""

    def __init__(self, stream: httpcore2.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.cap(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.cap(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        timeout = self._clock.cap(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _addresses(host: str, port: int, timeout: float | None) -> Sequence[str]:
    bare = host.removesuffix(".").lower()
    if not is_loopback_host(bare):
        return _looked_up(host, port, timeout)
    return _LOOPBACK_ADDRESSES if bare.endswith("localhost") else (host,)


def _looked_up(host: str, port: int, timeout: float | None) -> Sequence[str]:
    """The addresses of a name. A resolver cannot be told to hurry, so it works in a thread that may be left behind."""
    found: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([str(row[4][0]) for row in rows])
        except Exception as error:  # whatever a resolver raises, nobody is left waiting
            found.put(OSError(str(error)))

    threading.Thread(target=look_up, daemon=True, name="ragkit-name-lookup").start()
    try:
        result = found.get(timeout=timeout)
    except Empty:
        raise httpcore2.ConnectTimeout(f"the name {host} was not found in time") from None
    if isinstance(result, OSError):
        raise httpcore2.ConnectError(f"the name {host} cannot be found")
    return list(dict.fromkeys(result))

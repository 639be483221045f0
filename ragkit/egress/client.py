"""The one place where HTTP clients are built: every request, and every hop of a redirect, passes the egress policy."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import TypeVar
from weakref import finalize

import httpcore2
import httpx2

from ragkit.deployment.origin import Origin
from ragkit.egress.connections import Clock, Connections, Deadline
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import EgressError, RagkitError, SettingsError

Step = TypeVar("Step")

MAX_REPLY_BYTES = 8_000_000
_TIMEOUT = httpx2.Timeout(60.0, connect=5.0)
_CONNECTIONS = 100
_IDLE_CONNECTIONS = 20
_IDLE_SECONDS = 15.0
_MORE_TIME = "ragkit_allow_until"


class UnusableResponseError(RagkitError):
    """A server's reply is longer than agreed or packed in a way that was not asked for; it was cut off."""


def build_http_client(
    policy: EgressPolicy,
    *,
    timeout: float | httpx2.Timeout | None = None,
    ca_file: str | Path | None = None,
    verify_tls: bool = True,
    max_reply_bytes: int = MAX_REPLY_BYTES,
    deadline: Deadline | None = None,
) -> httpx2.Client:
    """A client for HTTP that reaches what the policy permits and nothing else. Safe to use from many threads.

    It follows no redirects unless a request asks for it (each hop is checked), takes nothing from the environment (no
    proxies, no certificates, no .netrc), opens no Unix sockets, and asks for replies that are not compressed, so that
    their length is what arrives.

    Args:
        policy: what may be reached.
        timeout: seconds, or the client's four timeouts. The read timeout bounds a whole exchange, from the request's
            first byte to the reply's last, not the pause between two pieces: a server that drips cannot outlast it.
        ca_file: certificates to trust instead of the system's and the policy's, PEM.
        verify_tls: False accepts any certificate, of loopback addresses only.
        max_reply_bytes: longer replies are cut off.
        deadline: of all requests of this client together.

    Returns:
        The client. Refusals are raised as ``EgressError``, cut replies as ``UnusableResponseError``, all else as
        errors of ``httpx2``.

    Raises:
        SettingsError: a file of certificates cannot be read.
    """
    transport = _PolicyTransport(policy, _tls(policy, ca_file, verify_tls), verify_tls, max_reply_bytes, deadline)
    client = httpx2.Client(
        transport=transport, timeout=_TIMEOUT if timeout is None else timeout, trust_env=False, follow_redirects=False
    )
    finalize(client, transport.close)  # connections do not outlive a client that nobody closed
    return client


def allow_until(response: httpx2.Response, end: float) -> None:
    """Moves the end of an exchange whose reply is arriving: what has begun to come may be worth waiting for.

    Args:
        response: of a client built here, opened as a stream.
        end: of the monotonic clock; the client's own deadline stays.
    """
    response.extensions[_MORE_TIME](end)


class _PolicyTransport(httpx2.BaseTransport):
    """Checks a request, sends it over ``Connections``, and bounds the reply in bytes and time."""

    def __init__(
        self, policy: EgressPolicy, tls: ssl.SSLContext, verifies: bool, max_bytes: int, deadline: Deadline | None
    ) -> None:
        self._policy = policy
        self._verifies = verifies
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._clock = Clock()
        self._direct = self._pool(tls)
        self._proxied = self._pool(tls, policy.proxy) if policy.proxy else None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        origin = self._policy.check(request.url)
        if origin.scheme == "https" and not self._verifies and not origin.is_loopback:
            raise EgressError(
                f"The certificate of {origin.host} has to be checked: verify_tls may be false for a loopback address "
                "only. Name the hospital's own certificate authority in ca_file."
            )
        pool = self._proxied if self._proxied and self._policy.needs_proxy(origin) else self._direct
        last = float("inf") if self._deadline is None else monotonic() + self._deadline.remaining
        end = min(last, _wanted_end(request))
        request.headers["accept-encoding"] = "identity"
        with self._clock.until(end):
            reply = _translated(lambda: pool.handle_request(_sent(request, origin, end)))
        body = _Body(reply, self._clock, end, last, self._max_bytes, origin.host)
        extensions = {**reply.extensions, _MORE_TIME: body.allow_until}
        response = httpx2.Response(reply.status, headers=reply.headers, stream=body, extensions=extensions)
        try:
            body.check_headers(response.headers)
        except UnusableResponseError:
            body.close()
            raise
        return response

    def close(self) -> None:
        self._direct.close()
        if self._proxied:
            self._proxied.close()

    def _pool(self, tls: ssl.SSLContext, proxy: Origin | None = None) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=tls,
            proxy=httpcore2.Proxy(str(proxy), ssl_context=tls if proxy.scheme == "https" else None) if proxy else None,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=Connections(self._clock),
        )


class _Body(httpx2.SyncByteStream):
    """A reply's bytes as they arrive, counted and timed."""

    def __init__(
        self, reply: httpcore2.Response, clock: Clock, end: float, last: float, max_bytes: int, host: str
    ) -> None:
        self._reply = reply
        self._clock = clock
        self._end = end
        self._last = last
        self._max_bytes = max_bytes
        self._host = host

    def check_headers(self, headers: httpx2.Headers) -> None:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            raise UnusableResponseError(
                f"{self._host} sent a compressed reply, which was not asked for. It was cut off."
            )
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self._max_bytes:
            raise self._too_long()

    def allow_until(self, end: float) -> None:
        self._end = min(end, self._last)

    def __iter__(self) -> Iterator[bytes]:
        pieces = iter(self._reply.stream)  # type: ignore[arg-type]  # of a synchronous pool: not asynchronous
        count = 0
        while True:
            with self._clock.until(self._end):
                piece = _translated(lambda: next(pieces, None))
            if piece is None:
                return
            count += len(piece)
            if count > self._max_bytes:
                self.close()
                raise self._too_long()
            yield piece

    def close(self) -> None:
        self._reply.close()

    def _too_long(self) -> UnusableResponseError:
        return UnusableResponseError(
            f"The reply of {self._host} is longer than {self._max_bytes:,} bytes. It was cut off and not used."
        )


def _wanted_end(request: httpx2.Request) -> float:
    """When the request's read timeout, which is that of the whole exchange, is over."""
    seconds = request.extensions.get("timeout", {}).get("read")
    return float("inf") if seconds is None else monotonic() + float(seconds)


def _sent(request: httpx2.Request, origin: Origin, end: float) -> httpcore2.Request:
    """The request as the pool takes it: to the place that was checked, with no extension that could lead elsewhere."""
    left = end - monotonic()
    limits = request.extensions.get("timeout", {})
    timeouts = {name: left if limits.get(name) is None else min(left, limits[name]) for name in _TIMEOUT.as_dict()}
    if left == float("inf"):
        timeouts = dict(limits)
    elif left <= 0:
        raise httpx2.ConnectTimeout("the time for the whole reply is over", request=request)
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=request.url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions={"timeout": timeouts},
    )


def _translated(step: Callable[[], Step]) -> Step:
    """Does one step; errors of httpcore2 become those of httpx2, which have the same names.

    The new error keeps the words of the old one but not its frames: among their local variables are the request's
    headers with the key in clear, and some loggers print local variables.
    """
    try:
        return step()
    except Exception as error:
        translation = _translation(error)
        if translation is None:
            raise
    raise translation


def _translation(error: Exception) -> Exception | None:
    for kind in type(error).__mro__:
        known = getattr(httpx2, kind.__name__, None)
        if kind.__module__.startswith("httpcore2") and isinstance(known, type) and issubclass(known, Exception):
            return known(str(error))
    return None


def _tls(policy: EgressPolicy, ca_file: str | Path | None, verify: bool) -> ssl.SSLContext:
    context = httpx2.create_ssl_context(verify=verify, trust_env=False)
    if verify and ca_file is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody yet
    for file in (ca_file or policy.ca_file,) if verify else ():
        if file is not None:
            _trust(context, file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _trust(context: ssl.SSLContext, file: str | Path) -> None:
    try:
        context.load_verify_locations(cafile=str(file))
    except OSError:
        raise SettingsError(
            f"The certificates in {file} cannot be read. ca_file is a file of certificates in PEM form "
            "('-----BEGIN CERTIFICATE-----')."
        ) from None

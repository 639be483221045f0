"""Who is let in at all, before it is known who asks: by host name, by how the request came, by network address."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

from ragkit.serving.rest.problems import ProblemError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from ragkit.serving.rest.rates import RateLimits

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_PROBED = ("/health", "/ready", "/metrics")
"""What orchestrators and Prometheus ask for, by the address of the machine."""
_FORWARDING = (b"forwarded", b"x-forwarded-for", b"x-real-ip")


class Gate:
    """Turns requests away by what is around them.

    Args:
        app: what answers the request.
        rates: how many requests one address may make.
        host_names: names under which the server may be called; () for any. With a development user they are those of
            this machine only: otherwise a web page whose name is made to point at 127.0.0.1 could ask and read.
        direct_only: whether a request must come from this machine itself, not through a proxy.
    """

    def __init__(self, app: ASGIApp, *, rates: RateLimits, host_names: tuple[str, ...], direct_only: bool) -> None:
        self._app = app
        self._rates = rates
        self._host_names = frozenset(name.lower() for name in host_names)
        self._direct_only = direct_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            probed = not self._direct_only and scope["path"] in _PROBED
            if self._host_names and not probed and _host_name(headers.get(b"host", b"")) not in self._host_names:
                raise ProblemError(
                    HTTPStatus.MISDIRECTED_REQUEST, "wrong-host", "This server is not called by that name."
                )
            if self._direct_only and not is_direct(scope):
                raise ProblemError(
                    HTTPStatus.FORBIDDEN,
                    "not-direct",
                    "This server has a development user and answers programs on its own machine only.",
                )
            self._rates.count_address(address_of(scope))
        await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """The network address that a request came from; a trusted proxy's word is in it already."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def is_direct(scope: Scope) -> bool:
    """Whether a request came from this machine, and nothing says that it was passed on from another one."""
    try:
        loopback = ip_address(address_of(scope)).is_loopback
    except ValueError:
        loopback = False
    names = {name for name, _ in scope["headers"]}
    return loopback and names.isdisjoint(_FORWARDING)


def _host_name(header: bytes) -> str:
    """The name in a Host header, without its port."""
    text = header.decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]

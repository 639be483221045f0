"""How agents reach the server: over the pipes of a process that they start, or over HTTP with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.auth.settings import AuthSettings
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl, ValidationError

from ragkit.deployment.server import ServerSettings
from ragkit.errors import SettingsError
from ragkit.serving.identity import Identity
from ragkit.serving.mcp.identity import BearerTokens

if TYPE_CHECKING:
    from starlette.applications import Starlette

PATH = "/mcp"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def serve_over_pipes(server: Server[Any]) -> None:
    """Serves the one who started this process over stdin and stdout, until stdin closes.

    Whatever else is written to stdout meanwhile goes to stderr: the protocol has stdout for itself.
    """

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)


def http_app(server: Server[Any], settings: ServerSettings, identity: Identity, *, url: str) -> Starlette:
    """The server as an ASGI application that wants a verified token with every request.

    It keeps no sessions: each request is answered as the user of its own token. Requests that name another host, or
    come from a web page that is not listed, are turned away (DNS rebinding).

    Args:
        server: what is served.
        settings: the deployment's ``[server]`` table.
        identity: who a token belongs to.
        url: the address under which clients know the server, "https://policies.example/mcp".

    Raises:
        SettingsError: the issuer or ``url`` is no web address.
    """
    return server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        max_request_body_size=settings.body_bytes,
        transport_security=_hosts(settings),
        auth=_authorization(settings, url),
        token_verifier=BearerTokens(identity),
    )


def serve_over_http(app: Starlette, *, host: str, port: int, settings: ServerSettings) -> None:
    """Serves the application until the process is told to stop.

    Raises:
        SettingsError: uvicorn is not installed.
    """
    try:
        import uvicorn
    except ImportError:
        raise SettingsError("Serving over HTTP needs uvicorn: pip install ragkit[mcp,serve]") from None
    configuration = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    uvicorn.Server(configuration).run()


def _hosts(settings: ServerSettings) -> TransportSecuritySettings:
    names = (*_LOOPBACK, *settings.host_names)
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[allowed for name in names for allowed in (name, f"{name}:*")],
        allowed_origins=[f"http://{name}:*" for name in _LOOPBACK] + list(settings.allowed_origins),
    )


def _authorization(settings: ServerSettings, url: str) -> AuthSettings:
    """Where clients sign in, and that the token's audience is checked by ragkit's own verifier."""
    if settings.identity is None:
        raise SettingsError(
            "Over HTTP, users are known by their tokens: name the sign-on in the deployment's [server.identity] table."
        )
    try:
        return AuthSettings(
            issuer_url=AnyHttpUrl(settings.identity.issuer),
            resource_server_url=AnyHttpUrl(url),
            validate_token_resource=False,
        )
    except ValidationError:
        raise SettingsError(
            f"The issuer {settings.identity.issuer!r} or the server's address {url!r} is no web address."
        ) from None

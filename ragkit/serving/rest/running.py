"""Runs the application with uvicorn: one process, no access log of its own, an end that lets running answers finish."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from ragkit.access.user import User
from ragkit.deployment.server import ServerSettings
from ragkit.errors import SettingsError
from ragkit.serving.identity import DevelopmentUser, Identity, TokenVerifier

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ragkit.egress.policy import EgressPolicy

_CONNECTIONS = 1000
_LONGEST_HEAD = 32_768
_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "ragkit": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}


def choose_identity(
    settings: ServerSettings, policy: EgressPolicy, *, host: str, dev_user: str | None, dev_roles: tuple[str, ...] = ()
) -> Identity:
    """Where users come from: tokens, or one development user on this machine alone.

    Args:
        settings: the server's.
        policy: where connections may go, for the keys.
        host: the address that is listened at.
        dev_user: the development user's name; None for none.
        dev_roles: the development user's roles.

    Raises:
        SettingsError: there is no source of identity, there are two, or the development user could be reached from
            other machines.
    """
    if dev_user is None:
        if dev_roles:
            raise SettingsError("--dev-role gives roles to a --dev-user, and none is named.")
        if settings.identity is None:
            raise SettingsError(
                "Nobody could ask: there is no source of identity. Name the sign-on in the deployment's "
                "[server.identity] table (docs/serving.md has an example), or, on your own machine, a --dev-user."
            )
        return TokenVerifier.of(settings.identity, policy)
    if settings.identity is not None:
        raise SettingsError("The deployment names a sign-on, and --dev-user would get around it. Use one of them.")
    if not is_loopback(host):
        raise SettingsError(
            f"--dev-user lets whoever can reach the server read as {dev_user!r}, so it listens at 127.0.0.1 only, not "
            f"at {host}. For others, name the sign-on in the deployment's [server.identity] table."
        )
    return DevelopmentUser(User(dev_user, roles=frozenset(dev_roles)))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens at this address."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class RestServer(uvicorn.Server):
    """A uvicorn server that says when it listens.

    Args:
        app: the application.
        settings: the server's.
        host, port: where it listens; port 0 takes any that is free.
        certificate, key: for TLS, PEM files; None where a reverse proxy ends TLS.
        on_listening: called with the address once requests are taken.
        sets_up_logs: whether the program's logs are sent to stderr, one line a request; False leaves them as they are.
    """

    def __init__(
        self,
        app: FastAPI,
        settings: ServerSettings,
        *,
        host: str,
        port: int,
        certificate: Path | None = None,
        key: Path | None = None,
        on_listening: Callable[[str], None] = lambda address: None,
        sets_up_logs: bool = True,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host.strip("[]"),
                port=port,
                ssl_certfile=certificate,
                ssl_keyfile=key,
                access_log=False,
                log_config=_LOGGING if sets_up_logs else None,
                server_header=False,
                http="h11",  # the other parser knows no limit for headers
                ws="none",
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                limit_concurrency=_CONNECTIONS,
                h11_max_incomplete_event_size=_LONGEST_HEAD,
                timeout_graceful_shutdown=settings.shutdown_seconds,
            )
        )
        self._scheme = "https" if certificate else "http"
        self._on_listening = on_listening

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """As uvicorn's, then says where it listens."""
        await super().startup(sockets)
        if self.started and self.servers:
            host, port, *_ = self.servers[0].sockets[0].getsockname()
            self._on_listening(f"{self._scheme}://{f'[{host}]' if ':' in host else host}:{port}")

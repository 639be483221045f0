"""``ragkit serve``: the knowledge base for other programs, over HTTP."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ragkit.cli.exit_codes import ExitCode
from ragkit.cli.options import DeploymentFile, Folder
from ragkit.errors import RagkitError, SettingsError

if TYPE_CHECKING:
    from ragkit.deployment.deployment import Deployment
    from ragkit.serving.identity import Identity
    from ragkit.settings import AccessMode

_err = Console(stderr=True, soft_wrap=True)
_ADDRESS = "<address>"


def serve(
    kb: Folder,
    deployment: DeploymentFile = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")] = 8000,
    access: Annotated[
        str,
        typer.Option(
            "--access",
            help="'enforced': documents that say they are public or for staff, or that a role of the token opens; "
            "'open': also those that name no role.",
        ),
    ] = "enforced",
    dev_user: Annotated[
        str | None,
        typer.Option("--dev-user", help="Development only, at 127.0.0.1 only: everybody who asks is this user."),
    ] = None,
    dev_role: Annotated[
        list[str] | None, typer.Option("--dev-role", help="A role of the --dev-user; repeat it for several.")
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", help="PEM file, to serve https directly.", exists=True)
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", help="PEM file of the certificate's key.", exists=True)
    ] = None,
) -> None:
    """Serve answers, search and documents over HTTP; who asks is known by the token of the hospital's sign-on.

    One process; questions are answered in parallel by its threads. docs/serving.md says how to run it.
    """
    try:
        _serve(kb, deployment, host, port, access, dev_user, tuple(dev_role or ()), (tls_certificate, tls_key))
    except RagkitError as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        code = ExitCode.WRONG_USAGE if isinstance(error, SettingsError) else ExitCode.DONE_WITH_FAILURES
        raise typer.Exit(code) from None


def _serve(
    folder: Path,
    deployment_file: Path | None,
    host: str,
    port: int,
    access: str,
    dev_user: str | None,
    dev_roles: tuple[str, ...],
    tls: tuple[Path | None, Path | None],
) -> None:
    if any(find_spec(name) is None for name in ("fastapi", "uvicorn", "limits", "prometheus_client", "jwt")):
        raise SettingsError("The server needs its packages: pip install ragkit[serve]")
    if not folder.is_dir():
        raise SettingsError(f"There is no knowledge base at {folder}; make one: ragkit ingest PATH --kb {folder}")
    if (tls[0] is None) != (tls[1] is None):
        raise SettingsError("--tls-certificate and --tls-key go together.")
    from ragkit.deployment.loading import checked_deployment
    from ragkit.egress.policy import EgressPolicy
    from ragkit.knowledge_base import KnowledgeBase
    from ragkit.serving.rest.app import create_app
    from ragkit.serving.rest.running import RestServer, choose_identity

    mode, settings = _mode(access), checked_deployment(deployment_file)
    identity = choose_identity(
        settings.server, EgressPolicy.of(settings), host=host, dev_user=dev_user, dev_roles=dev_roles
    )
    base = KnowledgeBase.open(folder, access=mode, deployment=settings, read_only=True)
    with base:
        _ = base.language_model_states  # raises now, with a plain message, where they cannot be used as they are set up
        app = create_app(lambda: base, identity, settings)
        for warning in _warnings(folder, host, dev_user, secure=tls[0] is not None):
            _err.print(f"Warning: {warning}", style="yellow", markup=False, highlight=False)
        told = _told(folder, mode, settings, identity)
        server = RestServer(
            app,
            settings.server,
            host=host,
            port=port,
            certificate=tls[0],
            key=tls[1],
            on_listening=lambda address: _err.print(told.replace(_ADDRESS, address), markup=False, highlight=False),
        )
        server.run()
    if not server.started:
        raise typer.Exit(ExitCode.DONE_WITH_FAILURES)


def _warnings(folder: Path, host: str, dev_user: str | None, *, secure: bool) -> list[str]:
    """What whoever starts the server should know."""
    from ragkit.serving.rest.running import is_loopback

    warnings = []
    if dev_user is not None:
        warnings.append(f"for development only: every program on this machine may ask as {dev_user!r}, without a token")
    if not secure and not is_loopback(host):
        warnings.append(f"tokens and questions come to {host} unencrypted, unless a reverse proxy on the way ends TLS")
    if not os.access(folder, os.W_OK):
        warnings.append(
            f"this account may not write to {folder}: reports of wrong answers cannot be kept, and what another "
            "account ingests is seen after a restart only"
        )
    return warnings


def _told(folder: Path, access: str, deployment: Deployment, identity: Identity) -> str:
    """The message of a server that listens."""
    known = deployment.server.identity
    users = f"tokens of {known.issuer}" if known is not None else "one development user"
    models = ", ".join(provider.name for provider in deployment.providers) or "none, answers are verbatim lines"
    return (
        f"Serving {folder} at {_ADDRESS}\n"
        f"  users: {users}; access: {access}; language models: {models}\n"
        f"  what there is: {_ADDRESS}/docs; whether it can answer: {_ADDRESS}/ready; stop it with Ctrl+C"
    )


def _mode(access: str) -> AccessMode:
    if access not in ("open", "enforced"):
        raise SettingsError(f"--access is 'open' or 'enforced', not {access!r}")
    return "open" if access == "open" else "enforced"

"""``ragkit mcp``: the knowledge base for agents, over the Model Context Protocol."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ragkit.cli.exit_codes import ExitCode
from ragkit.cli.options import DeploymentFile, Folder, Roles, Site, reader
from ragkit.errors import RagkitError, SettingsError

if TYPE_CHECKING:
    from ragkit.deployment.deployment import Deployment
    from ragkit.knowledge_base import KnowledgeBase
    from ragkit.settings import AccessMode

_err = Console(stderr=True)


def mcp(
    kb: Folder,
    site: Site = None,
    role: Roles = None,
    access: Annotated[
        str,
        typer.Option(
            "--access",
            help="'enforced': only documents that say they are public, or that a --role (over HTTP: the token's roles) "
            "opens; 'open': every document that names no role, for demos and single-user work.",
        ),
    ] = "enforced",
    deployment: DeploymentFile = None,
    http: Annotated[bool, typer.Option("--http", help="Serve over HTTP; each request needs a verified token.")] = False,
    host: Annotated[str, typer.Option("--host", help="With --http: the address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="With --http: the port.")] = 8766,
    url: Annotated[
        str | None, typer.Option("--url", help="With --http: the address that clients know, where a proxy is between.")
    ] = None,
) -> None:
    """Serve search and answers to agents over the Model Context Protocol, under the caller's access rights.

    Without --http it serves the program that started it, over stdin and stdout, with the roles given by --role.
    """
    try:
        _serve(kb, site, role, access, deployment, http, host, port, url)
    except RagkitError as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        code = ExitCode.WRONG_USAGE if isinstance(error, SettingsError) else ExitCode.DONE_WITH_FAILURES
        raise typer.Exit(code) from None


def _serve(
    folder: Path,
    site: str | None,
    roles: list[str] | None,
    access: str,
    deployment_file: Path | None,
    http: bool,
    host: str,
    port: int,
    url: str | None,
) -> None:
    if find_spec("mcp") is None:
        raise SettingsError("The Model Context Protocol needs its package: pip install ragkit[mcp]")
    if not folder.is_dir():
        raise SettingsError(f"There is no knowledge base at {folder}; make one: ragkit ingest PATH --kb {folder}")
    if http and not all(map(find_spec, ("fastapi", "limits", "jwt", "uvicorn"))):
        raise SettingsError("Serving over HTTP needs further packages: pip install ragkit[mcp,serve]")
    if http and roles:
        raise SettingsError("Over HTTP, roles come from each caller's token; leave --role out.")
    from ragkit.deployment.loading import checked_deployment
    from ragkit.knowledge_base import KnowledgeBase
    from ragkit.serving.mcp.identity import always
    from ragkit.serving.mcp.server import build_server
    from ragkit.serving.mcp.tools import KnowledgeBaseTools
    from ragkit.serving.mcp.transports import serve_over_pipes

    settings = checked_deployment(deployment_file)
    if http and settings.server.identity is None:
        raise SettingsError(
            "Over HTTP, users are known by their tokens: name the sign-on in the deployment's [server.identity] table "
            "(docs/integrations.md has an example). Without --http, the server works for whoever starts it."
        )
    with KnowledgeBase.open(folder, access=_mode(access), deployment=settings, read_only=True) as kb:
        if http:
            _serve_http(kb, site, settings, host, port, url)
        else:
            tools = KnowledgeBaseTools(kb, site=site)
            serve_over_pipes(build_server(tools, always(reader(roles))))


def _serve_http(
    kb: KnowledgeBase, site: str | None, deployment: Deployment, host: str, port: int, url: str | None
) -> None:
    from ragkit.egress.policy import EgressPolicy
    from ragkit.serving.identity import TokenVerifier
    from ragkit.serving.mcp.identity import signed_in_caller
    from ragkit.serving.mcp.limits import limited
    from ragkit.serving.mcp.server import build_server
    from ragkit.serving.mcp.threads import CallThreads
    from ragkit.serving.mcp.tools import KnowledgeBaseTools
    from ragkit.serving.mcp.transports import PATH, http_app, serve_over_http
    from ragkit.serving.rest.running import is_loopback

    settings = deployment.server
    assert settings.identity is not None
    verifier = TokenVerifier.of(settings.identity, EgressPolicy.of(deployment))
    places = CallThreads(concurrent=settings.concurrent, waiting=settings.waiting, wait_seconds=settings.wait_seconds)
    tools = KnowledgeBaseTools(kb, site=site, places=places)
    server = build_server(tools, signed_in_caller, limited(settings.rates))
    address = url or f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH}"
    app = http_app(server, settings, verifier, url=address)
    if not is_loopback(host):
        warning = f"Warning: tokens and answers come to {host} unencrypted, unless a reverse proxy on the way ends TLS"
        _err.print(warning, style="yellow", markup=False, highlight=False)
    _err.print(f"Serving the Model Context Protocol at {address}", markup=False, highlight=False)
    serve_over_http(app, host=host, port=port, settings=settings)


def _mode(access: str) -> AccessMode:
    if access not in ("open", "enforced"):
        raise SettingsError(f"--access is 'open' or 'enforced', not {access!r}")
    return "open" if access == "open" else "enforced"

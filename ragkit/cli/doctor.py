"""``ragkit doctor``: is everything there that answering needs, and does it work?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ragkit.cli.exit_codes import ExitCode
from ragkit.cli.options import AsJson

_out = Console()
_err = Console(stderr=True)

OptionalFolder = Annotated[
    Path | None,
    typer.Option("--kb", help="The knowledge base's folder; without it, only the rest.", envvar="RAGKIT_KB"),
]
DeploymentFile = Annotated[
    Path | None, typer.Option("--deployment", help="The deployment file (TOML); without it, the default one.")
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Open no connection: language models and the sign-on service are not asked.")
]


def doctor(
    kb: OptionalFolder = None, deployment: DeploymentFile = None, offline: Offline = False, json: AsJson = False
) -> None:
    """Check installation, knowledge base, deployment and language models (exit code 1 if a check failed)."""
    from ragkit.cli.doctor_output import examination_tables
    from ragkit.doctor import examine

    for name, path in (("--kb", kb), ("--deployment", deployment)):
        if path is not None and not path.exists():
            _err.print(f"{name}: there is no {path}", style="red", markup=False, highlight=False)
            raise typer.Exit(ExitCode.WRONG_USAGE)
    with _err.status("Looking …") as status:
        examination = examine(
            kb, deployment, offline=offline, on_finding=lambda finding: status.update(f"Looking … {finding.check}")
        )
    if json:
        typer.echo(examination.model_dump_json())
    else:
        _out.print(examination_tables(examination))
    raise typer.Exit(ExitCode.DONE if examination.healthy else ExitCode.DONE_WITH_FAILURES)

"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ragkit.access.user import User


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2026-01-31") from None


Folder = Annotated[Path, typer.Option("--kb", help="The knowledge base's folder.", envvar="RAGKIT_KB")]
Site = Annotated[str | None, typer.Option("--site", help="Answer for this site of the institution.")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="A role of the person who asks; repeat it for several. Without one: nobody's roles."),
]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=_parse_day, metavar="DATE", help="What was in force on this day (2026-01-31)."),
]
EarlierQuestions = Annotated[
    list[str] | None,
    typer.Option(
        "--after",
        metavar="QUESTION",
        help="A question asked before this one, which may lean on it ('and in children?'); repeat it, oldest first.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
Access = Annotated[
    str,
    typer.Option(
        "--access",
        help="'open': who can read the folder may read every document that names no role; 'enforced': only documents "
        "that say they are public, or that a given --role opens.",
    ),
]
DeploymentFile = Annotated[
    Path | None,
    typer.Option(
        "--deployment",
        help="The deployment's .toml file: language models, and where connections may go. Without one: nowhere.",
        envvar="RAGKIT_DEPLOYMENT",
        exists=True,
        dir_okay=False,
    ),
]


def reader(roles: list[str] | None) -> User | None:
    """The person on the command line: an authenticated user if roles were given, else the anonymous reader."""
    return User("command-line", roles=frozenset(roles)) if roles else None

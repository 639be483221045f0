"""The commands. Each opens the knowledge base, makes one call, prints the result and ends with a documented code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ragkit.cli.doctor import doctor
from ragkit.cli.evaluate import evaluation
from ragkit.cli.exit_codes import ExitCode
from ragkit.cli.mcp import mcp
from ragkit.cli.options import Access, AsJson, AsOf, DeploymentFile, EarlierQuestions, Folder, Roles, Site, reader
from ragkit.cli.serve import serve
from ragkit.errors import QuestionError, RagkitError, SettingsError

if TYPE_CHECKING:
    from ragkit.knowledge_base import KnowledgeBase
    from ragkit.settings import AccessMode

app = typer.Typer(
    name="ragkit",
    help="Answers from institutional policies, with citations that can be checked word by word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(evaluation, name="eval")
app.command()(mcp)
app.command()(serve)
app.command()(doctor)
_out = Console()
_err = Console(stderr=True)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or ZIP archives.", exists=True)],
    kb: Folder,
    site: Site = None,
    deployment: DeploymentFile = None,
    json: AsJson = False,
) -> None:
    """Read documents into the knowledge base; unchanged files are left alone, an interrupted run goes on."""
    from ragkit.cli.progress import ingest_with_progress
    from ragkit.display.terminal import report_tables

    with _knowledge_base(kb, "open", deployment) as base:
        report = ingest_with_progress(base, paths, site, _err)
    if json:
        typer.echo(report.model_dump_json())
    else:
        _out.print(report_tables(report))
    raise typer.Exit(ExitCode.DONE_WITH_FAILURES if report.failed else ExitCode.DONE)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in your own words.")],
    kb: Folder,
    site: Site = None,
    role: Roles = None,
    as_of: AsOf = None,
    after: EarlierQuestions = None,
    access: Access = "open",
    deployment: DeploymentFile = None,
    json: AsJson = False,
) -> None:
    """Answer a question with the lines of the policy that answer it, or say that it was not found (exit code 3)."""
    with _knowledge_base(kb, access, deployment, must_exist=True) as base:
        answer = base.ask(question, site=site, user=reader(role), as_of=as_of, previous_questions=after or ())
    if json:
        typer.echo(answer.model_dump_json())
    else:
        from ragkit.display.terminal import answer_lines

        _out.print(answer_lines(answer))
    raise typer.Exit(ExitCode.DONE if answer.status in ("answered", "partial") else ExitCode.ABSTAINED)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    kb: Folder,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many passages.")] = 10,
    site: Site = None,
    role: Roles = None,
    as_of: AsOf = None,
    access: Access = "open",
    deployment: DeploymentFile = None,
    json: AsJson = False,
) -> None:
    """Show the passages that a question finds, best first, under the same filters as ask."""
    with _knowledge_base(kb, access, deployment, must_exist=True) as base:
        passages = base.search(query, limit=limit, site=site, user=reader(role), as_of=as_of)
    if json:
        typer.echo("[" + ",".join(passage.model_dump_json() for passage in passages) + "]")
    else:
        from ragkit.display.terminal import passages_table

        _out.print(passages_table(passages))


@app.command()
def documents(
    kb: Folder,
    site: Site = None,
    role: Roles = None,
    access: Access = "open",
    json: AsJson = False,
) -> None:
    """List the document versions that the reader may see."""
    with _knowledge_base(kb, access, must_exist=True) as base:
        rows = base.documents(site=site, user=reader(role))
    if json:
        typer.echo("[" + ",".join(row.model_dump_json() for row in rows) + "]")
    else:
        from ragkit.display.terminal import documents_table

        _out.print(documents_table(rows))


@app.command()
def check(
    kb: Folder,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended without the source files.")] = False,
    json: AsJson = False,
) -> None:
    """Prove that what is stored is whole (exit code 1 if it is not)."""
    with _knowledge_base(kb, "open", must_exist=True) as base:
        report = base.check(repair=repair)
    if json:
        typer.echo(report.model_dump_json())
    else:
        _out.print(report.summary(), markup=False, highlight=False)
    raise typer.Exit(ExitCode.DONE if report.clean else ExitCode.DONE_WITH_FAILURES)


@app.command()
def rebuild(kb: Folder, deployment: DeploymentFile = None) -> None:
    """Chunk and embed anew what is stored, after a change of model or settings; no source files are needed."""
    from ragkit.cli.progress import rebuild_with_progress

    with _knowledge_base(kb, "open", deployment, must_exist=True) as base:
        count = rebuild_with_progress(base, _err)
    typer.echo(f"{count} document version(s) rebuilt.")


@app.command()
def remove(
    document_id: Annotated[str, typer.Argument(help="As 'ragkit documents' lists it.")],
    kb: Folder,
    version: Annotated[str | None, typer.Option(help="Only this version; all versions without it.")] = None,
) -> None:
    """Take a document out of search and answers; its text stays so that old citations can still be checked."""
    with _knowledge_base(kb, "open", must_exist=True) as base:
        count = base.remove(document_id, version)
    typer.echo(f"{count} version(s) of {document_id} removed from answers; 'ragkit purge' would delete the text too.")


@app.command()
def purge(
    document_id: Annotated[str, typer.Argument(help="As 'ragkit documents' lists it.")],
    kb: Folder,
    version: Annotated[str | None, typer.Option(help="Only this version; all versions without it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    deployment: DeploymentFile = None,
) -> None:
    """Delete a document's text, index and vectors for good; old citations to it can no longer be checked.

    With --deployment, the kept replies of language models are deleted too.
    """
    if not yes:
        typer.confirm(f"Delete {document_id} {version or '(all versions)'} for good?", abort=True)
    with _knowledge_base(kb, "open", deployment, must_exist=True) as base:
        count = base.purge(document_id, version)
    typer.echo(f"{count} version(s) of {document_id} purged.")


@contextmanager
def _knowledge_base(
    folder: Path, access: str, deployment: Path | None = None, *, must_exist: bool = False
) -> Iterator[KnowledgeBase]:
    """Opens the knowledge base and turns ragkit's errors into a message and an exit code."""
    from ragkit.knowledge_base import KnowledgeBase

    if access not in ("open", "enforced"):
        _err.print(f"--access is 'open' or 'enforced', not {access!r}", style="red", markup=False)
        raise typer.Exit(ExitCode.WRONG_USAGE)
    if must_exist and not folder.is_dir():
        message = f"There is no knowledge base at {folder}; make one: ragkit ingest PATH --kb {folder}"
        _err.print(message, style="red", markup=False)
        raise typer.Exit(ExitCode.WRONG_USAGE)
    try:
        mode: AccessMode = "open" if access == "open" else "enforced"
        with KnowledgeBase.open(folder, access=mode, deployment=deployment) as base:
            yield base
    except RagkitError as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        wrong_usage = isinstance(error, (QuestionError, SettingsError))
        raise typer.Exit(ExitCode.WRONG_USAGE if wrong_usage else ExitCode.DONE_WITH_FAILURES) from error


def main() -> None:
    """Entry point of the ``ragkit`` command."""
    if sys.stdout.encoding and sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    app()

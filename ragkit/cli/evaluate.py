"""``ragkit eval``: how grounded the answers are, and whether a change may ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ragkit.cli.exit_codes import ExitCode
from ragkit.cli.options import Access, AsJson
from ragkit.errors import RagkitError

if TYPE_CHECKING:
    from ragkit.evaluation.check import CheckedQuestions
    from ragkit.evaluation.configuration import KnowledgeBaseConfiguration
    from ragkit.ingestion.report import IngestProgress

evaluation = typer.Typer(
    help="Measure the answers on a question set, and decide whether a change may ship.", no_args_is_help=True
)
_out = Console()
_err = Console(stderr=True)

Cache = Annotated[Path, typer.Option("--cache", help="Folder for the knowledge base made of --documents.")]


@evaluation.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(help="Question sets (.yaml, .jsonl, patterns in quotes), or the .toml of an evaluation."),
    ],
    kb: Annotated[
        Path | None, typer.Option("--kb", help="The knowledge base that the questions are about.", envvar="RAGKIT_KB")
    ] = None,
    documents: Annotated[
        list[Path] | None, typer.Option("--documents", help="Or folders of documents; repeat it for several.")
    ] = None,
    site_per_folder: Annotated[
        bool, typer.Option("--site-per-folder", help="Each folder of --documents is a site, named like the folder.")
    ] = False,
    cache: Cache = Path(".ragkit-eval"),
    access: Access = "enforced",
    json: AsJson = False,
) -> None:
    """Name every error of question sets, with file, line and field (exit code 1 if there is one).

    With a knowledge base or documents it is also proven that every gold quote stands where the set says, is in force
    on the day, and may be read by the person who asks.
    """
    if access not in ("open", "enforced"):
        raise typer.BadParameter(f"--access is 'open' or 'enforced', not {access!r}")
    with _errors():
        checked = _check(files, kb, tuple(documents or ()), site_per_folder, access, cache)
    if json:
        typer.echo(checked.model_dump_json())
    else:
        for problem in checked.problems:
            _out.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        errors, warnings = len(checked.errors), len(checked.problems) - len(checked.errors)
        how = (
            "gold proven against the documents" if checked.proven else "form only; --kb or --documents proves the gold"
        )
        counts = f"{checked.questions} questions, {checked.variants} variants: {errors} errors, {warnings} warnings"
        _out.print(f"{counts} ({how})", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(ExitCode.DONE_WITH_FAILURES if checked.errors else ExitCode.DONE)


def _check(
    files: list[str], kb: Path | None, documents: tuple[Path, ...], site_per_folder: bool, access: str, cache: Path
) -> CheckedQuestions:
    """Checks the files of a configuration, or the files themselves."""
    from ragkit.evaluation.check import check_questions
    from ragkit.evaluation.configuration import (
        KnowledgeBaseConfiguration,
        QuestionsConfiguration,
        load_configuration,
    )

    base: KnowledgeBaseConfiguration | None = None
    if kb is not None or documents:
        base = KnowledgeBaseConfiguration.model_validate(
            {"path": kb, "documents": documents, "site_per_folder": site_per_folder, "access": access}
        )
    with _ingest_progress() as on_ingest:
        if len(files) == 1 and files[0].endswith(".toml"):
            whole = load_configuration(files[0])
            return check_questions(
                whole.questions,
                base or whole.knowledge_base,
                whole.run.cache,
                exclude=whole.gate.must_fail,
                on_ingest=on_ingest,
                on_remark=_remark,
            )
        return check_questions(
            QuestionsConfiguration(files=tuple(files)), base, cache, on_ingest=on_ingest, on_remark=_remark
        )


@contextmanager
def _errors() -> Iterator[None]:
    """Turns ragkit's errors into a message and exit code 2: nothing was measured."""
    try:
        yield
    except RagkitError as error:
        _err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(ExitCode.WRONG_USAGE) from error


def _remark(text: str) -> None:
    _err.print(text, style="yellow", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _ingest_progress() -> Iterator[Callable[[IngestProgress], None]]:
    """A bar that appears with the first file that is read."""
    from ragkit.cli.progress import progress_bar

    with progress_bar(_err) as progress:
        bar = progress.add_task("reading", total=None, visible=False)

        def show(step: IngestProgress) -> None:
            name = step.source[-40:].rjust(40)
            progress.update(bar, total=step.total, completed=step.done, description=name, visible=True)

        yield show

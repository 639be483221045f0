"""``ragkit eval``: how grounded the answers are, and whether a change may ship."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ragkit.cli.evaluation_output import bars, closing_lines, count, metrics_table, without_records
from ragkit.cli.exit_codes import ExitCode
from ragkit.cli.options import Access, AsJson, DeploymentFile, Folder, Roles, Site, reader
from ragkit.errors import EvaluationError, GroundingError, RagkitError, SettingsError

if TYPE_CHECKING:
    from ragkit.evaluation.check import CheckedQuestions
    from ragkit.evaluation.configuration import EvaluationConfiguration, KnowledgeBaseConfiguration
    from ragkit.evaluation.gate.baseline import Baseline
    from ragkit.evaluation.gate.verdict import GateVerdict
    from ragkit.evaluation.results import Results

evaluation = typer.Typer(
    help="Measure the answers on a question set, and decide whether a change may ship.", no_args_is_help=True
)
_out = Console(width=None if Console().is_terminal or "COLUMNS" in environ else 160)  # tables in CI logs stay whole
_err = Console(stderr=True)

Configuration = Annotated[Path, typer.Argument(help="The evaluation's .toml file.", exists=True, dir_okay=False)]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Ask everything anew, whatever the cache holds.")]
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
        sizes = f"{count(checked.questions, 'question')}, {count(checked.variants, 'variant')}"
        counts = f"{sizes}: {count(errors, 'error')}, {count(warnings, 'warning')}"
        _out.print(f"{counts} ({how})", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(ExitCode.DONE_WITH_FAILURES if checked.errors else ExitCode.DONE)


@evaluation.command()
def run(
    configuration: Configuration,
    no_cache: NoCache = False,
    json: AsJson = False,
) -> None:
    """Ask all questions, measure the answers and write the reports (exit code 1 if a question errored)."""
    from ragkit.evaluation.configuration import load_configuration
    from ragkit.evaluation.pipeline import evaluate

    with _errors():
        read = load_configuration(configuration)
        with bars(_err) as progress:
            results = evaluate(read, progress.run, use_cache=not no_cache, on_ingest=progress.ingest)
        _report(results, None, None, read, json)
    failed = results.stale or results.judging_errors or any(record.error for record in results.records)
    raise typer.Exit(ExitCode.DONE_WITH_FAILURES if failed else ExitCode.DONE)


@evaluation.command()
def gate(
    configuration: Configuration,
    no_cache: NoCache = False,
    json: AsJson = False,
) -> None:
    """Run, hold the run against the baseline, and decide whether the change may ship (exit code 1: it may not)."""
    from ragkit.evaluation.configuration import load_configuration
    from ragkit.evaluation.pipeline import run_gate

    with _errors():
        read = load_configuration(configuration)
        with bars(_err) as progress:
            decision = run_gate(read, progress.run, use_cache=not no_cache, on_ingest=progress.ingest)
        _report(decision.results, decision.verdict, decision.baseline, read, json)
    if not json:
        _out.print(decision.verdict.text, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(decision.verdict.exit_code)


@evaluation.command()
def baseline(
    configuration: Configuration,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; without it the one that the configuration names.")
    ] = None,
    no_cache: NoCache = False,
) -> None:
    """Run, and accept the run as what later ones are held against. Look at its report before you commit the file."""
    from ragkit.evaluation.configuration import load_configuration
    from ragkit.evaluation.gate.baseline import write_baseline
    from ragkit.evaluation.pipeline import evaluate

    with _errors():
        read = load_configuration(configuration)
        path = output or read.gate.baseline
        if path is None:
            raise EvaluationError("Name the file: `baseline` under [gate], or --output FILE.")
        with bars(_err) as progress:
            results = evaluate(read, progress.run, use_cache=not no_cache, on_ingest=progress.ingest)
        if results.stale or results.judging_errors:
            raise EvaluationError("The run has errors, so it is no baseline: " + " ".join(results.remarks))
        write_baseline(results, path)
        _report(results, None, None, read, False)
    _out.print(f"The baseline is written: {path}", markup=False, highlight=False, soft_wrap=True)


@evaluation.command()
def draft(
    kb: Folder,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file (.yaml) to write; it must not exist yet.")],
    limit: Annotated[int, typer.Option(min=1, help="How many questions at most.")] = 60,
    site: Site = None,
    role: Roles = None,
    access: Access = "enforced",
) -> None:
    """Propose questions from your own documents' tables, definitions and headings, for a person to accept or edit."""
    from ragkit.evaluation.questions.draft_writing import write_draft
    from ragkit.evaluation.questions.drafting import draft_questions
    from ragkit.evaluation.running.knowledge_base import opened

    with _errors(), opened(_base(kb, (), False, access), Path()) as base:
        questions = draft_questions(base, limit=limit, site=site, user=reader(role or ["staff"]))
        write_draft(questions, output)
    then = f"ragkit eval check {output} --kb {kb}" + (f" --access {access}" if access != "enforced" else "")
    _out.print(
        f"{len(questions.questions)} drafts in {output}. Edit them; then: {then}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@evaluation.command()
def scorer(
    directory: Annotated[Path, typer.Argument(help="Folder of human-labelled sets (*.jsonl.gz).", file_okay=False)],
    name: Annotated[
        str, typer.Option("--scorer", help="verbatim, rules, lexical, ladder, entailment:NAME_OR_PATH or llm:MODEL.")
    ] = "ladder",
    base_url: Annotated[str | None, typer.Option(help="For llm: the OpenAI-compatible server.")] = None,
    api_key_variable: Annotated[
        str, typer.Option(help="For llm: the environment variable that holds the key.")
    ] = "OPENAI_API_KEY",
    deployment: DeploymentFile = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the measured error: later reports correct the groundedness with it.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Measure a groundedness scorer on human-labelled claims: how often is the judge itself wrong?"""
    from ragkit.deployment.loading import checked_deployment
    from ragkit.egress.policy import EgressPolicy
    from ragkit.evaluation.scorers.measured import save_measured_error
    from ragkit.evaluation.scorers.measuring import measure_scorer
    from ragkit.grounding.factory import build_scorer

    with _errors():
        policy = EgressPolicy.of(checked_deployment(deployment))
        judge = build_scorer(name, base_url=base_url, api_key_variable=api_key_variable, policy=policy)
        with bars(_err) as progress:
            report = measure_scorer(judge, directory, on_progress=progress.judge)
        if save:
            save_measured_error(report)
    if json:
        typer.echo(report.model_dump_json())
    else:
        _out.print(report)


def _report(
    results: Results,
    verdict: GateVerdict | None,
    baseline: Baseline | None,
    configuration: EvaluationConfiguration,
    json: bool,
) -> None:
    """Writes the reports and prints the table of metrics, or what a program needs of it."""
    from ragkit.evaluation.metrics.catalogue import all_metrics
    from ragkit.evaluation.report.content import report_content
    from ragkit.evaluation.report.writing import write_content

    content = report_content(results, verdict, baseline, all_metrics())
    paths = write_content(results, verdict, content, configuration.report.folder)
    if json:
        typer.echo(dumps(without_records(paths.json.read_text(encoding="utf-8"))))
        return
    _out.print(metrics_table(content.rows))
    for line in closing_lines(results, len(content.failed), paths):
        _out.print(line, markup=False, highlight=False, soft_wrap=True)


def _check(
    files: list[str], kb: Path | None, documents: tuple[Path, ...], site_per_folder: bool, access: str, cache: Path
) -> CheckedQuestions:
    """Checks the files of a configuration, or the files themselves."""
    from ragkit.evaluation.check import check_questions
    from ragkit.evaluation.configuration import QuestionsConfiguration, load_configuration

    base = _base(kb, documents, site_per_folder, access) if kb is not None or documents else None
    with bars(_err) as progress:
        if len(files) == 1 and files[0].endswith(".toml"):
            whole = load_configuration(files[0])
            return check_questions(
                whole.questions,
                base or whole.knowledge_base,
                whole.run.cache,
                must_fail=whole.gate.must_fail,
                on_ingest=progress.ingest,
                on_remark=_remark,
            )
        return check_questions(
            QuestionsConfiguration(files=tuple(files)), base, cache, on_ingest=progress.ingest, on_remark=_remark
        )


def _base(
    kb: Path | None, documents: tuple[Path, ...], site_per_folder: bool, access: str
) -> KnowledgeBaseConfiguration:
    """What the options name."""
    from ragkit.evaluation.configuration import KnowledgeBaseConfiguration

    if access not in ("open", "enforced"):
        raise SettingsError(f"--access is 'open' or 'enforced', not {access!r}")
    return KnowledgeBaseConfiguration.model_validate(
        {"path": kb, "documents": documents, "site_per_folder": site_per_folder, "access": access}
    )


@contextmanager
def _errors() -> Iterator[None]:
    """Turns ragkit's errors into a message and an exit code: 2 where what was written is wrong, else 1."""
    try:
        yield
    except RagkitError as error:
        _err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        wrong_usage = isinstance(error, (EvaluationError, SettingsError, GroundingError))
        raise typer.Exit(ExitCode.WRONG_USAGE if wrong_usage else ExitCode.DONE_WITH_FAILURES) from error
    except KeyboardInterrupt:
        _err.print("Interrupted. What was answered is kept: the same command goes on from there.", style="yellow")
        raise typer.Exit(ExitCode.DONE_WITH_FAILURES) from None


def _remark(text: str) -> None:
    _err.print(text, style="yellow", markup=False, highlight=False, soft_wrap=True)

"""What ``ragkit eval`` shows while it runs and when it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from ragkit.cli.progress import progress_bar

if TYPE_CHECKING:
    from ragkit.evaluation.report.rows import MetricRow
    from ragkit.evaluation.report.writing import ReportPaths
    from ragkit.evaluation.results import Results
    from ragkit.evaluation.running.runner import RunProgress
    from ragkit.ingestion.report import IngestProgress

_WIDTH = 40
_REMARKS = 5
_REMARK = 160
_STAGES = ("retrieval.lexical.", "retrieval.dense.", "retrieval.fused.")


@dataclass(frozen=True)
class Bars:
    """Two bars: one for the documents that are read, one for the questions that are asked."""

    progress: Progress
    reading: TaskID
    asking: TaskID

    def ingest(self, step: IngestProgress) -> None:
        """A document was read."""
        name = step.source[-_WIDTH:].rjust(_WIDTH)
        self.progress.update(self.reading, total=step.total, completed=step.done, description=name, visible=True)

    def run(self, step: RunProgress) -> None:
        """A question was asked."""
        name = "judging the answers" if step.done == step.total else step.key
        self.progress.update(
            self.asking, total=step.total, completed=step.done, description=name[-_WIDTH:].rjust(_WIDTH), visible=True
        )

    def judge(self, name: str, done: int, total: int) -> None:
        """Some pairs of a labelled set were judged."""
        self.progress.update(
            self.asking, total=total, completed=done, description=name[-_WIDTH:].rjust(_WIDTH), visible=True
        )


@contextmanager
def bars(console: Console) -> Iterator[Bars]:
    """Bars that appear with the first document and the first question."""
    with progress_bar(console) as progress:
        reading = progress.add_task("reading", total=None, visible=False)
        asking = progress.add_task("asking", total=None, visible=False)
        yield Bars(progress, reading, asking)


def metrics_table(rows: Sequence[MetricRow]) -> Table:
    """The metrics with their means, intervals and the questions that they applied to.

    Those of the single stages of the retrieval stand in the reports only.
    """
    rows = [row for row in rows if not row.metric.name.startswith(_STAGES)]
    compared = any(row.difference is not None for row in rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("metric", overflow="fold")
    for name in ("mean", "95 % interval", "n", *(("baseline", "difference") if compared else ())):
        table.add_column(name, justify="right", no_wrap=True)
    family = None
    for row in rows:
        if row.metric.family is not family:
            family = row.metric.family
            table.add_section()
        cells = [_figure(row.value.estimate, row.metric.unit), _ends(row), str(row.n)]
        if compared:
            cells += [_figure(row.baseline, row.metric.unit), _difference(row)]
        style = {"worse": "red", "better": "green"}.get(row.change, "")
        table.add_row(Text(row.metric.name), *map(Text, cells), style=style)
    return table


def closing_lines(results: Results, failed: int, paths: ReportPaths) -> list[str]:
    """What a person should know of a finished run."""
    asked = len(results.records) - results.from_cache + results.reasked
    shown = [remark if len(remark) <= _REMARK else f"{remark[:_REMARK]} …" for remark in results.remarks[:_REMARKS]]
    if len(results.remarks) > _REMARKS:
        shown.append(f"{len(results.remarks) - _REMARKS} more remarks are in {paths.json}.")
    lines = [
        *shown,
        f"{len(results.records)} questions and variants in {results.seconds:.0f} s: {asked} asked, "
        f"{results.from_cache} from the cache, of which {results.reasked} asked anew to prove it.",
    ]
    if errored := [record.key for record in results.records if record.error]:
        lines.append(f"{len(errored)} errored: {', '.join(errored[:10])}{' …' if len(errored) > 10 else ''}")
    if results.judging_errors:
        key, error = next(iter(results.judging_errors.items()))
        lines.append(f"{len(results.judging_errors)} could not be judged; the first, {key}: {error}")
    return [*lines, f"{failed} failed in a yes-or-no metric or a required one. Every one of them: {paths.html}"]


def count(number: int, noun: str) -> str:
    """As people say it: "1 error", "3 errors" and so on."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def without_records(written: str) -> dict[str, Any]:
    """results.json without the records and the values of single questions, which fill megabytes."""
    data: dict[str, Any] = json.loads(written)
    return {name: value for name, value in data.items() if name not in ("records", "metrics")}


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if unit == "share" else f"{value:,.1f}"


def _ends(row: MetricRow) -> str:
    unit = row.metric.unit
    return f"{_figure(row.value.low, unit)} to {_figure(row.value.high, unit)}"


def _difference(row: MetricRow) -> str:
    if row.difference is None:
        return ""
    digits = ".3f" if row.metric.unit == "share" else ",.1f"
    return f"{row.difference.estimate:+{digits}} {row.change}".rstrip()

"""Writes the four reports of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.baseline import Baseline
from ragkit.evaluation.gate.verdict import GateVerdict
from ragkit.evaluation.metrics.base import Metric
from ragkit.evaluation.report.content import ReportContent, report_content
from ragkit.evaluation.report.html import report_html
from ragkit.evaluation.report.json import results_json
from ragkit.evaluation.report.junit import junit_xml
from ragkit.evaluation.report.markdown import summary_markdown
from ragkit.evaluation.results import Results


@dataclass(frozen=True)
class ReportPaths:
    """Where the reports of a run lie: for programs, for CI, for the pull request, for people."""

    json: Path
    junit: Path
    markdown: Path
    html: Path


def write_reports(
    results: Results,
    verdict: GateVerdict | None,
    baseline: Baseline | None,
    folder: Path,
    *,
    catalogue: Iterable[Metric] | None = None,
) -> ReportPaths:
    """Writes results.json, junit.xml, summary.md and report.html; reports of an earlier run are replaced.

    Args:
        results: the run.
        verdict: of the gate; None for a run that was not held against one.
        baseline: what the run is compared with; None for nothing.
        folder: created if missing.
        catalogue: the metrics by which questions pass or fail; None for all of this version.

    Returns:
        The paths of the four files.

    Raises:
        EvaluationError: a file cannot be written.
    """
    content = report_content(results, verdict, baseline, _catalogue() if catalogue is None else catalogue)
    return write_content(results, verdict, content, folder)


def write_content(results: Results, verdict: GateVerdict | None, content: ReportContent, folder: Path) -> ReportPaths:
    """``write_reports`` for content that is made already.

    Raises:
        EvaluationError: a file cannot be written.
    """
    paths = ReportPaths(folder / "results.json", folder / "junit.xml", folder / "summary.md", folder / "report.html")
    texts = {
        paths.json: results_json(results, verdict, content.rows),
        paths.junit: junit_xml(results, content.outcomes, verdict),
        paths.markdown: summary_markdown(content),
        paths.html: report_html(content),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise EvaluationError(
            f"The report cannot be written to {folder}: {error.strerror}. Name another folder in the configuration's "
            "[report] section."
        ) from error
    return paths


def _catalogue() -> tuple[Metric, ...]:
    from ragkit.evaluation.metrics.catalogue import all_metrics

    return all_metrics()  # what they are called and which way is good: nothing is measured here

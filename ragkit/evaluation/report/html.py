"""report.html: one self-contained page. No network, no script; light, dark, phone and paper."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ragkit.answering.answer import Citation
from ragkit.display.wording import document_label, location_label, plain_text, status_label, version_label
from ragkit.evaluation.gate.verdict import SliceLoss
from ragkit.evaluation.matching import alternatives_of, contains, contains_nugget
from ragkit.evaluation.metrics.base import Family
from ragkit.evaluation.metrics.catalogue import run_level
from ragkit.evaluation.record import Record
from ragkit.evaluation.report import wording
from ragkit.evaluation.report.content import ReportContent
from ragkit.evaluation.report.curves import confidence_bins
from ragkit.evaluation.report.differences import Change, word_changes
from ragkit.evaluation.report.failures import Outcome
from ragkit.evaluation.report.figures import interval_bar, reliability_figure, risk_coverage_figure
from ragkit.evaluation.report.rows import MetricRow
from ragkit.evaluation.report.slices import shown_metrics
from ragkit.evaluation.report.stages import STAGES, as_returned, retrieval_by_stage

if TYPE_CHECKING:
    from jinja2 import Environment

_SEEN_LOSS = 0.0005
"""A smaller change of a category's mean is what rounding left."""

FAMILY_TITLES = {
    Family.ANSWERS: "Answers",
    Family.GROUNDING: "Grounding",
    Family.CITATIONS: "Citations",
    Family.ABSTENTION: "Abstention",
    Family.RETRIEVAL: "Retrieval, as returned",
    Family.ROBUSTNESS: "Robustness",
    Family.COST: "Cost",
}


def report_html(content: ReportContent) -> str:
    """The text of report.html.

    It holds words of documents, questions and answers, and is as confidential as those.
    """
    failed: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in content.failed:
        failed[outcome.record.question.category].append(outcome)
    measured = run_level(content.results.records)
    points = measured.risk_coverage.points
    bins = confidence_bins(record for record in content.results.records if record.variant is None)
    return (
        _environment()
        .get_template("report.html")
        .render(
            content=content,
            families=[(title, as_returned(content.family(family))) for family, title in FAMILY_TITLES.items()],
            stage_names=[*STAGES, "as returned"],
            stage_table=retrieval_by_stage(content.family(Family.RETRIEVAL)),
            failed_by_category=sorted(failed.items()),
            slice_metrics=shown_metrics(content.metrics),
            groups=measured.groups,
            gaps=measured.gaps,
            curve=measured.risk_coverage,
            risk_coverage=risk_coverage_figure(points) if points else None,
            reliability=reliability_figure(bins) if bins else None,
            stages=measured.stages,
            lost_slices=_lost_slices(content),
        )
    )


def _lost_slices(content: ReportContent) -> list[SliceLoss]:
    losses = content.verdict.slices if content.verdict else ()
    return [loss for loss in losses if abs(loss.before - loss.after) >= _SEEN_LOSS]


def quote_in_section(citation: Citation) -> tuple[str, str, str]:
    """The words before the quote, the quote and the words after it.

    Where the surrounding lines do not hold the quote at its offsets, the quote stands alone: nothing is highlighted
    that is not the quote.
    """
    start, end = citation.start - citation.surrounding_start, citation.end - citation.surrounding_start
    if start < 0 or citation.surrounding[start:end] != citation.quote:
        return "", plain_text(citation.quote), ""
    before, after = citation.surrounding[:start], citation.surrounding[end:]
    return plain_text(before), plain_text(citation.quote), plain_text(after)


def _must_haves(record: Record) -> list[tuple[str, bool]]:
    """What a right answer has to contain, and whether the statements shown do."""
    shown = _shown(record)
    return [("” or “".join(alternatives_of(n)), contains_nugget(shown, n)) for n in record.question.must_have]


def _forbidden(record: Record) -> list[tuple[str, bool]]:
    """What an answer must not contain, and whether its statements or its text do."""
    shown = f"{_shown(record)}\n{record.answer.text if record.answer else ''}"
    return [(words, contains(shown, words)) for words in record.question.forbidden]


def _shown(record: Record) -> str:
    return "\n".join(statement.text for statement in record.answer.statements) if record.answer else ""


def _changes(outcome: Outcome, content: ReportContent) -> list[Change]:
    """What changed in the answer since the baseline; empty where it is the same or was not asked then."""
    before = content.baseline.answers.get(outcome.record.key) if content.baseline else None
    now = outcome.record.answer.text if outcome.record.answer else ""
    return word_changes(before, now) if before is not None and before != now else []


def _row_bar(row: MetricRow) -> Markup:
    value, unit = row.value, row.metric.unit
    if unit != "share":
        return Markup("")
    said = wording.figure(value.estimate, unit)
    title = f"{row.metric.title}: {said}, 95 % interval {wording.interval(value.low, value.high, unit)}"
    if row.baseline is not None:
        title += f", baseline {wording.figure(row.baseline, unit)}"
    return interval_bar(value.estimate, value.low, value.high, title=title, baseline=row.baseline)


def _printable(value: Any) -> Any:
    return wording.printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ragkit.evaluation.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_printable,
    )
    environment.filters.update(
        anchor=wording.anchor,
        slug=lambda name, prefix: wording.slug(prefix, name),
        plain_name=wording.plain_name,
        figure=wording.figure,
        signed=wording.signed,
        direction=wording.direction,
        who_asked=wording.who_asked,
        variant_label=wording.variant_label,
        status_label=status_label,
        document_label=document_label,
        location_label=location_label,
        dates_label=lambda c: version_label(c.version, c.effective_date, c.review_due),
        in_section=quote_in_section,
        row_bar=_row_bar,
        must_haves=_must_haves,
        forbidden=_forbidden,
        plain_text=plain_text,
    )
    environment.globals.update(interval=wording.interval, interval_bar=interval_bar, changes=_changes)
    return environment

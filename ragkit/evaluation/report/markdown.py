"""summary.md: what a person who reviews a change reads in the pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.evaluation.report.content import ReportContent
from ragkit.evaluation.report.failures import Outcome
from ragkit.evaluation.report.rows import MetricRow
from ragkit.evaluation.report.slices import worst_slices
from ragkit.evaluation.report.stages import as_returned
from ragkit.evaluation.report.wording import figure, interval, plain_name, printable, signed

LISTED = 25
"""Questions that a list names; the HTML report has them all. Hosts cut comments at some 65,000 characters."""


def summary_markdown(content: ReportContent) -> str:
    """The text of summary.md: the verdict, the failing checks, the metrics, worst slices, what is newly failing."""
    parts = [
        _verdict(content),
        _checks(content),
        _metrics(content),
        _groundedness(content),
        _worst(content),
        _questions("Newly failing questions", content.newly_failing, opened=True),
        _questions("Newly passing questions", content.newly_passing),
        _questions("All failed questions", content.failed),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Text that shows as it is in a table cell or a list item: no mark-up, no mention, no reference, one line."""
    plain = " ".join(printable(text).split())
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", plain)  # text never begins a line here
    plain = re.sub(r"(https?|ftp)(://)|\bwww\.", lambda m: f"{m[0][:-1]}\u200b{m[0][-1]}", plain, flags=re.IGNORECASE)
    return re.sub(r"([@#])(?=\w)", "\\1\u200b", plain)


def _verdict(content: ReportContent) -> str:
    verdict, results = content.verdict, content.results
    mark = "⚪" if verdict is None else "✅" if verdict.passed else "❌"
    own = sum(record.variant is None for record in results.records)
    asked = (
        f"{own} questions and {len(results.records) - own} variants"
        if own < len(results.records)
        else f"{own} questions"
    )
    lines = [f"## {mark} {escaped(content.headline)}", ""]
    lines.append(
        f"{escaped(results.name) or 'Evaluation'}: {asked}, {len(content.failed)} failed"
        + (f", {len(content.newly_failing)} of them newly." if content.baseline else "; no baseline to compare with.")
    )
    return "\n".join(lines)


def _checks(content: ReportContent) -> str:
    failing, warned, passing = (
        "\n".join(f"- **{escaped(check.name)}**: {escaped(check.message)}" for check in checks)
        for checks in (content.failing_checks, content.warnings, content.passing_checks)
    )
    parts = [f"### Failing checks\n\n{failing}"] if failing else []
    parts += [_folded(f"Warnings ({len(content.warnings)})", warned)] if warned else []
    parts += [_folded(f"Passed checks ({len(content.passing_checks)})", passing)] if passing else []
    return "\n\n".join(parts)


def _metrics(content: ReportContent) -> str:
    shown = as_returned(content.rows)
    earlier = [row for row in content.rows if row not in shown]
    parts = [f"### Metrics\n\n{_table(shown)}"]
    parts += [_folded("Retrieval at earlier stages", _table(earlier))] if earlier else []
    return "\n\n".join(parts)


def _table(rows: Sequence[MetricRow]) -> str:
    head = ["| Metric | n | Mean | 95 % interval | Baseline | Difference |", "| --- | ---: | ---: | --- | ---: | --- |"]
    return "\n".join(head + [_metric(row) for row in rows])


def _metric(row: MetricRow) -> str:
    unit = row.metric.unit
    before = figure(row.baseline, unit) if row.baseline is not None else "–"
    difference = "–"
    if row.difference is not None:
        difference = signed(row.difference.estimate, unit)
        difference = f"**{difference} {row.change}**" if row.change else difference
    cells = (
        f"{escaped(row.metric.title)} (`{row.metric.name.replace('`', '')}`)",
        str(row.n),
        figure(row.value.estimate, unit),
        interval(row.value.low, row.value.high, unit),
        before,
        difference,
    )
    return f"| {' | '.join(cells)} |"


def _groundedness(content: ReportContent) -> str:
    found = content.groundedness
    if found is None:
        return ""
    said = f"raw {figure(found.raw.estimate, 'share')} ({interval(found.raw.low, found.raw.high, 'share')})"
    if found.corrected is not None:
        low, high = found.corrected.low, found.corrected.high
        said += f", corrected {figure(found.corrected.estimate, 'share')} ({interval(low, high, 'share')})"
    return f"**Groundedness**: {said}. {escaped(found.note)}"


def _worst(content: ReportContent) -> str:
    found = worst_slices(content.dimensions)
    if not found:
        return ""
    lines = [
        f"- {escaped(title)} **{escaped(plain_name(part.name))}**: {figure(part.passed.estimate, 'share')} of {part.n} "
        f"passed ({interval(part.passed.low, part.passed.high, 'share')})"
        for title, part in found
    ]
    return "### Worst slices\n\n" + "\n".join(lines)


def _questions(title: str, outcomes: Sequence[Outcome], *, opened: bool = False) -> str:
    if not outcomes:
        return ""
    lines = [_question(outcome) for outcome in outcomes[:LISTED]]
    if len(outcomes) > LISTED:
        lines.append(f"- and {len(outcomes) - LISTED} more, in report.html")
    return _folded(f"{title} ({len(outcomes)})", "\n".join(lines), opened=opened)


def _question(outcome: Outcome) -> str:
    missed = ", ".join(escaped(one.metric.title) for one in outcome.missed)
    why = f"asking or judging raised: {escaped(outcome.error)}" if outcome.error else missed or "passed"
    return f"- **{escaped(outcome.record.key)}** {escaped(_shortened(outcome.record.asked))}: {why}"


def _shortened(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


def _folded(summary: str, body: str, *, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"

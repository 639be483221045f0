"""Answers, passages, reports and documents in a terminal, drawn with Rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ragkit.display import wording
from ragkit.display.views import (
    AnswerView,
    CitationView,
    DocumentRowView,
    IngestReportView,
    PassageView,
    ReportRowView,
    StatementView,
)

_STATUS_STYLE = {
    "answered": "bold green",
    "partial": "bold yellow",
    "needs_clarification": "bold yellow",
    "insufficient_evidence": "bold red",
    "refused": "bold red",
}


def answer_lines(answer: AnswerView) -> RenderableType:
    """The answer, its caveats, and for each citation the verbatim quote with its origin."""
    return Group(*_answer_parts(answer))


def _answer_parts(answer: AnswerView) -> Iterator[RenderableType]:
    if answer.standalone_question:
        yield Text(wording.understood_label(answer.standalone_question), style="dim")
    yield Text(wording.status_label(answer.status), style=_STATUS_STYLE.get(str(answer.status), "bold"))
    if answer.statements:
        yield from (_statement_part(statement) for statement in answer.statements)
    else:
        yield Padding(Text(answer.text), (0, 0, 0, 2))
    for caveat in answer.caveats:
        yield Padding(Text(f"! {caveat}", style="yellow"), (0, 0, 0, 2))
    if answer.notice:
        yield Padding(Text(answer.notice, style="dim"), (0, 0, 0, 2))
    for citation in (*answer.citations, *answer.evidence):
        yield from _citation_parts(citation)


def _statement_part(statement: StatementView) -> RenderableType:
    """The statement; behind one in a language model's words stands that it is, and what it was checked against."""
    shown = Text(f"{wording.plain_text(statement.text)} ")
    if statement.composed:
        shown.append(f"({wording.composed_label(statement.citations)})", style="dim")
    else:
        shown.append(wording.numbered(statement.citations))
    return Padding(shown, (0, 0, 0, 2))


def _citation_parts(citation: CitationView) -> Iterator[RenderableType]:
    yield Text(f"[{citation.number}] {wording.document_label(citation)}", style="bold")
    dates = wording.version_label(citation.version, citation.effective_date, citation.review_due)
    for line in (wording.location_label(citation), f"{dates} · {citation.source}".lstrip(" ·")):
        if line:
            yield Padding(Text(line, style="dim"), (0, 0, 0, 4))
    yield Padding(Text(f"“{wording.plain_text(citation.quote)}”", style="italic"), (0, 0, 0, 4))


def passages_table(passages: Sequence[PassageView]) -> RenderableType:
    """The passages of a search, best first."""
    if not passages:
        return Text("No passage found in the documents you may see.")
    table = Table(show_lines=True)
    for name in ("#", "Document", "Where", "Passage"):
        table.add_column(name, overflow="fold")
    for rank, passage in enumerate(passages, start=1):
        document = f"{wording.document_label(passage)}\n{passage.source}"
        cells = (str(rank), document, wording.location_label(passage), wording.plain_text(passage.text))
        # Text, since a plain string would lose what Rich takes for markup: "[if under 40 kg]".
        table.add_row(*map(Text, cells))
    return table


def report_tables(report: IngestReportView) -> RenderableType:
    """What an ingest did: one line of counts, then what failed and what needs attention."""
    counts = (
        f"{len(report.ingested)} ingested, {len(report.unchanged)} unchanged, {len(report.failed)} failed, "
        f"{len(report.needs_attention)} to look at, in {report.seconds:.1f} s"
    )
    parts: list[RenderableType] = [Text(counts, style="bold")]
    if report.failed:
        parts.append(_report_table("Failed", report.failed, "red"))
    if report.needs_attention:
        parts.append(_report_table("Needs attention", report.needs_attention, "yellow"))
    return Group(*parts)


def _report_table(heading: str, rows: Sequence[ReportRowView], style: str) -> Table:
    table = Table(title=heading, title_style=style, title_justify="left", show_lines=False)
    table.add_column("File", overflow="fold", ratio=1)
    table.add_column("What to know", overflow="fold", ratio=2)
    for row in rows:
        table.add_row(Text(row.source), Text(row.reason))
    return table


def documents_table(rows: Sequence[DocumentRowView]) -> RenderableType:
    """One row a document version."""
    if not rows:
        return Text("No documents that you may see.")
    table = Table()
    for name in ("Document", "Version", "Title", "Number", "Status", "In force since", "Site", "File"):
        table.add_column(name, overflow="fold")
    for row in rows:
        since = row.effective_date.isoformat() if row.effective_date else ""
        cells = (row.document_id, row.version, row.title, row.reference_number or "", str(row.status), since)
        table.add_row(*(Text(cell) for cell in (*cells, row.site or "", row.source)))
    return table

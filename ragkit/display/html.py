"""Answers, passages, reports and documents as HTML for notebooks: self-contained, escaped, in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ragkit.display import wording
from ragkit.display.views import AnswerView, CitationView, IngestReportView, PassageView

if TYPE_CHECKING:
    from jinja2 import Environment


def answer_html(answer: AnswerView) -> str:
    """The answer with its quotes highlighted in the lines around them, version, dates and caveats."""
    return _render("answer.html", answer=answer)


def passages_html(passages: Sequence[PassageView]) -> str:
    """The passages of a search, best first."""
    return _render("passages.html", passages=passages)


def report_html(report: IngestReportView) -> str:
    """What an ingest did; what failed and what needs attention comes first."""
    groups = [("Failed", report.failed), ("Needs attention", report.needs_attention), ("Ingested", report.ingested)]
    return _render("report.html", report=report, groups=groups)


def document_html(document: Any) -> str:
    """A document's governance with the origin of each field, what was left out, and its text, folded.

    Args:
        document: a ``ragkit.Document``.
    """
    governance = document.governance
    fields = [
        (name.replace("_", " "), _plain_value(getattr(governance, name)), str(governance.origins.get(name, "")))
        for name in type(governance).model_fields
        if name not in {"origins", "title"} and getattr(governance, name) not in (None, (), "")
    ]
    return _render("document.html", document=document, fields=fields)


def _plain_value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _render(template: str, **values: Any) -> str:
    environment = _environment()
    style = environment.get_template("style.css").render()
    return f"<style>{style}</style>\n{environment.get_template(template).render(**values)}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("ragkit.display"), autoescape=True, trim_blocks=True)
    environment.filters.update(
        status_label=wording.status_label,
        document_label=wording.document_label,
        location_label=wording.location_label,
        dates_label=lambda c: wording.version_label(c.version, c.effective_date, c.review_due),
        plain_text=wording.plain_text,
        numbered=wording.numbered,
        composed_label=wording.composed_label,
        understood_label=wording.understood_label,
        before=_before,
        after=_after,
    )
    return environment


def _before(citation: CitationView) -> str:
    return wording.plain_text(citation.surrounding[: max(0, citation.start - citation.surrounding_start)])


def _after(citation: CitationView) -> str:
    return wording.plain_text(citation.surrounding[max(0, citation.end - citation.surrounding_start) :])

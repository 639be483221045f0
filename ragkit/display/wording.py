"""The words that a citation, a status and a date get, the same in every place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ragkit.display.views import Located

_STATUS = {
    "answered": "Answered from the documents",
    "partial": "Answered in part",
    "insufficient_evidence": "Not found in the documents you may see",
    "needs_clarification": "The question needs one more detail",
    "refused": "Not answered",
}


def status_label(status: str) -> str:
    """The status of an answer as a person reads it."""
    return _STATUS.get(str(status), str(status))


def document_label(place: Located) -> str:
    """``IC-204 Peripheral IV Care``: the reference number, unless the title already says it, and the title."""
    number = place.reference_number
    return f"{number} {place.title}" if number and number.lower() not in place.title.lower() else place.title


def location_label(place: Located) -> str:
    """``page 3 · 4. Assessment › 4.2 Frequency``; empty where the document has neither pages nor headings."""
    parts = [f"page {place.page}"] if place.page is not None else []
    if place.section:
        parts.append(" › ".join(place.section))
    return " · ".join(parts)


def version_label(version: str, effective_date: date | None, review_due: date | None = None) -> str:
    """``version 3.1 · in force since 2024-05-01 · review due 2026-05-01``."""
    parts = [] if effective_date and version == effective_date.isoformat() else [f"version {version}"]
    if effective_date:
        parts.append(f"in force since {effective_date.isoformat()}")
    if review_due:
        parts.append(f"review due {review_due.isoformat()}")
    return " · ".join(parts)


def plain_text(text: str) -> str:
    """Canonical text for display: the tabs between a table's cells become visible bars."""
    return "\n".join(_plain_row(line) for line in text.split("\n"))


def numbered(marks: Sequence[int]) -> str:
    """``[1][3]``."""
    return "".join(f"[{mark}]" for mark in marks)


def composed_label(marks: Sequence[int]) -> str:
    """``in other words; checked against [1][3]``: what stands beside a statement in a language model's words."""
    return f"in other words; checked against {numbered(marks)}"


def understood_label(question: str) -> str:
    """How a question that leaned on earlier ones was understood."""
    return f"Understood as: {question}"


def _plain_row(line: str) -> str:
    return " | ".join(cell.strip() for cell in line.split("\t")) if "\t" in line else line

"""From the dates that a header shows to the dates that count: since when *this* version is in force, when it is due.

The rule for the effective date. Headers use "effective" in two ways: for the day on which this version took effect, or
for the day on which the policy first existed, with its revisions below ("EFFECTIVE: 3-16-11 / REVISED: 11-02-24").
Words cannot have been in force before they were written, so:

1. Where the revised date is later than the effective date, this version is in force from the revised date, and, unless
   the header has an "original date" as well, the effective date is taken as the original date.
2. Otherwise this version is in force from the effective date, also where it lies after the revised date.
3. Without an effective date: from the revised date; else the issue date; else the original date; else the day of the
   approval.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.governance.dates import DateOrder, parse_date
from ragkit.documents.governance.header import DateFact, Header
from ragkit.documents.governance.labels import Label
from ragkit.documents.governance.lines import Place

_SHORTEST_REVIEW_CYCLE = timedelta(days=90)
_NAMES = {
    Label.ORIGINAL: "original date",
    Label.EFFECTIVE: "effective date",
    Label.ISSUED: "issue date",
    Label.REVISED: "revised date",
    Label.REVIEWED: "date of the last review",
    Label.REVIEW_DUE: "review due date",
    Label.RETIRED: "retired date",
}


@dataclass(frozen=True)
class HeaderDates:
    """The governance dates that a header gives; None where it gives none."""

    original_date: date | None = None
    effective_date: date | None = None
    revised_date: date | None = None
    last_reviewed: date | None = None
    review_due: date | None = None
    retired_date: date | None = None

    def stated(self) -> dict[str, date]:
        """The dates that are there."""
        return {name: value for name, value in vars(self).items() if value is not None}


def dates_of(header: Header) -> HeaderDates:
    """Works out the governance dates of a header, by the rule above."""
    effective = _value(header, Label.EFFECTIVE)
    revised = _value(header, Label.REVISED) or _value(header, Label.REVIEWED_OR_REVISED)
    original = _value(header, Label.ORIGINAL)
    issued = _value(header, Label.ISSUED)
    approved = _value(header, Label.APPROVED_ON) or _value(header, Label.DATE)
    if original is None and effective is not None and revised is not None and revised > effective:
        original = effective
    start = max((day for day in (effective, revised) if day is not None), default=None)
    if start is None or (effective is None and issued is not None and issued > start):
        start = issued or start or original or approved
    if original is None and issued is not None and start is not None and issued < start:
        original = issued
    reviewed = _value(header, Label.REVIEWED) or _value(header, Label.REVIEWED_OR_REVISED)
    reviewed, due = _reviews(header, reviewed, [start, revised, approved])
    return HeaderDates(original, start, revised, reviewed, due, _value(header, Label.RETIRED))


def _reviews(header: Header, reviewed: date | None, known: list[date | None]) -> tuple[date | None, date | None]:
    """The last and the next review. A bare "Review Date" is the next one if it lies well after the other dates."""
    due = header.date_of(Label.REVIEW_DUE)
    bare = header.date_of(Label.REVIEW)
    if due is not None or bare is None:
        if due is not None and bare is not None and reviewed is None:
            reviewed = bare.value
        return reviewed, due.last_day if due else None
    latest = max((day for day in (*known, reviewed) if day is not None), default=None)
    if reviewed is not None or latest is None or bare.value >= latest + _SHORTEST_REVIEW_CYCLE:
        return reviewed, bare.last_day
    return bare.value, None


def _value(header: Header, label: Label) -> date | None:
    fact = header.date_of(label)
    return fact.value if fact else None


def header_problems(header: Header, source: str, settled: Collection[str]) -> list[Problem]:
    """Dates that do not exist, and labels behind which the header shows different dates in different places.

    Args:
        header: what the header states.
        source: the file, for messages.
        settled: the fields that something more trustworthy states, so that a stale foot line does not matter.
    """
    problems = [
        Problem(
            kind=ProblemKind.IMPOSSIBLE_DATE,
            message=f"{source}: {pair.name} {text} is no date that exists; it was left out. Correct the document, or "
            "give the date in its sidecar.",
        )
        for pair, text in header.impossible
    ]
    for label, name in _NAMES.items():
        facts = [fact for fact in header.dates.get(label, []) if fact.pair.plain and _in_a_header(fact)]
        others = [fact for fact in facts[1:] if fact.value != facts[0].value]
        if others and label.value not in settled:
            problems.append(_two_dates(source, name, facts[0], others[0]))
    return problems


def _in_a_header(fact: DateFact) -> bool:
    return fact.pair.line.place in (Place.HEADER, Place.RUNNING)


def _two_dates(source: str, name: str, taken: DateFact, other: DateFact) -> Problem:
    places = [f'{fact.text} ("{fact.pair.line.text[:60]}")' for fact in (taken, other)]
    return Problem(
        kind=ProblemKind.GOVERNANCE_CONFLICT,
        message=f"{source}: two values for the {name}: {places[0]} and {places[1]}. {taken.value} was taken. "
        "Correct the document, or give the date in its sidecar.",
    )


_CHECKS: tuple[tuple[str, str, str], ...] = (
    ("original_date", "effective_date", "the original date is later than the effective date"),
    ("effective_date", "review_due", "the review is due before the version takes effect"),
    ("revised_date", "review_due", "it was revised after its review was due"),
    ("last_reviewed", "review_due", "it was last reviewed after its next review is due"),
    ("effective_date", "retired_date", "it is retired before it takes effect"),
)


def contradictions(fields: Mapping[str, Any], source: str, order: DateOrder) -> list[Problem]:
    """Dates that cannot all be right, in what was finally taken."""
    problems = []
    for earlier, later, what in _CHECKS:
        first, second = fields.get(earlier), fields.get(later)
        if first is not None and second is not None and first > second:
            problems.append(
                Problem(
                    kind=ProblemKind.GOVERNANCE_CONFLICT,
                    message=f"{source}: {what}: {earlier} {first}, {later} {second}. Both were taken as they stand. "
                    "Correct the document, or give the right dates in its sidecar.",
                )
            )
    replaced = parse_date(str(fields.get("supersedes") or ""), order)
    start = fields.get("effective_date")
    if replaced is not None and start is not None and replaced >= start:
        problems.append(
            Problem(
                kind=ProblemKind.GOVERNANCE_CONFLICT,
                message=f"{source}: it supersedes a version of {replaced}, which is not earlier than its own "
                f"effective_date {start}. Both were taken as they stand. Correct the document, or give the right dates "
                "in its sidecar.",
            )
        )
    return problems

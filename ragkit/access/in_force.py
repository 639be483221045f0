"""Which version of one document is in force on a day, and why the others are not.

The rules, in the order in which they are applied (docs/governance.md says the same for people):

1. Drafts and versions in review are never in force and put nothing out of force.
2. A version starts on its effective date (where it has none: on its revised date). Before that day it is *not yet* in
   force. A version without any date counts as started on every day: nothing says that it had not.
3. Of two started versions the later one puts the earlier one out of force. Later is: the later start; at the same
   start, the later revised date; where dates do not decide, the one whose status is not ``superseded``, then the one
   that says it ``supersedes`` the other, then the higher numeric version label ("2.1" is after "2.0").
4. A version that was later than another keeps it out of force also after its own retirement: retiring version 2
   retires the policy, it does not bring version 1 back.
5. A retired version is out of force from its ``retired_date``; with status ``retired`` and no date, on every day,
   because nobody knows until when it held.
6. Status ``superseded`` is honoured today even if the newer version is not in the store. For a day in the past the
   version counts by its dates until its successor starts; where the successor is not in the store, its end is not known
   and it is not shown as current (unless a ``retired_date`` gives the end).
7. What is left is in force. More than one left means that nothing orders them: both stay and the conflict is reported.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.governance import Status
from ragkit.documents.governance.dates import DateOrder, parse_date


class VersionRecord(Protocol):
    """What has to be known of a document version to decide whether it is in force (the store's rows have it)."""

    @property
    def version_key(self) -> int:
        """The store's key of this version."""
        ...

    @property
    def document_id(self) -> str:
        """The policy, shared by its versions."""
        ...

    @property
    def version(self) -> str:
        """The version's label."""
        ...

    @property
    def source(self) -> str:
        """The file it was read from."""
        ...

    @property
    def reference_number(self) -> str | None:
        """The policy's number."""
        ...

    @property
    def status(self) -> Status:
        """Where it stands in the life cycle."""
        ...

    @property
    def effective_date(self) -> date | None:
        """From this day it is in force."""
        ...

    @property
    def revised_date(self) -> date | None:
        """When its words were last changed."""
        ...

    @property
    def retired_date(self) -> date | None:
        """From this day it is no longer in force."""
        ...

    @property
    def supersedes(self) -> str | None:
        """What it replaces, as the document says it."""
        ...


Record = TypeVar("Record", bound=VersionRecord)


class OutOfForceReason(StrEnum):
    """Why a version is not in force on a day."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    NOT_YET = "not_yet"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


@dataclass(frozen=True)
class OutOfForce:
    """Why one version is not in force.

    Attributes:
        reason: for programs.
        detail: for people who may read all versions of the document ("not in force before 2027-01-01").
        superseded_by: the version key of the version that put it out of force; None where it is not known.
    """

    reason: OutOfForceReason
    detail: str
    superseded_by: int | None = None


@dataclass(frozen=True)
class InForce:
    """The versions of one document on one day.

    Attributes:
        version_keys: the versions in force; several only if nothing orders them (see ``problems``).
        out_of_force: for every other version, by version key, why it is not.
        earliest_start: the first day on which any version is known to be in force; None if some version has no date.
        before_records: True if the day lies before everything that is known of the document.
        problems: conflicts between the versions, each a ``VERSION_CONFLICT``.
    """

    version_keys: tuple[int, ...]
    out_of_force: dict[int, OutOfForce]
    earliest_start: date | None = None
    before_records: bool = False
    problems: tuple[Problem, ...] = ()


def versions_in_force(
    versions: Sequence[VersionRecord], as_of: date | None = None, *, today: date | None = None
) -> InForce:
    """Decides which version of one document is in force on ``as_of``.

    Args:
        versions: all known versions of one document, in any order.
        as_of: the day that is asked about; None for today.
        today: the day on which the question is asked; None for the clock's.

    Returns:
        The versions in force, and for each of the others why it is not. See the module's rules.
    """
    today = today or date.today()
    day = as_of or today
    early = {version.version_key: _before_its_time(version, day) for version in versions}
    started = [version for version in versions if early[version.version_key] is None]
    out = {key: reason for key, reason in early.items() if reason is not None}

    successors = [_later_than(version, started) for version in started]
    # where all are beaten, in a circle, nothing orders them
    unbeaten = [version for version, successor in zip(started, successors, strict=True) if successor is None] or started
    for version, successor in zip(started, successors, strict=True):
        if successor is not None and version not in unbeaten:
            out[version.version_key] = _superseded(successor)

    ended = {version.version_key: _ended(version, day, today, versions) for version in unbeaten}
    out |= {key: reason for key, reason in ended.items() if reason is not None}
    in_force = [version for version in unbeaten if ended[version.version_key] is None]
    earliest = _earliest_start(versions)
    return InForce(
        version_keys=tuple(version.version_key for version in in_force),
        out_of_force=out,
        earliest_start=earliest,
        before_records=earliest is not None and day < earliest,
        problems=(*_unordered(in_force), *_orphaned(unbeaten, started, in_force), *_contradicted(started)),
    )


def by_document(versions: Iterable[Record]) -> dict[str, list[Record]]:
    """The versions of each document, by its id, in the order in which they came."""
    documents: dict[str, list[Record]] = defaultdict(list)
    for version in versions:
        documents[version.document_id].append(version)
    return documents


def only_version_in_force(version: VersionRecord, as_of: date | None = None, *, today: date | None = None) -> bool:
    """The same decision for a document that has a single version, without the explanations: most have one."""
    today = today or date.today()
    day = as_of or today
    return _before_its_time(version, day) is None and _ended(version, day, today, (version,)) is None


def start_of(version: VersionRecord) -> date | None:
    """The day from which a version is in force: its effective date, else its revised date, else unknown."""
    return version.effective_date or version.revised_date


def is_later(version: VersionRecord, other: VersionRecord) -> bool:
    """Whether ``version`` takes the place of ``other``: by dates, else status, ``supersedes``, version labels."""
    for mine, others in ((start_of(version), start_of(other)), (version.revised_date, other.revised_date)):
        if mine is not None and others is not None and mine != others:
            return mine > others
    if (version.status is Status.SUPERSEDED) != (other.status is Status.SUPERSEDED):
        return other.status is Status.SUPERSEDED
    names, is_named = _names(version, other), _names(other, version)
    if names != is_named:
        return names
    labels = _label_number(version.version), _label_number(other.version)
    return labels[0] is not None and labels[1] is not None and labels[0] > labels[1]


def _before_its_time(version: VersionRecord, day: date) -> OutOfForce | None:
    if version.status is Status.DRAFT:
        return OutOfForce(OutOfForceReason.DRAFT, "a draft")
    if version.status is Status.IN_REVIEW:
        return OutOfForce(OutOfForceReason.IN_REVIEW, "in review, not yet approved")
    start = start_of(version)
    if start is not None and version.retired_date is not None and version.retired_date <= start:
        return OutOfForce(OutOfForceReason.RETIRED, f"withdrawn on {version.retired_date} before it took effect")
    if start is not None and start > day:
        return OutOfForce(OutOfForceReason.NOT_YET, f"not in force before {start}")
    return None


def _later_than(version: VersionRecord, others: Sequence[VersionRecord]) -> VersionRecord | None:
    """The version that took the place of ``version``: of several later ones the first that came."""
    later = [other for other in others if other is not version and is_later(other, version)]
    return min(later, key=lambda other: (start_of(other) or date.max, other.version_key), default=None)


def _superseded(successor: VersionRecord) -> OutOfForce:
    start = start_of(successor)
    since = f" since {start}" if start else ""
    return OutOfForce(
        OutOfForceReason.SUPERSEDED, f"superseded by version {successor.version}{since}", successor.version_key
    )


def _ended(version: VersionRecord, day: date, today: date, versions: Sequence[VersionRecord]) -> OutOfForce | None:
    """Why a version that no started one has replaced is not in force all the same; None if it is."""
    if version.retired_date is not None and version.retired_date <= day:
        return OutOfForce(OutOfForceReason.RETIRED, f"retired on {version.retired_date}")
    if version.status is Status.RETIRED and version.retired_date is None:
        return OutOfForce(OutOfForceReason.RETIRED, "retired; the day is not recorded, so no day can be answered for")
    if version.status is not Status.SUPERSEDED:
        return None
    if day >= today:
        return OutOfForce(OutOfForceReason.SUPERSEDED, "marked superseded; the newer version is not here")
    if version.retired_date is not None or _successor_to_come(version, versions):
        return None
    return OutOfForce(OutOfForceReason.SUPERSEDED, "marked superseded, and the day it was replaced is not recorded")


def _successor_to_come(version: VersionRecord, versions: Sequence[VersionRecord]) -> bool:
    approved = (other for other in versions if other.status not in (Status.DRAFT, Status.IN_REVIEW))
    return any(start_of(other) is not None and is_later(other, version) for other in approved if other is not version)


def _names(version: VersionRecord, other: VersionRecord) -> bool:
    """Whether ``version.supersedes`` names ``other``: its label, a date of it, its file, its reference number.

    "version 3 (2022-03-01)" names it by either part.
    """
    if not version.supersedes:
        return False
    files = (other.source, other.source.rsplit("/", 1)[-1])
    names = {_plain(name) for name in (other.version, other.reference_number or "", *files) if name}
    days = {other.effective_date, other.revised_date} - {None}
    for part in (version.supersedes, *re.split(r"[(),;]", version.supersedes)):
        if _plain(part) in names or any(parse_date(part, order) in days for order in DateOrder):
            return True
    return False


def _plain(text: str) -> str:
    return re.sub(
        r"^(version|ver|v|policy|ref(erence)?)\b[\s.:#]*(no\.?|number)?\s*", "", text.strip().casefold()
    ).strip()


def _label_number(label: str) -> tuple[int, ...] | None:
    match = re.fullmatch(r"(?:v|ver|version)?\.?\s*(\d{1,3}(?:\.\d{1,3}){0,3})", label.strip().casefold())
    return tuple(int(part) for part in match.group(1).split(".")) if match else None


def _earliest_start(versions: Iterable[VersionRecord]) -> date | None:
    starts = [start_of(v) for v in versions if v.status not in (Status.DRAFT, Status.IN_REVIEW)]
    known = [start for start in starts if start is not None]
    return min(known) if known and len(known) == len(starts) else None


def _conflict(message: str) -> Problem:
    return Problem(kind=ProblemKind.VERSION_CONFLICT, message=message)


def _described(version: VersionRecord) -> str:
    return f"{version.source} (version {version.version}, in force from {start_of(version) or 'an unknown day'})"


def _unordered(in_force: Sequence[VersionRecord]) -> tuple[Problem, ...]:
    if len(in_force) < 2:
        return ()
    listed = "; ".join(_described(version) for version in in_force)
    return (
        _conflict(
            f"{len(in_force)} active versions of the same policy and nothing says which one is newer: {listed}. "
            "All are searched. Give them different effective dates, or write `supersedes:` or `status: superseded` "
            "in the sidecar of one."
        ),
    )


def _orphaned(
    unbeaten: Sequence[VersionRecord], started: Sequence[VersionRecord], in_force: Sequence[VersionRecord]
) -> tuple[Problem, ...]:
    """The newest version is marked superseded while an older one claims to be active: neither can be shown."""
    if in_force or not any(version.status is Status.SUPERSEDED for version in unbeaten):
        return ()
    older = [version for version in started if version.status is Status.ACTIVE and version not in unbeaten]
    if not older:
        return ()
    return (
        _conflict(
            f"{_described(unbeaten[0])} is marked superseded, its successor is not here, and the active version is "
            f"older: {_described(older[0])}. None is shown. Add the newer version, or correct the dates or the status."
        ),
    )


def _contradicted(started: Sequence[VersionRecord]) -> tuple[Problem, ...]:
    """``supersedes`` names a version that is later by its dates."""
    if len(started) < 2:
        return ()
    return tuple(
        _conflict(
            f"{_described(version)} says that it supersedes {_described(other)}, which is later by its dates. "
            "The dates were followed. Correct the dates or `supersedes`."
        )
        for version in started
        if version.supersedes
        for other in started
        if other is not version and _names(version, other) and not _names(other, version) and is_later(other, version)
    )

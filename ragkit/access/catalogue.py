"""The list of documents that a reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from ragkit.access.in_force import OutOfForceReason, by_document, versions_in_force
from ragkit.access.scope import Scope, applies_at, decide_in_force
from ragkit.documents.governance import Status
from ragkit.store.rows import VersionRow

_STATUS_OUT_OF_FORCE = {
    OutOfForceReason.SUPERSEDED: Status.SUPERSEDED,
    OutOfForceReason.RETIRED: Status.RETIRED,
    OutOfForceReason.DRAFT: Status.DRAFT,
    OutOfForceReason.IN_REVIEW: Status.IN_REVIEW,
}


class DocumentRow(BaseModel):
    """One document version in the list of documents.

    Attributes:
        document_id, version, title, reference_number, effective_date, review_due, site, source: of the version.
        status: where it stands on the day asked about: a version that another one has put out of force is superseded.
        in_force: whether it is in force on that day; an active version whose effective date lies ahead is not.
    """

    model_config = ConfigDict(frozen=True)

    document_id: str
    version: str
    title: str
    status: Status
    in_force: bool
    reference_number: str | None
    effective_date: date | None
    review_due: date | None
    site: str | None
    source: str


def list_documents(versions: Sequence[VersionRow], scope: Scope, as_of: date | None) -> list[DocumentRow]:
    """One row for each version that the reader may read and that applies at the scope's site.

    Left out is a version that only another one, which the reader may not read, puts out of force: its row would tell
    of the other.

    Args:
        versions: the whole catalogue.
        scope: the reader's scope.
        as_of: the day on which the status is asked for; None for today.
    """
    rows = [row for group in by_document(versions).values() for row in _listed(group, scope, as_of)]
    return sorted(rows, key=lambda row: (row.document_id, row.effective_date or date.min))


def _listed(group: Sequence[VersionRow], scope: Scope, as_of: date | None) -> Iterator[DocumentRow]:
    """The rows of one document."""
    readable = [version for version in group if scope.readable(version)]
    in_force, known = decide_in_force(group, readable, scope.site, as_of)
    reasons = versions_in_force(readable, as_of).out_of_force
    for version in readable:
        key = version.version_key
        if not applies_at(version, scope.site) or key in known - in_force:
            continue
        status = version.status
        if key not in in_force and key in reasons:
            status = _STATUS_OUT_OF_FORCE.get(reasons[key].reason, status)
        yield _row(version, status, in_force=key in in_force)


def _row(version: VersionRow, status: Status, *, in_force: bool) -> DocumentRow:
    names = set(DocumentRow.model_fields) - {"status", "in_force"}
    return DocumentRow(**{name: getattr(version, name) for name in names}, status=status, in_force=in_force)


def find_version(
    versions: Iterable[VersionRow], scope: Scope, document_id: str, version: str | None
) -> VersionRow | None:
    """The version that a reader asks for by name, if they may read it; the one in force where none is named.

    A removed version is found by its name, so that old citations resolve, but only where no live one has that name:
    where roles were narrowed, the text from before must not stay open.
    """
    if version is None:
        in_scope = (row for row in versions if row.document_id == document_id and row.version_key in scope)
        return max(in_scope, key=lambda row: row.version_key, default=None)
    named = [row for row in versions if row.document_id == document_id and row.version == version]
    live = [row for row in named if row.removed_at is None]
    return max(filter(scope.readable, live or named), key=lambda row: row.version_key, default=None)

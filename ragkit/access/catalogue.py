"""The list of documents that a reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from ragkit.access.in_force import OutOfForceReason, versions_in_force
from ragkit.access.scope import Scope
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

    Args:
        versions: the whole catalogue.
        scope: the reader's scope.
        as_of: the day on which the status is asked for; None for today.
    """
    by_document: dict[str, list[VersionRow]] = defaultdict(list)
    for version in versions:
        by_document[version.document_id].append(version)
    rows = []
    for group in by_document.values():
        state = versions_in_force(group, as_of)
        for version in group:
            if not scope.readable(version) or not _applies(version, scope.site):
                continue
            out = state.out_of_force.get(version.version_key)
            status = version.status if out is None else _STATUS_OUT_OF_FORCE.get(out.reason, version.status)
            rows.append(_row(version, status, in_force=version.version_key in state.version_keys))
    return sorted(rows, key=lambda row: (row.document_id, row.effective_date or date.min))


def _applies(version: VersionRow, site: str | None) -> bool:
    return site is None or version.site is None or version.site.casefold() == site.strip().casefold()


def _row(version: VersionRow, status: Status, *, in_force: bool) -> DocumentRow:
    names = set(DocumentRow.model_fields) - {"status", "in_force"}
    return DocumentRow(**{name: getattr(version, name) for name in names}, status=status, in_force=in_force)


def find_version(
    versions: Iterable[VersionRow], scope: Scope, document_id: str, version: str | None
) -> VersionRow | None:
    """The version that a reader asks for by name, if they may read it; the one in force where none is named.

    A removed version is found by its name, so that old citations resolve, but only where no live one has that name.
    """
    named = [row for row in versions if row.document_id == document_id and scope.readable(row)]
    if version is None:
        candidates = [row for row in named if row.version_key in scope.version_keys]
    else:
        candidates = [row for row in named if row.version == version]
    return max(candidates, key=lambda row: (row.removed_at is None, row.version_key), default=None)

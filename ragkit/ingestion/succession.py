"""After a file was stored: what becomes of what it held before, and which versions lack an order between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ragkit.access.in_force import by_document, is_later, versions_in_force
from ragkit.documents.document import Document
from ragkit.ingestion.report import IngestedSource
from ragkit.store.rows import PutResult, VersionRow
from ragkit.store.store import Store


def settle_previous(store: Store, document: Document, result: PutResult) -> str | None:
    """Decides what becomes of the version that the same file held before.

    The same policy with a later date is a new version: the old one stays for ``as_of``. The same policy without a later
    date is a correction: the old words are out of search at once. Another policy altogether is left alone, since nobody
    said that it is over.

    Returns:
        A remark for the report, or None.
    """
    if result.previous_of_source is None:
        return None
    rows = {row.version_key: row for row in store.versions()}
    before, now = rows.get(result.previous_of_source), rows.get(result.version_key)
    if before is None or now is None:
        return None
    if before.document_id != now.document_id:
        return (
            f"This file used to hold {before.document_id} ({before.title}), which stays in force. If it is over, run "
            f"`ragkit remove {before.document_id}`."
        )
    if is_later(now, before):
        return None
    store.remove(before.document_id, before.version)
    if is_later(before, now):
        return (
            f"This file used to hold a later version ({before.version}) and now holds an older one ({now.version}). "
            "The later one is out of search and kept only for old citations. If that was a mistake, put the later "
            "file back."
        )
    return (
        "The words changed but no date did, so this was taken as a correction of the same version: the former words "
        "are out of search and kept only for old citations. Give the document a new date if it is a new version."
    )


def version_conflicts(versions: Iterable[VersionRow], sources: Collection[str]) -> list[IngestedSource]:
    """One row for each version in force that has no order to another one, among the documents of ``sources``."""
    conflicts = []
    for rows in by_document(versions).values():
        if len(rows) > 1 and any(row.source in sources for row in rows):
            for problem in versions_in_force(rows).problems:
                newest = max(rows, key=lambda row: row.version_key)
                conflicts.append(
                    IngestedSource(
                        source=newest.source,
                        reason=problem.message,
                        document_id=newest.document_id,
                        version=newest.version,
                    )
                )
    return conflicts

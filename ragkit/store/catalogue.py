"""The catalogue: which versions there are, and the state of the files they came from."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from ragkit.documents.document import Document
from ragkit.documents.governance import Status
from ragkit.store.database import Database
from ragkit.store.failures import decoding
from ragkit.store.rows import SourceState, VersionRow

_PLAIN = ("title", "reference_number", "owner", "approver", "site", "supersedes")
_LISTS = ("applies_to", "audience", "roles")
_DATES = ("original_date", "effective_date", "revised_date", "last_reviewed", "review_due", "retired_date")
_GOVERNANCE = (*_PLAIN, "status", *_LISTS, *_DATES)
_COLUMNS = (
    *("version_key", "document_id", "version"),
    *_GOVERNANCE,
    *("source", "media_type", "content_hash", "chunk_count", "embedding_fingerprint", "stored_at", "removed_at"),
)
_SOURCE_COLUMNS = ("source", "size", "modified_ns", "content_hash", "settings_hash", "site", "version_key", "remarks")


def read_versions(database: Database) -> tuple[VersionRow, ...]:
    """All versions, removed ones too, oldest first."""
    rows = database.query(f"SELECT {', '.join(_COLUMNS)} FROM version ORDER BY version_key")
    with decoding(database.folder, "The catalogue"):
        return tuple(_version_row(dict(zip(_COLUMNS, row, strict=True))) for row in rows)


def insert_version(database: Database, document: Document, chunk_count: int, fingerprint: str) -> int:
    """Adds a version; its new key."""
    governance = document.governance.model_dump(mode="json")
    values: dict[str, Any] = {
        "document_id": document.document_id,
        "version": document.version,
        **{name: governance[name] for name in _GOVERNANCE},
        **{name: json.dumps(governance[name]) for name in _LISTS},
        "source": document.source,
        "media_type": document.media_type,
        "content_hash": document.content_hash,
        "chunk_count": chunk_count,
        "embedding_fingerprint": fingerprint,
        "stored_at": now(),
    }
    return database.execute(
        f"INSERT INTO version ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )


def same_label(database: Database, document: Document) -> list[int]:
    """The searched version of the same document, label and site; at most one."""
    rows = database.query(
        "SELECT version_key FROM version WHERE document_id = ? AND version = ? AND COALESCE(site, '') = ? "
        "AND removed_at IS NULL",
        (document.document_id, document.version, document.governance.site or ""),
    )
    return [key for [key] in rows]


def versions_of(database: Database, document_id: str, version: str | None, *, removed_too: bool) -> list[int]:
    """The keys of a document's versions, or of one of them."""
    rows = database.query(
        "SELECT version_key FROM version WHERE document_id = ? AND (? IS NULL OR version = ?) "
        "AND (? OR removed_at IS NULL)",
        (document_id, version, version, removed_too),
    )
    return [key for [key] in rows]


def read_source(database: Database, source: str, site: str | None) -> SourceState | None:
    """What is known of a source file; None if it was never met."""
    rows = database.query(
        f"SELECT {', '.join(_SOURCE_COLUMNS)} FROM source WHERE source = ? AND site = ?", (source, site or "")
    )
    return _source_state(rows[0]) if rows else None


def read_sources(database: Database) -> tuple[SourceState, ...]:
    """All source files that were ever met."""
    rows = database.query(f"SELECT {', '.join(_SOURCE_COLUMNS)} FROM source ORDER BY source, site")
    return tuple(_source_state(row) for row in rows)


def write_source(database: Database, state: SourceState, version_key: int | None) -> None:
    """Notes the state of a source file, inside the caller's transaction."""
    values = (state.source, state.size, state.modified_ns, state.content_hash, state.settings_hash, state.site or "")
    database.execute(
        f"INSERT OR REPLACE INTO source ({', '.join(_SOURCE_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, version_key, state.remarks),
    )


def now() -> str:
    """The time, ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version_row(values: dict[str, Any]) -> VersionRow:
    for name in _LISTS:
        values[name] = tuple(json.loads(values[name]))
    for name in _DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["status"] = Status(values["status"])
    return VersionRow(**values)


def _source_state(row: tuple[Any, ...]) -> SourceState:
    values = dict(zip(_SOURCE_COLUMNS, row, strict=True))
    values["site"] = values["site"] or None
    return SourceState(**values)

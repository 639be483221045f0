"""Deletes for good: nothing of a purged version's words is left in any file of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable

from ragkit.errors import StoreError
from ragkit.store import writing
from ragkit.store.database import Database
from ragkit.store.mirroring import Mirror
from ragkit.store.repairing import rebuild_full_text


def purge_versions(database: Database, mirror: Mirror, version_keys: Iterable[int]) -> None:
    """Deletes versions with their text, chunks, index entries and vectors. Needs the writer lock.

    Vectors count as text here, since words can be guessed from them: all cached ones that no chunk uses any more go
    too, and Chroma's folder, which keeps what is deleted in its files, is built anew.

    Raises:
        StoreError: another process is reading an old state and keeps it from being overwritten; purge again later.
    """
    with database.transaction():
        for key in version_keys:
            database.execute("DELETE FROM source WHERE version_key = ?", (key,))
            writing.delete_version(database, key)
        database.execute("DELETE FROM embedding WHERE embedding_id NOT IN (SELECT embedding_id FROM chunk)")
    overwrite_deleted(database)
    mirror.rebuild()


def overwrite_deleted(database: Database) -> None:
    """Writes the database's files anew with nothing in them but what is stored now.

    Raises:
        StoreError: another process is reading an old state; call again later.
    """
    # Deleted entries stay in a full-text index until its segments are merged; a new index has none.
    rebuild_full_text(database)
    # VACUUM would otherwise write a copy of everything to the system's folder for temporary files.
    database.execute("PRAGMA temp_store = MEMORY")
    database.execute("VACUUM")
    [[busy, _, _]] = database.query("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy:
        raise StoreError(
            "The text is deleted, but another process is still reading and keeps the old pages on disk. "
            "Run the purge again when it has finished."
        )

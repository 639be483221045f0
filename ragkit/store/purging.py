"""Deletes for good: nothing of a purged version's words is left in any file of the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable

from ragkit.errors import StoreError
from ragkit.store import writing
from ragkit.store.database import Database
from ragkit.store.mirroring import REBUILD, Mirror
from ragkit.store.repairing import rebuild_full_text
from ragkit.store.writing import Step

OVERWRITE = "unfinished.overwrite_deleted"
"""Noted until the words of purged documents are gone from the files."""


def purge_versions(database: Database, mirror: Mirror, version_keys: Iterable[int], step: Step) -> None:
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
        database.note(OVERWRITE, "1")
        database.note(REBUILD, "1")
    finish_purge(database, mirror, step)


def finish_purge(database: Database, mirror: Mirror, step: Step) -> bool:
    """Does what a purge still has to do after the rows are gone, also one that was interrupted.

    Returns:
        Whether there was anything to do.

    Raises:
        StoreError: another process is reading an old state; call again later.
    """
    if not database.noted(OVERWRITE):
        return False
    step("delete the purged vectors")
    mirror.rebuild()
    step("overwrite the deleted text")
    _overwrite_deleted(database)
    with database.transaction(housekeeping=True):
        database.note(OVERWRITE, None)
    return True


def _overwrite_deleted(database: Database) -> None:
    """Writes the database's files anew with nothing in them but what is stored now."""
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

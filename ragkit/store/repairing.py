"""Mends what can be mended without the source files and without embedding anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from ragkit.errors import StoreError
from ragkit.store import contents, writing
from ragkit.store.database import Database, full_text_statement
from ragkit.store.mirroring import Mirror
from ragkit.store.report import DamageKind, StoreProblem


def repair(database: Database, mirror: Mirror, problems: Sequence[StoreProblem]) -> Iterator[str]:
    """Mends what was found; yields what was done. Needs the writer lock.

    Raises:
        StoreError: the disk is full, or the damage is beyond mending.
    """
    kinds = {problem.kind for problem in problems}
    if DamageKind.DATABASE in kinds:
        with suppress(StoreError):
            database.execute("REINDEX")
            yield "The database's indexes were built anew."
    if kinds & {DamageKind.DATABASE, DamageKind.FULL_TEXT}:
        rebuild_full_text(database)
        yield "The full-text index was built anew from the database."
    broken = {key for problem in problems for key in problem.version_keys}
    for key in sorted(broken):
        yield from _set_aside(database, key)
    if DamageKind.VECTOR in kinds:
        yield from _forget_unused_vectors(database)
    if kinds & {DamageKind.DATABASE, DamageKind.SOURCE}:
        yield from _forget_what_points_nowhere(database)
    if DamageKind.CHROMA in kinds:
        mirror.rebuild()
        yield f"{mirror.folder} was built anew from the database, without embedding anything."
    else:
        mirror.catch_up()


def rebuild_full_text(database: Database) -> None:
    """Builds the full-text index anew from the chunks."""
    with database.transaction():
        database.execute("DROP TABLE chunk_words")
        database.execute(full_text_statement())
        for [version_key] in database.query("SELECT version_key FROM version WHERE removed_at IS NULL"):
            contents.index_chunks(database, version_key)


def _set_aside(database: Database, version_key: int) -> Iterator[str]:
    """Takes a version that is not whole out of search and forgets its file's state, so that the file is read again."""
    [[source, has_text]] = database.query(
        "SELECT source, content.text IS NOT NULL FROM version LEFT JOIN content USING (version_key) "
        "WHERE version_key = ?",
        (version_key,),
    )
    with database.transaction():
        if has_text:
            writing.forget_source(database, version_key)
            writing.take_out_of_search(database, version_key)
        else:
            writing.delete_version(database, version_key)
    yield f"{source} (version {version_key}) was not whole and is no longer searched. Ingest it again."


def _forget_unused_vectors(database: Database) -> Iterator[str]:
    """Cached vectors may be as broken as those that were found, and would be used again."""
    with database.transaction():
        database.execute("DELETE FROM embedding WHERE embedding_id NOT IN (SELECT embedding_id FROM chunk)")
    yield "Cached vectors that no document uses were deleted."


def _forget_what_points_nowhere(database: Database) -> Iterator[str]:
    with database.transaction():
        for table in ("content", "chunk"):
            database.execute(f"DELETE FROM {table} WHERE version_key NOT IN (SELECT version_key FROM version)")
        database.execute(
            "UPDATE source SET version_key = NULL, content_hash = '' "
            "WHERE version_key NOT IN (SELECT version_key FROM version)"
        )
    yield "Rows that belonged to no document version were deleted."

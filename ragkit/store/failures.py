"""What went wrong in SQLite, said in ragkit's words: raw database errors never leave the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragkit.errors import StoreDamagedError, StoreError, StoreLockedError


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns SQLite's errors into ``StoreError`` and its kin.

    Raises:
        StoreDamagedError: the database file is not whole.
        StoreLockedError: another process holds the database.
        StoreError: the disk is full, the folder is read-only, the knowledge base is closed, and all else.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(error, folder) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise StoreError(f"This cannot be stored in {folder}: {error}") from error


@contextmanager
def decoding(folder: Path, what: str) -> Iterator[None]:
    """Turns the failure to make sense of stored values into an error of the store.

    Raises:
        StoreDamagedError: what was read from the database is not what was ever written to it.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise StoreDamagedError(
            f"{what} in the database in {folder} cannot be made sense of. Run `ragkit check --repair`, then ingest the "
            f"documents again. ({type(error).__name__})"
        ) from error


def _explained(error: sqlite3.Error, folder: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", None) or ""
    said = str(error)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "decode to UTF-8" in said:
        return StoreDamagedError(
            f"The database in {folder} is damaged ({said}). Run `ragkit check --repair`; if that cannot mend it, "
            "restore the folder from a backup, or move it away and ingest the documents again."
        )
    if name.startswith("SQLITE_FULL"):
        return StoreError(
            f"The disk is full: nothing more could be stored in {folder}, and nothing that was there is lost. "
            "Free some space, then ingest again; what is already stored is not read again."
        )
    if name.startswith("SQLITE_IOERR"):
        return StoreError(
            f"The disk did not take what was to be stored in {folder} ({said}); it may be full or failing. Nothing "
            "that was there is lost. Check the disk's free space and health, then ingest again."
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreError(
            f"{folder} cannot be written or opened ({said}). Check that it exists and that this user may write there; "
            "asking only needs a copy in a folder that can be read."
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreLockedError(f"Another process is using the database in {folder}. Wait for it, then try again.")
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in said:
        return StoreError(f"The knowledge base {folder} is closed. Open it again with KnowledgeBase.open().")
    return StoreError(f"The database in {folder} refused: {said}")

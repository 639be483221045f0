"""Small SQLite files that only the present user may read, and whose loss costs time or money but never an answer."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TypeVar

Result = TypeVar("Result")

_WAIT_SECONDS = 0.5  # for another thread or process to finish
_REST_SECONDS = 30.0  # after a failure, so that not every answer waits for a file that cannot be used
_log = logging.getLogger("ragkit.language_models")


class PrivateDatabase:
    """An SQLite file that is used by one thread at a time, and by several processes.

    It is made where it is missing and made anew where it is damaged. What is deleted is overwritten. Each statement is
    a transaction of its own.

    Args:
        path: the file; its folder is made where it is missing.
        tables: SQL that makes the tables where they are missing.
        prepare: called with the database when it was opened.
    """

    def __init__(
        self, path: Path, tables: str, prepare: Callable[[sqlite3.Connection], None] = lambda database: None
    ) -> None:
        self._path = path
        self._tables = tables
        self._prepare = prepare
        self._lock = Lock()
        self._database: sqlite3.Connection | None = None
        self._rests_until = 0.0

    def use(self, work: Callable[[sqlite3.Connection], Result], otherwise: Result, *, insist: bool = False) -> Result:
        """Does something with the database.

        Args:
            work: does it.
            otherwise: what is returned where the file cannot be used now; the log says why.
            insist: also where it could not be used a moment ago.
        """
        if not self._lock.acquire(timeout=-1 if insist else _WAIT_SECONDS):
            return otherwise
        try:
            if monotonic() < self._rests_until and not insist:
                return otherwise
            return self._tried(work)
        except (sqlite3.Error, OSError) as error:
            self._rests_until = monotonic() + _REST_SECONDS
            _log.warning("The file %s cannot be used (%s).", self._path, type(error).__name__)
            self._close()
            return otherwise
        finally:
            self._lock.release()

    def close(self) -> None:
        """Closes the file. It is opened again where it is used again."""
        with self._lock:
            self._close()

    def _tried(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        try:
            return work(self._opened())
        except sqlite3.OperationalError:
            raise  # locked, full, or no right to write: the file itself may be sound
        except sqlite3.DatabaseError as error:
            _log.warning("The file %s is damaged (%s) and made anew.", self._path, type(error).__name__)
            self._close()
            for name in (self._path, *(self._path.with_name(self._path.name + end) for end in ("-wal", "-shm"))):
                name.unlink(missing_ok=True)
            return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._database = sqlite3.connect(
                self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA secure_delete = ON")
            self._database.executescript(self._tables)
            self._prepare(self._database)
        return self._database

    def _close(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.Error):
                database.close()

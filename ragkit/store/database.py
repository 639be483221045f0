"""Connections to the SQLite file: one a thread, snapshots for readers, all-or-nothing transactions for the writer."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from ragkit.errors import StoreDamagedError, StoreError
from ragkit.store.failures import translated

SCHEMA_VERSION = 1
APPLICATION_ID = 0x7261676B  # "ragk", so that the file says what it is
FILE_NAME = "ragkit.sqlite3"
BUSY_SECONDS = 30.0
"""How long a short wait for another process's commit may last. Long waits are the writer lock's business."""

Parameters = Sequence[object]


class Database:
    """The SQLite file of one knowledge base.

    Write-ahead logging lets readers go on, each in its own snapshot, while one process writes.

    Args:
        folder: the knowledge base's folder.
        read_only: open what is there and change nothing.

    Raises:
        StoreError: there is nothing to open, or it was made by a newer ragkit.
        StoreDamagedError: the file is not a knowledge base's database.
    """

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        self.folder = folder
        self.file = folder / FILE_NAME
        self.read_only = read_only
        self._local = threading.local()
        self._guard = threading.Lock()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._closed = False
        try:
            with translated(folder):
                self._prepare()
        except BaseException:
            self.close()
            raise

    def query(self, statement: str, parameters: Parameters = ()) -> list[Any]:
        """All rows of a reading statement."""
        with translated(self.folder):
            return self._connection().execute(statement, parameters).fetchall()

    def execute(self, statement: str, parameters: Parameters = ()) -> int:
        """Runs a writing statement; the new row's id."""
        with translated(self.folder):
            return self._connection().execute(statement, parameters).lastrowid or 0

    def execute_many(self, statement: str, rows: Iterable[Parameters]) -> None:
        """Runs a writing statement once for each row."""
        with translated(self.folder):
            self._connection().executemany(statement, rows)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything this thread reads inside sees one and the same state, whatever is committed meanwhile."""
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with translated(self.folder):
            connection.execute("BEGIN")
        try:
            yield
        finally:
            with translated(self.folder):
                connection.rollback()

    @contextmanager
    def transaction(self, *, housekeeping: bool = False) -> Iterator[None]:
        """All of it or nothing. The revision goes up by one with the commit.

        Args:
            housekeeping: the change makes no difference to readers, and the revision stays.

        Raises:
            StoreError: called inside a snapshot.
        """
        connection = self._connection()
        if connection.in_transaction:
            raise StoreError("The knowledge base cannot be changed inside a snapshot or another change; end it first.")
        with translated(self.folder):
            connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with translated(self.folder):
                if not housekeeping:
                    connection.execute("UPDATE property SET value = value + 1 WHERE name = 'revision'")
                connection.commit()
        except BaseException:
            # On some errors (a full disk) SQLite has rolled back by itself.
            if connection.in_transaction:
                connection.rollback()
            raise

    def noted(self, name: str) -> str | None:
        """A value of the property table."""
        rows = self.query("SELECT value FROM property WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def note(self, name: str, value: str | None) -> None:
        """Sets a value of the property table, or deletes it."""
        if value is None:
            self.execute("DELETE FROM property WHERE name = ?", (name,))
        else:
            self.execute("INSERT OR REPLACE INTO property (name, value) VALUES (?, ?)", (name, value))

    @property
    def revision(self) -> int:
        """Goes up with every change; two equal revisions mean the same contents."""
        return int(self.query("SELECT value FROM property WHERE name = 'revision'")[0][0])

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._guard, translated(self.folder):
            self._closed = True
            for _, connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise StoreError(
                    f"The knowledge base {self.folder} is closed. Open it again with KnowledgeBase.open()."
                )
            for thread, connection in [pair for pair in self._connections if not pair[0].is_alive()]:
                connection.close()
                self._connections.remove((thread, connection))
            connection = sqlite3.connect(
                self._uri(), uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connections.append((threading.current_thread(), connection))
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten with zeros: deleted policy text does not linger in free pages.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -32000")
        if not self.read_only:
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _uri(self) -> str:
        """The address of the file, with how it may be used."""
        address = self.file.resolve().as_uri()
        if not self.read_only:
            return address
        # In a folder that cannot be written, SQLite cannot make the files that readers and a writer share. Nobody can
        # write there, so they are not needed, unless a crash left a log that has still to be replayed.
        log = self.file.with_name(FILE_NAME + "-wal")
        frozen = not _writable(self.folder) and not (log.exists() and log.stat().st_size)
        return f"{address}?mode=ro{'&immutable=1' if frozen else ''}"

    def _prepare(self) -> None:
        """Creates the tables if the file is new, and refuses what cannot be used."""
        if not self.file.exists():
            if self.read_only:
                raise StoreError(f"There is no knowledge base in {self.folder}. Check the path, or ingest something.")
            try:
                self._make_folder()
            except OSError as error:
                raise StoreError(
                    f"There is no room for a knowledge base at {self.folder} ({error.strerror}). Choose another folder."
                ) from error
        elif not self.read_only and not (_writable(self.folder) and _writable(self.file)):
            self.read_only = True
        connection = self._connection()
        [[found]] = connection.execute("PRAGMA user_version").fetchall()
        if found == 0 and not self.read_only:
            self._create_tables(connection)
            return
        self._check_identity(connection, found)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {self.folder} cannot be made ({error.strerror or error}). Choose a path that is no "
                "file, in a place where this user may write."
            ) from error

    def _create_tables(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been quicker.
            [[found]] = connection.execute("PRAGMA user_version").fetchall()
            if found == 0:
                for [table] in connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall():
                    raise StoreDamagedError(
                        f"{self.file} is a database, but not ragkit's (it has a table {table!r}). "
                        "Choose another folder."
                    )
                for statement in _statements():
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.commit()
        finally:
            if connection.in_transaction:
                connection.rollback()

    def _check_identity(self, connection: sqlite3.Connection, schema_version: int) -> None:
        [[application]] = connection.execute("PRAGMA application_id").fetchall()
        if application != APPLICATION_ID:
            raise StoreDamagedError(f"{self.file} is not the database of a knowledge base. Choose another folder.")
        if schema_version > SCHEMA_VERSION:
            raise StoreError(
                f"The knowledge base {self.folder} was made by a newer ragkit (format {schema_version}; this one knows "
                f"{SCHEMA_VERSION}). Install a newer ragkit, or ingest the documents into a new folder."
            )


def full_text_statement() -> str:
    """The statement that creates the full-text index."""
    return next(statement for statement in _statements() if "CREATE VIRTUAL TABLE" in statement)


def _statements() -> list[str]:
    """The statements of ``schema.sql``, to be run in one transaction (``executescript`` would commit first)."""
    script = files("ragkit.store").joinpath("schema.sql").read_text(encoding="utf-8")
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK)

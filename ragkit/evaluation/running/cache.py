"""The answers of earlier runs, kept by what they depend on.

One SQLite file. An entry carries its own key and a hash of its contents, and both are compared before it is used: a
wrong entry would be a wrong measurement. Each entry is a transaction of its own, so that an interrupted run leaves
whole entries and the next one goes on from there. Errors are not kept.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ragkit.answering.answer import Answer
from ragkit.evaluation.record import CitationFacts
from ragkit.retrieval.passage import Passage

FILE = "records.sqlite3"
KEPT = 20_000
"""Entries that are kept; an answer with fifty passages takes about 10 kB."""

_TABLE = "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, hash TEXT NOT NULL, contents BLOB NOT NULL)"


class Outcome(BaseModel):
    """What came of asking once.

    Attributes:
        asked: the words that were asked.
        answer: what came back; None where asking raised.
        passages: what the search returned.
        facts: of the citations. They are looked up anew in each run and not kept.
        milliseconds: wall time of the answer.
        error: what was raised.
    """

    model_config = ConfigDict(frozen=True)

    asked: str
    answer: Answer | None = None
    passages: tuple[Passage, ...] = ()
    facts: tuple[CitationFacts, ...] = ()
    milliseconds: float = 0.0
    error: str = ""

    def same_as(self, other: Outcome) -> bool:
        """Whether both show the same and found the same; times aside."""
        return self._shown() == other._shown()

    def _shown(self) -> tuple[object, ...]:
        found = tuple((passage.document_id, passage.version, passage.start, passage.end) for passage in self.passages)
        if self.answer is None:
            return (self.error, found)
        return (
            *(getattr(self.answer, name) for name in ("status", "text", "statements", "citations", "caveats")),
            found,
        )


class _Entry(BaseModel):
    """An outcome with the key that it was kept under."""

    key: str
    outcome: Outcome


class RecordCache:
    """Outcomes by key. Used by one thread at a time.

    Attributes:
        remarks: what a person should know, such as that damaged entries were left out.
    """

    def __init__(self, folder: Path) -> None:
        """Opens the cache in ``folder``, and creates it if it is missing. A damaged file is replaced by a new one."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE
        self.remarks: list[str] = []
        self._connection = self._open()

    def get(self, key: str, asked: str) -> Outcome | None:
        """The outcome of an earlier run; None where there is none, or where what is there is not whole."""
        try:
            row = self._connection.execute("SELECT hash, contents FROM entries WHERE key = ?", (key,)).fetchone()
        except sqlite3.DatabaseError as error:
            self._start_anew(error)
            return None
        if row is None:
            return None
        outcome = _verified(key, asked, *row)
        if outcome is None:
            self.remarks.append(f"The cached answer to {asked!r} was damaged and is asked anew.")
            self.forget(key)
        return outcome

    def put(self, key: str, outcome: Outcome) -> None:
        """Keeps an outcome; one with an error is not kept."""
        if outcome.error:
            return
        kept = outcome.model_copy(update={"facts": ()})
        contents = zlib.compress(_Entry(key=key, outcome=kept).model_dump_json().encode())
        row = (key, hashlib.sha256(contents).hexdigest(), contents)
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", row)

    def forget(self, key: str | None = None) -> None:
        """Deletes one entry, or all."""
        with self._connection:
            if key is None:
                self._connection.execute("DELETE FROM entries")
            else:
                self._connection.execute("DELETE FROM entries WHERE key = ?", (key,))

    def trim(self, most: int = KEPT) -> None:
        """Deletes the oldest entries beyond ``most``: answers of code and documents that are long gone."""
        with self._connection:
            self._connection.execute(
                "DELETE FROM entries WHERE rowid <= (SELECT rowid FROM entries ORDER BY rowid DESC LIMIT 1 OFFSET ?)",
                (most,),
            )

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA journal_mode = WAL")
            with connection:
                connection.execute(_TABLE)
            connection.execute("SELECT key, hash, contents FROM entries LIMIT 1").fetchone()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            connection.close()
            return self._replaced(error)
        return connection

    def _start_anew(self, error: sqlite3.DatabaseError) -> None:
        self._connection.close()
        self._connection = self._replaced(error)

    def _replaced(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """A new file in the place of a damaged one."""
        self.remarks.append(f"The cache {self._path} was damaged ({error}); all questions are asked anew.")
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            (self._path.parent / name).unlink(missing_ok=True)
        connection = sqlite3.connect(self._path, timeout=30)
        with connection:
            connection.execute(_TABLE)
        return connection


def _verified(key: str, asked: str, digest: str, contents: bytes) -> Outcome | None:
    """The entry's outcome, if it is whole and belongs to the key and to the words asked."""
    if hashlib.sha256(contents).hexdigest() != digest:
        return None
    try:
        entry = _Entry.model_validate_json(zlib.decompress(contents))
    except (zlib.error, ValidationError):
        return None
    return entry.outcome if entry.key == key and entry.outcome.asked == asked else None

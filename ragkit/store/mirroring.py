"""Brings Chroma up to date with SQLite. Chroma lags behind by design and catches up: a crash costs no vectors.

SQLite notes, in the transaction that changes a version, what Chroma has still to add (``version.mirrored = 0``) and to
forget (``unmirror``). The notes are deleted after Chroma has done it. Doing it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragkit.errors import StoreDamagedError, StoreError
from ragkit.store.chroma import FOLDER_NAME, ChromaFolder, MirrorRow, delete_folder, seal
from ragkit.store.database import Database
from ragkit.store.embeddings import matrix
from ragkit.store.writing import Step

SEAL = "chroma.seal"
"""What Chroma's index files were when they were last closed; ``OPEN`` while they are in use or after a crash."""
OPEN = "open"

REBUILD = "unfinished.rebuild_chroma"
"""Noted while Chroma's folder has to go as a whole."""


class Mirror:
    """Chroma's side of one knowledge base. Call it only with the writer lock held."""

    def __init__(self, database: Database, step: Step) -> None:
        self._database = database
        self._step = step
        self.folder: Path = database.folder / FOLDER_NAME

    def backlog(self) -> int:
        """How many chunks Chroma has still to add or to forget."""
        if self._must_go():
            return int(self._database.query("SELECT count(*) FROM chunk")[0][0]) or 1
        rows = self._database.query(
            "SELECT (SELECT count(*) FROM unmirror) + "
            "(SELECT COALESCE(sum(chunk_count), 0) FROM version WHERE mirrored = 0 AND removed_at IS NULL)"
        )
        return int(rows[0][0])

    def catch_up(self) -> str | None:
        """Works off the backlog. A damaged folder is built anew, which takes no embedding.

        Returns:
            What was mended, if anything was.

        Raises:
            StoreDamagedError: the folder cannot be used, not even a new one.
            StoreError: the disk is full.
        """
        if not self.backlog():
            return None
        if self._must_go():
            self.rebuild()
            return f"The vectors in {self.folder}, left by an interrupted change, were built anew from the database."
        try:
            self._work_off()
        except StoreDamagedError as error:
            self.rebuild()
            return f"The vectors in {self.folder} were damaged and were built anew. ({error.__cause__ or error})"
        return None

    def rebuild(self) -> None:
        """Builds the folder anew from the vectors in SQLite."""
        with self._database.transaction(housekeeping=True):
            self._database.note(REBUILD, "1")
        self._step("delete the chroma folder")
        delete_folder(self.folder)
        with self._database.transaction(housekeeping=True):
            self._database.execute("UPDATE version SET mirrored = 0")
            self._database.execute("DELETE FROM unmirror")
            self._database.note(REBUILD, None)
            self._database.note(SEAL, None)
        self._step("fill the chroma folder")
        self._work_off()

    @contextmanager
    def opened(self) -> Iterator[ChromaFolder]:
        """Opens Chroma's folder, if its index files are those that were closed last.

        Raises:
            StoreDamagedError: they are not, or the folder cannot be read.
        """
        sealed = self._database.noted(SEAL)
        if sealed is not None and sealed != self._current_seal():
            raise StoreDamagedError(
                f"The index files in {self.folder} are not as they were written. No document is lost and questions are "
                "still answered; run `ragkit check --repair` to build that folder anew."
            )
        self._note_seal(OPEN)
        try:
            with ChromaFolder(self.folder) as chroma:
                yield chroma
        except StoreError:
            self._note_seal(sealed)
            raise
        self._note_seal(self._current_seal())

    def _must_go(self) -> bool:
        """Whether a crash left the folder in a state that is not known."""
        return self._database.noted(REBUILD) is not None or self._database.noted(SEAL) == OPEN

    def _note_seal(self, value: str | None) -> None:
        with self._database.transaction(housekeeping=True):
            self._database.note(SEAL, value)

    def _current_seal(self) -> str:
        try:
            return seal(self.folder)
        except OSError as error:
            raise StoreDamagedError(
                f"The vectors in {self.folder} cannot be read ({error.strerror or error}). Questions are still "
                "answered; run `ragkit check --repair` to build that folder anew."
            ) from error

    def _work_off(self) -> None:
        with self.opened() as chroma:
            chroma.probe()
            self._forget(chroma)
            self._add(chroma)

    def _forget(self, chroma: ChromaFolder) -> None:
        ids = [chunk_id for [chunk_id] in self._database.query("SELECT chunk_id FROM unmirror")]
        if not ids:
            return
        self._step("delete from chroma")
        chroma.delete(ids)
        self._step("note what chroma deleted")
        with self._database.transaction(housekeeping=True):
            self._database.execute_many("DELETE FROM unmirror WHERE chunk_id = ?", ((chunk_id,) for chunk_id in ids))

    def _add(self, chroma: ChromaFolder) -> None:
        waiting = self._database.query(
            "SELECT version_key, embedding_fingerprint, chunk_count FROM version "
            "WHERE mirrored = 0 AND removed_at IS NULL ORDER BY embedding_fingerprint, version_key"
        )
        while waiting:
            # Several versions at a time: Chroma is ten times slower with small batches.
            fingerprint, keys, count = waiting[0][1], [], 0
            while waiting and waiting[0][1] == fingerprint and count < 2000:
                keys.append(waiting[0][0])
                count += waiting.pop(0)[2]
            rows = [row for key in keys for row in self._rows(key)]
            self._step("add to chroma")
            if rows:
                chroma.add(fingerprint, rows)
            self._step("note what chroma added")
            with self._database.transaction(housekeeping=True):
                self._database.execute_many(
                    "UPDATE version SET mirrored = 1 WHERE version_key = ?", ((key,) for key in keys)
                )

    def _rows(self, version_key: int) -> list[MirrorRow]:
        found = self._database.query(
            "SELECT chunk_id, chunk_index, vector, document_id, version, COALESCE(site, ''), status, "
            "COALESCE(effective_date, '') FROM chunk JOIN embedding USING (embedding_id) "
            "JOIN version USING (version_key) WHERE version_key = ? ORDER BY chunk_index",
            (version_key,),
        )
        vectors = matrix([row[2] for row in found])
        names = ("chunk_index", "document_id", "version", "site", "status", "effective_date")
        return [
            MirrorRow(row[0], vector, {"version_key": version_key, **dict(zip(names, (row[1], *row[3:]), strict=True))})
            for row, vector in zip(found, vectors, strict=True)
        ]

"""The Store: one knowledge base on disk."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from ragkit.chunking.chunk import Chunk
from ragkit.documents.document import Document
from ragkit.errors import DocumentNotFoundError, StoreDamagedError, StoreError
from ragkit.store import catalogue, checking, contents, embeddings, lexical, purging, repairing, writing
from ragkit.store.database import Database
from ragkit.store.dense import DenseSearch
from ragkit.store.embeddings import Vectors
from ragkit.store.locking import WriterLock
from ragkit.store.mirroring import Mirror
from ragkit.store.postings import PhraseSearch
from ragkit.store.report import CheckReport, DamageKind, StoreProblem
from ragkit.store.rows import Hit, PutResult, SourceState, VersionRow

_DOCUMENTS_IN_MEMORY = 256


class Store:
    """One knowledge base on disk. Any number of processes and threads may read it while one writes.

    Example:
        >>> with Store.open("northmoor.kb") as store:                                       # doctest: +SKIP
        ...     result = store.put(document, chunks, vectors, fingerprint=embedder.fingerprint)
        ...     hits = store.lexical_search(match_any(["peripheral iv"]), {result.version_key}, limit=10)
    """

    def __init__(self, database: Database) -> None:
        """Use ``Store.open``."""
        self._database = database
        self._lock = WriterLock(database.folder)
        self._mirror = Mirror(database, lambda name: self._step(name))
        self._dense = DenseSearch(database)
        self._phrases = PhraseSearch(database)
        self._mended: list[str] = []
        self._versions_guard = threading.Lock()
        self._versions: tuple[int, tuple[VersionRow, ...], tuple[VersionRow, ...]] | None = None
        self._document = lru_cache(_DOCUMENTS_IN_MEMORY)(lambda key: contents.load_document(database, key))

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> Self:
        """Opens the knowledge base in the folder ``path``, and creates it if it is missing.

        Args:
            path: the folder.
            read_only: never write, and raise instead of creating.

        Raises:
            StoreError: it cannot be opened, or was made by a newer ragkit.
            StoreDamagedError: what is there is not a whole knowledge base.
        """
        return cls(Database(Path(path), read_only=read_only))

    @property
    def path(self) -> Path:
        """The folder."""
        return self._database.folder

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: asked for so, or the folder does not allow it."""
        return self._database.read_only

    # Reading

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything this thread reads inside sees one state of the knowledge base, whatever is written meanwhile.

        A question resolves its scope and searches inside one snapshot: otherwise a version that is switched between
        the two steps would be in neither.
        """
        with self._database.snapshot():
            yield

    @property
    def revision(self) -> int:
        """Goes up with every change."""
        return self._database.revision

    def versions(self, *, removed_too: bool = False) -> tuple[VersionRow, ...]:
        """The catalogue, oldest first: every version that can be searched, drafts and superseded ones included.

        Args:
            removed_too: also those that were removed or replaced and whose text is still kept.
        """
        with self._database.snapshot():
            revision = self._database.revision
            held = self._versions
            if held is None or held[0] != revision:
                rows = catalogue.read_versions(self._database)
                held = (revision, rows, tuple(row for row in rows if row.removed_at is None))
                with self._versions_guard:
                    self._versions = held
        return held[1] if removed_too else held[2]

    def load_document(self, version_key: int) -> Document:
        """The document as it was stored, also after it was removed.

        Raises:
            DocumentNotFoundError: it was purged or never stored.
        """
        # Another process may have purged it since it was kept in memory.
        if not contents.has_document(self._database, version_key):
            self._document.cache_clear()
        document: Document = self._document(version_key)
        return document

    def chunks(self, version_key: int, indices: Sequence[int] | None = None) -> list[Chunk]:
        """The chunks of a version in order, or those of the given indices; none for a removed version."""
        return contents.load_chunks(self._database, version_key, indices)

    def embedded_texts(self, version_keys: Collection[int]) -> list[str]:
        """The ``embedding_text`` of every chunk of these versions, without the cost of whole chunks."""
        return contents.load_embedded_texts(self._database, version_keys)

    def chunk_count(self, version_keys: Collection[int]) -> int:
        """How many chunks these versions have together."""
        return sum(row.chunk_count for row in self.versions() if row.version_key in version_keys)

    def lexical_search(self, match_expression: str, version_keys: Collection[int], limit: int) -> list[Hit]:
        """The best chunks of ``version_keys`` by BM25, best first (``lexical.match_any`` builds the expression).

        Raises:
            StoreError: the expression is not FTS5 syntax.
        """
        phrases = lexical.phrases_of(match_expression)
        if phrases is not None:
            return self._phrases.search(phrases, version_keys, limit)
        return lexical.search(self._database, match_expression, version_keys, limit)

    def dense_search(
        self, vector: Vectors, version_keys: Collection[int], limit: int, *, fingerprint: str | None = None
    ) -> list[Hit]:
        """The nearest chunks of ``version_keys`` by cosine similarity, exactly, best first.

        Args:
            vector: unit length, shape (dimension,).
            version_keys: the versions that may be searched.
            limit: how many at most.
            fingerprint: the embedder that made ``vector``; the one that made most stored vectors by default.

        Raises:
            StoreError: the vector's length is not that of the stored ones.
        """
        fingerprint = fingerprint if fingerprint is not None else self.embedding_fingerprint()
        return self._dense.search(vector, fingerprint, version_keys, limit) if fingerprint is not None else []

    def embedding_fingerprint(self) -> str | None:
        """Which embedder made most of the vectors that are searched; None while there are none."""
        counts: dict[str, int] = {}
        for row in self.versions():
            counts[row.embedding_fingerprint] = counts.get(row.embedding_fingerprint, 0) + row.chunk_count
        return max(counts, key=lambda name: counts[name], default=None)

    def document_frequency(self, phrases: Iterable[str], version_keys: Collection[int]) -> int:
        """In how many chunks of ``version_keys`` at least one of the phrases (a term and its variants) occurs."""
        return self._phrases.count(lexical.searched_phrases(phrases), version_keys)

    def cached_vectors(self, fingerprint: str, texts: Sequence[str]) -> dict[int, Vectors]:
        """The vectors that are known already, by position in ``texts``; each of shape (dimension,)."""
        return embeddings.cached_vectors(self._database, fingerprint, texts)

    def source_state(self, source: str, *, site: str | None = None) -> SourceState | None:
        """What is known of a source file since it was last looked at; None if it was never met."""
        return catalogue.read_source(self._database, source, site)

    def sources(self) -> tuple[SourceState, ...]:
        """All source files that were ever met."""
        return catalogue.read_sources(self._database)

    def recorded(self, name: str) -> str | None:
        """A value kept with ``record``, such as the settings the knowledge base was made with; else None."""
        return self._database.noted(f"recorded.{name}")

    # Writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the right to write for several changes in a row. Each change is committed at once.

        Chroma is brought up to date at the end, in large batches. After an exception or a crash that is left to the
        next one who writes.

        Raises:
            StoreLockedError: another process is writing; the message says which.
            StoreError: the knowledge base is read-only, or the disk is full.
        """
        if self._database.read_only:
            raise StoreError(
                f"The knowledge base {self.path} was opened for reading only, or this user may not write there. "
                "Open it without read_only=True, in a folder that can be written, to change something."
            )
        with self._lock.held() as outermost:
            yield
            if outermost and (mended := self._mirror.catch_up()):
                self._mended.append(mended)

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        *,
        fingerprint: str,
        source_state: SourceState | None = None,
    ) -> PutResult:
        """Stores a document version; it can be searched once this returns, whole, or not at all.

        A version with the same document, label and site is replaced; so is what the same unchanged file was read as
        before. Other versions of the document stay.

        Args:
            document: what was read.
            chunks: all its chunks, in order.
            vectors: of the chunks' ``embedding_text``, unit length, shape (len(chunks), dimension).
            fingerprint: the embedder that made them.
            source_state: the file's state, noted in the same transaction.

        Raises:
            StoreError: the vectors do not fit the chunks, or the disk is full; nothing has changed then.
            StoreLockedError: another process is writing.
        """
        vectors = embeddings.checked(vectors, [chunk.embedding_text for chunk in chunks])
        with self.writing():
            with self._database.transaction():
                result = writing.put_version(
                    self._database, document, chunks, vectors, fingerprint, source_state, self._step
                )
                self._step("commit")
            self._step("committed")
            return result

    def keep_vectors(self, fingerprint: str, texts: Sequence[str], vectors: Vectors) -> None:
        """Keeps vectors for later (``cached_vectors``), so that an interrupted ingest need not compute them again."""
        vectors = embeddings.checked(vectors, texts)
        with self.writing(), self._database.transaction():
            embeddings.keep_vectors(self._database, fingerprint, texts, vectors)

    def note_source(self, state: SourceState) -> None:
        """Notes the state of a source file that was looked at without being stored, such as one that cannot be read."""
        with self.writing(), self._database.transaction():
            catalogue.write_source(self._database, state, state.version_key)

    def record(self, name: str, value: str) -> None:
        """Keeps a value with the knowledge base."""
        with self.writing(), self._database.transaction():
            self._database.note(f"recorded.{name}", value)

    def remove(self, document_id: str, version: str | None = None) -> int:
        """Takes a document, or one version of it, out of search and answers; its text stays for old citations.

        Returns:
            How many versions were removed.

        Raises:
            DocumentNotFoundError: there is none of that name.
        """
        with self.writing(), self._database.transaction():
            keys = catalogue.versions_of(self._database, document_id, version, removed_too=False)
            if not keys:
                raise DocumentNotFoundError(f"There is no {_named(document_id, version)} to remove.")
            for key in keys:
                writing.take_out_of_search(self._database, key)
        return len(keys)

    def purge(self, document_id: str, version: str | None = None) -> int:
        """Deletes a document, or one version of it, for good: text, index, vectors; also what was removed before.

        Old citations to it can no longer be checked. A file that is still in the ingested folder comes back with the
        next ingest.

        Returns:
            How many versions were deleted.

        Raises:
            DocumentNotFoundError: there is none of that name.
            StoreError: another process is reading an old state; purge again later.
        """
        with self.writing():
            keys = catalogue.versions_of(self._database, document_id, version, removed_too=True)
            if not keys:
                raise DocumentNotFoundError(f"There is no {_named(document_id, version)} to purge.")
            self._dense.forget()
            self._phrases.forget()
            self._document.cache_clear()
            purging.purge_versions(self._database, self._mirror, keys, self._step)
        return len(keys)

    # Looking after it

    def check(self) -> CheckReport:
        """Proves that what is stored is whole; finishes what an interrupted process left to be done in Chroma."""
        return self._examined(())

    def quick_check(self) -> CheckReport:
        """What can be seen in a moment and without the writer lock; ``check`` is the proof."""
        return self._report(problems=tuple(checking.quick_check(self._database)))

    def repair(self) -> CheckReport:
        """Mends what can be mended without the source files and without embedding anything, then checks again.

        Raises:
            StoreLockedError: another process is writing.
            StoreError: the knowledge base is read-only, the disk is full, or the damage is beyond mending.
        """
        with self.writing():
            self._dense.forget()
            self._phrases.forget()
            self._document.cache_clear()
            mended = list(repairing.repair(self._database, self._mirror, self._examined(()).problems))
            return self._examined(mended)

    def _examined(self, mended: Iterable[str]) -> CheckReport:
        notes: list[str] = []
        problems = list(checking.check_database(self._database))
        try:
            with self.writing():
                if purging.finish_purge(self._database, self._mirror, self._step):
                    self._mended.append("An interrupted purge was finished.")
                backlog = self._mirror.backlog()
                if backlog and (rebuilt := self._mirror.catch_up()):
                    self._mended.append(rebuilt)
                elif backlog:
                    self._mended.append(f"{backlog} vector(s) of an interrupted change were brought to Chroma.")
                problems += checking.check_chroma(self._database, self._mirror)
        except StoreDamagedError as error:
            problems.append(StoreProblem(kind=DamageKind.CHROMA, message=str(error)))
        except StoreError as error:
            notes.append(f"Chroma was not looked at, which needs the right to write: {error}")
        mended, self._mended = [*self._mended, *mended], []
        return self._report(problems=tuple(problems), mended=tuple(mended), notes=tuple(notes))

    def _report(
        self, problems: tuple[StoreProblem, ...], mended: tuple[str, ...] = (), notes: tuple[str, ...] = ()
    ) -> CheckReport:
        report = CheckReport(problems=problems, mended=mended, notes=notes)
        with suppress(StoreError):
            rows = self.versions(removed_too=True)
            searched = [row for row in rows if row.removed_at is None]
            chunks = sum(row.chunk_count for row in searched)
            counts = {"versions": len(searched), "chunks": chunks, "kept": len(rows) - len(searched)}
            return report.model_copy(update=counts)
        return report

    def close(self) -> None:
        """Lets go of everything."""
        self._dense.forget()
        self._phrases.forget()
        self._document.cache_clear()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _step(self, name: str) -> None:
        """Called between the steps of a change; tests of crashes override it."""


def _named(document_id: str, version: str | None) -> str:
    return f"document {document_id!r}" + (f" version {version!r}" if version is not None else "")

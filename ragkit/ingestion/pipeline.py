"""One ingest: files are read, chunked, embedded and stored in small batches, so that memory does not grow with them.

An interrupted ingest goes on where it stopped, because a stored file is recognised as unchanged. A file that fails
leaves what was stored of it before in force.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

from ragkit.chunking.chunk import Chunk
from ragkit.chunking.structure import chunk_document
from ragkit.documents.document import Document
from ragkit.documents.identity import identify
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import read_document
from ragkit.documents.sources import SourceFile, iter_sources
from ragkit.embedding.base import Embedder, Vectors
from ragkit.errors import SettingsError
from ragkit.ingestion.embedding_batch import vectors_for
from ragkit.ingestion.fingerprint import ingest_fingerprint
from ragkit.ingestion.known_versions import KnownVersions
from ragkit.ingestion.report import IngestedSource, IngestProgress, IngestReport
from ragkit.ingestion.succession import settle_previous, version_conflicts
from ragkit.settings import Settings
from ragkit.store.rows import SourceState
from ragkit.store.store import Store
from ragkit.telemetry.attributes import Operation, StageKind
from ragkit.telemetry.spans import stage

_CHUNKS_PER_BATCH = 256

OnProgress = Callable[[IngestProgress], None]
Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Outcome = Literal["ingested", "unchanged", "failed"]


def ingest_sources(
    paths: Paths,
    *,
    store: Store,
    embedder: Embedder,
    settings: Settings,
    site: str | None = None,
    on_progress: OnProgress | None = None,
) -> IngestReport:
    """Reads the files below ``paths`` into the store.

    Args:
        paths: files, folders, ZIP archives.
        store: where they go; nobody else may be writing to it.
        embedder: makes the vectors.
        settings: chunk length, size limit.
        site: the site of documents whose own governance names none.
        on_progress: called after each file.

    Returns:
        What became of each file.

    Raises:
        DocumentError: a path does not exist.
        StoreLockedError: another process is writing.
    """
    with store.writing():
        return _Ingest(store, embedder, settings, site, on_progress).run(paths)


@dataclass(frozen=True)
class _Read:
    """A file that was read and waits to be embedded and stored."""

    state: SourceState
    document: Document
    chunks: list[Chunk]


class _Ingest:
    """One ingest as it goes along."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        settings: Settings,
        site: str | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._site = site
        self._on_progress = on_progress
        self._fingerprint = ingest_fingerprint(settings, embedder)
        self._known = KnownVersions(store.versions(removed_too=True))
        self._max_bytes = settings.max_file_megabytes * 1024 * 1024
        self._waiting: list[_Read] = []
        self._rows: dict[Outcome, list[IngestedSource]] = {"ingested": [], "unchanged": [], "failed": []}
        self._remarks: list[IngestedSource] = []
        self._total = 0
        self._chunks = 0

    def run(self, paths: Paths) -> IngestReport:
        started = perf_counter()
        sources = list(iter_sources(paths, max_bytes=self._max_bytes))
        self._total = len(sources)
        for source_file in sources:
            self._take(source_file)
            if sum(len(read.chunks) for read in self._waiting) >= _CHUNKS_PER_BATCH:
                self._store_waiting()
        self._store_waiting()
        conflicts = version_conflicts(self._store.versions(), {source_file.source for source_file in sources})
        return IngestReport(
            ingested=tuple(self._rows["ingested"]),
            unchanged=tuple(self._rows["unchanged"]),
            failed=tuple(self._rows["failed"]),
            needs_attention=(*self._remarks, *conflicts),
            seconds=perf_counter() - started,
        )

    def _take(self, source_file: SourceFile) -> None:
        """Reads one file, unless it is known to be unchanged."""
        known = self._store.source_state(source_file.source, site=self._site)
        state = self._state_of(source_file)
        if known is not None and _same(known, state):
            self._repeat(known)
            return
        try:
            data = source_file.read()
            state = replace(state, content_hash=hashlib.sha256(data).hexdigest())
            if known is not None and _same_content(known, state):
                self._store.note_source(replace(known, modified_ns=state.modified_ns))
                self._repeat(known)
                return
            self._read(replace(source_file, content=lambda: data), state)  # from the disk once
        except (UnreadableDocumentError, SettingsError) as error:
            # a file whose sidecar cannot be understood is not read: who may see it is not known
            self._fail(state, str(error), known)

    def _state_of(self, source_file: SourceFile) -> SourceState:
        settings_hash = hashlib.sha256(f"{self._fingerprint}\0{source_file.settings_hash}".encode()).hexdigest()
        return SourceState(
            source=source_file.source,
            site=self._site,
            size=source_file.size,
            modified_ns=int(source_file.modified * 1e9),
            content_hash="",
            settings_hash=settings_hash,
        )

    def _read(self, source_file: SourceFile, state: SourceState) -> None:
        read = read_document(source_file, site=self._site, max_bytes=self._max_bytes)
        document_id, version = identify(
            read.governance, read.source, read.content_hash, self._known.related_to(read.governance, read.source)
        )
        document = read.model_copy(update={"document_id": document_id, "version": version})
        self._known.add(document)
        remarks = [problem.message for problem in document.problems]
        state = replace(state, remarks=json.dumps(remarks))
        chunks = chunk_document(document, self._embedder.count_tokens, self._settings.chunk_tokens)
        self._waiting.append(_Read(state, document, chunks))

    def _store_waiting(self) -> None:
        """Embeds all waiting chunks together, then stores the files one by one, each atomically."""
        texts = [chunk.embedding_text for read in self._waiting for chunk in read.chunks]
        with stage("embed", StageKind.EMBEDDING, operation=Operation.EMBEDDINGS, chunks=len(texts)):
            vectors = vectors_for(texts, self._embedder, self._store)
        with stage("store", documents=len(self._waiting)):
            self._put_waiting(vectors)
        self._waiting.clear()

    def _put_waiting(self, vectors: Vectors) -> None:
        position = 0
        for read in self._waiting:
            own = vectors[position : position + len(read.chunks)]
            position += len(read.chunks)
            result = self._store.put(
                read.document, read.chunks, own, fingerprint=self._embedder.fingerprint, source_state=read.state
            )
            self._chunks += len(read.chunks)
            document = read.document
            remark = settle_previous(self._store, document, result)
            for reason in (*json.loads(read.state.remarks), *([remark] if remark else [])):
                self._remark(document.source, reason, document.document_id, document.version)
            self._finish("ingested", _row(document.source, "", document.document_id, document.version))

    def _repeat(self, known: SourceState) -> None:
        """A file that is as it was: its remarks are said again, since they still hold."""
        reasons = json.loads(known.remarks)
        if known.version_key is None:
            self._finish("failed", _row(known.source, reasons[0] if reasons else "It could not be read."))
            return
        version = self._known.by_key(known.version_key)
        if version is None:
            reasons = [
                "It was removed from the knowledge base earlier and stays removed; change the file to bring it in."
            ]
        document_id, label = (version.document_id, version.version) if version else (None, None)
        for reason in reasons:
            self._remark(known.source, reason, document_id, label)
        self._finish("unchanged", _row(known.source, "", document_id, label))

    def _fail(self, state: SourceState, reason: str, known: SourceState | None) -> None:
        """A file that cannot be read; what was stored of it before stays."""
        if known is not None and known.version_key is not None:
            reason = f"{reason} What was read from it before stays in force."
        else:
            self._store.note_source(replace(state, remarks=json.dumps([reason])))
        self._finish("failed", _row(state.source, reason))

    def _remark(self, source: str, reason: str, document_id: str | None, version: str | None) -> None:
        self._remarks.append(_row(source, reason, document_id, version))

    def _finish(self, outcome: Outcome, row: IngestedSource) -> None:
        self._rows[outcome].append(row)
        if self._on_progress is not None:
            done = sum(map(len, self._rows.values()))
            self._on_progress(
                IngestProgress(done=done, total=self._total, source=row.source, outcome=outcome, chunks=self._chunks)
            )


def _row(source: str, reason: str, document_id: str | None = None, version: str | None = None) -> IngestedSource:
    return IngestedSource(source=source, reason=reason, document_id=document_id, version=version)


def _same(known: SourceState, now: SourceState) -> bool:
    """The quick check: nothing that the file system or the settings tell has changed, so the file is not even read."""
    return (known.size, known.modified_ns, known.settings_hash) == (now.size, now.modified_ns, now.settings_hash)


def _same_content(known: SourceState, now: SourceState) -> bool:
    return (known.content_hash, known.settings_hash) == (now.content_hash, now.settings_hash)

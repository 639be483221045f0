"""The Chroma folder: ids, vectors and filter fields, no text. Only the holder of the writer lock opens it.

Two processes with one Chroma folder open can corrupt it, and a query on a damaged index can end the process, so
nothing here is called while a question is answered.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import numpy as np

from ragkit.errors import StoreDamagedError, StoreError
from ragkit.store.embeddings import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

FOLDER_NAME = "chroma"
_BATCH = 2000
_PREFIX = "chunks-"


@dataclass(frozen=True)
class MirrorRow:
    """One chunk as Chroma holds it."""

    chunk_id: int
    vector: Vectors
    fields: Mapping[str, str | int | float | bool]


class ChromaFolder:
    """The mirrored vectors of one knowledge base, one collection an embedder. A context manager: it must be closed.

    Args:
        folder: Chroma's own folder; created if missing.

    Raises:
        StoreDamagedError: what is there is no whole Chroma folder.
        StoreError: the disk is full or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _translated(folder):
            self._client: Client = _client(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):
            self._client.close()
        _zero_unused(self._folder)

    def probe(self) -> None:
        """Reads one vector of each collection.

        Raises:
            StoreDamagedError: it cannot be read.
        """
        with _translated(self._folder):
            for collection in self._collections():
                if collection.count():
                    collection.get(limit=1, include=["embeddings"])

    def add(self, fingerprint: str, rows: Sequence[MirrorRow]) -> None:
        """Adds chunks, or replaces those of the same id."""
        with _translated(self._folder):
            collection = self._collection(fingerprint)
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                collection.upsert(
                    ids=[str(row.chunk_id) for row in batch],
                    embeddings=np.stack([row.vector for row in batch]),
                    metadatas=[dict(row.fields) for row in batch],
                )

    def delete(self, chunk_ids: Sequence[int]) -> None:
        """Forgets chunks; unknown ids are ignored."""
        with _translated(self._folder):
            for collection in self._collections():
                for start in range(0, len(chunk_ids), _BATCH):
                    collection.delete(ids=[str(chunk_id) for chunk_id in chunk_ids[start : start + _BATCH]])
                if not collection.count():
                    self._client.delete_collection(collection.name)

    def read(self) -> Iterator[tuple[str, dict[int, Vectors]]]:
        """Everything it holds, in batches: the embedder's fingerprint, and vectors by chunk id."""
        with _translated(self._folder):
            for collection in self._collections():
                fingerprint = str((collection.metadata or {}).get("embedding_fingerprint", ""))
                for start in range(0, collection.count(), _BATCH):
                    found = collection.get(limit=_BATCH, offset=start, include=["embeddings"])
                    vectors = found["embeddings"]
                    assert vectors is not None
                    yield (
                        fingerprint,
                        {
                            int(chunk_id): np.asarray(vector, dtype=np.float32)
                            for chunk_id, vector in zip(found["ids"], vectors, strict=True)
                        },
                    )

    def _collections(self) -> list[Collection]:
        names = [collection.name for collection in self._client.list_collections()]
        return [
            self._client.get_collection(name, embedding_function=None) for name in names if name.startswith(_PREFIX)
        ]

    def _collection(self, fingerprint: str) -> Collection:
        return self._client.get_or_create_collection(
            _PREFIX + hashlib.sha256(fingerprint.encode()).hexdigest()[:16],
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
            metadata={"embedding_fingerprint": fingerprint},
        )


def seal(folder: Path) -> str:
    """SHA-256 over the index files, which Chroma reads without checking them: a damaged one ends the process."""
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*/*.bin"), *folder.glob("*/*.pickle")]):
        digest.update(f"{file.relative_to(folder)} {file.stat().st_size} ".encode())
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def delete_folder(folder: Path) -> None:
    """Removes Chroma's folder, whatever its state. It must not be open.

    Raises:
        StoreError: it cannot be removed.
    """
    try:
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
        else:
            folder.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder} could not be removed ({error.strerror or error}). Remove it by hand.") from error


def _client(folder: Path) -> Client:
    # Half a second of imports that only a writer pays for.
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        return cast("Client", chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False)))
    except BaseException:
        # Chroma 1.5 keeps a client that failed to start and hands it out again for the same folder.
        with suppress(Exception):
            SharedSystemClient._release_system(str(folder))
        raise


def _zero_unused(folder: Path) -> None:
    """Overwrites the unused part of the index files with zeros.

    The index (hnswlib) reserves room for vectors to come and writes it to disk as it lies in memory, with whatever the
    process had there before: deleted vectors, policy text, even questions. Its header says how much is in use.
    """
    for header in folder.glob("*/header.bin"):
        with suppress(OSError, struct.error):
            _, _, reserved, used, size = struct.unpack_from("<iQQQQ", header.read_bytes())
            for name, row_size in (("data_level0.bin", size), ("length.bin", 4)):
                rows = header.with_name(name)
                if used <= reserved and reserved * row_size == rows.stat().st_size:
                    with rows.open("r+b") as file:
                        file.seek(used * row_size)
                        for _ in range(reserved - used):
                            file.write(bytes(row_size))


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Turns whatever Chroma raises, panics of its Rust core included, into a ``StoreError``."""
    try:
        yield
    except (StoreError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise _explained(error, folder) from error


def _explained(error: BaseException, folder: Path) -> StoreError:
    said = str(error)
    if "disk is full" in said or "No space left" in said or "File too large" in said:
        return StoreError(
            f"The disk is full: the vectors in {folder} could not be brought up to date. Nothing is lost; free some "
            "space, then ingest again."
        )
    return StoreDamagedError(
        f"The vectors in {folder} cannot be read or written ({said[:300]}). No document is lost and questions are "
        "still answered; run `ragkit check --repair` to build that folder anew."
    )

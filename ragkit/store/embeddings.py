"""Vectors by content: each text is embedded once for each model, and every chunk points at its vector."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragkit.errors import StoreError
from ragkit.store.database import Database

Vectors = NDArray[np.float32]
_STORED = np.dtype("<f4")
_BATCH = 500


def text_hash(text: str) -> bytes:
    """SHA-256 of the text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def cached_vectors(database: Database, fingerprint: str, texts: Sequence[str]) -> dict[int, Vectors]:
    """The vectors that are known already.

    Args:
        database: where to look.
        fingerprint: which embedder.
        texts: what is to be embedded.

    Returns:
        For each position in ``texts`` whose vector is known, the vector.
    """
    positions: dict[bytes, list[int]] = {}
    for position, text in enumerate(texts):
        positions.setdefault(text_hash(text), []).append(position)
    hashes, found = list(positions), {}
    for start in range(0, len(hashes), _BATCH):
        batch = hashes[start : start + _BATCH]
        rows = database.query(
            f"SELECT text_hash, vector FROM embedding WHERE fingerprint = ? AND text_hash IN ({_marks(batch)})",
            (fingerprint, *batch),
        )
        for key, blob in rows:
            vector = np.frombuffer(blob, dtype=_STORED)
            found.update(dict.fromkeys(positions[key], vector))
    return found


def keep_vectors(database: Database, fingerprint: str, texts: Sequence[str], vectors: Vectors) -> None:
    """Stores vectors under their texts, inside the caller's transaction. A vector that is known already stays."""
    database.execute_many(
        "INSERT OR IGNORE INTO embedding (fingerprint, text_hash, vector) VALUES (?, ?, ?)",
        ((fingerprint, text_hash(text), blob(row)) for text, row in zip(texts, vectors, strict=True)),
    )


def embedding_ids(database: Database, fingerprint: str, texts: Sequence[str]) -> list[int]:
    """The ids under which the vectors of ``texts`` are stored; all of them must be."""
    ids: dict[bytes, int] = {}
    hashes = [text_hash(text) for text in texts]
    for start in range(0, len(hashes), _BATCH):
        batch = hashes[start : start + _BATCH]
        ids.update(
            database.query(
                "SELECT text_hash, embedding_id FROM embedding "
                f"WHERE fingerprint = ? AND text_hash IN ({_marks(batch)})",
                (fingerprint, *batch),
            )
        )
    return [ids[key] for key in hashes]


def blob(vector: Vectors) -> bytes:
    """A vector as it is stored."""
    return np.ascontiguousarray(vector, dtype=_STORED).tobytes()


def matrix(blobs: Sequence[bytes]) -> Vectors:
    """Stored vectors of one dimension as an array (n, dimension).

    Raises:
        StoreError: they differ in length.
    """
    if not blobs:
        return np.empty((0, 0), dtype=_STORED)
    if len({len(blob) for blob in blobs}) > 1:
        raise StoreError(
            "Vectors of different lengths were stored for one embedding model. Run `ragkit check --repair`."
        )
    return np.frombuffer(b"".join(blobs), dtype=_STORED).reshape(len(blobs), -1)


def checked(vectors: Vectors, texts: Sequence[str]) -> Vectors:
    """``vectors`` as float32, one finite row for each text.

    Raises:
        StoreError: they are not.
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    if not texts and vectors.size == 0:
        return vectors.reshape(0, 0)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.shape[1]:
        raise StoreError(f"{len(texts)} texts need {len(texts)} vectors of one length; got shape {vectors.shape}.")
    if not np.isfinite(vectors).all():
        raise StoreError("The embedding model gave a vector with values that are not numbers; nothing was stored.")
    return vectors


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))

"""Exact nearest neighbours over the vectors that SQLite holds.

Why not Chroma's index: it is approximate, a filter that lets most vectors through makes it slower by a factor of
twenty and more, and it may not be open in a reader while another process writes. One product of a matrix with a
vector is exact and, up to the size of any hospital's policies, faster (``benchmarks/store_search.py`` measures both).
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragkit.errors import StoreError
from ragkit.store.database import Database
from ragkit.store.embeddings import Vectors, matrix
from ragkit.store.ranking import best_rows, permitted_rows
from ragkit.store.rows import Hit

_GATHER_BELOW = 0.15
"""Below this share of permitted vectors, copying them out first is quicker than multiplying all."""


@dataclass(frozen=True)
class _Loaded:
    """The vectors of one embedder at one revision: row i belongs to chunk (version_keys[i], chunk_indices[i])."""

    revision: int
    vectors: Vectors
    version_keys: NDArray[np.int64]
    chunk_indices: NDArray[np.int64]


class DenseSearch:
    """Searches in memory; loads what is new when the knowledge base has changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}

    def search(self, vector: Vectors, fingerprint: str, version_keys: Collection[int], limit: int) -> list[Hit]:
        """The nearest chunks of ``version_keys`` by cosine similarity, best first.

        Args:
            vector: unit length, shape (dimension,).
            fingerprint: the embedder that made it; vectors of other embedders are not comparable and not searched.
            version_keys: the versions that may be searched.
            limit: how many at most.

        Raises:
            StoreError: the vector's length is not that of the stored ones.
        """
        if not version_keys or limit < 1:
            return []
        loaded = self._current(fingerprint)
        if not len(loaded.vectors):
            return []
        query = np.asarray(vector, dtype=np.float32).reshape(-1)
        if query.shape[0] != loaded.vectors.shape[1]:
            raise StoreError(
                f"The question's vector has {query.shape[0]} values, the stored ones have {loaded.vectors.shape[1]}. "
                "The embedding model has changed: ingest again to rebuild the vectors."
            )
        permitted = np.flatnonzero(permitted_rows(loaded.version_keys, version_keys))
        if len(permitted) < _GATHER_BELOW * len(loaded.vectors):
            scores = loaded.vectors[permitted] @ query
        else:
            scores = (loaded.vectors @ query)[permitted]
        return [
            Hit(int(loaded.version_keys[row]), int(loaded.chunk_indices[row]), score)
            for row, score in best_rows(permitted, scores, limit)
        ]

    def forget(self) -> None:
        """Drops what is in memory."""
        with self._guard:
            self._loaded.clear()

    def _current(self, fingerprint: str) -> _Loaded:
        with self._database.snapshot():
            revision = self._database.revision
            loaded = self._loaded.get(fingerprint)
            if loaded is not None and loaded.revision == revision:
                return loaded
            with self._guard:
                loaded = self._loaded.get(fingerprint)
                if loaded is None or loaded.revision != revision:
                    loaded = self._load(fingerprint, revision, loaded)
                    self._loaded[fingerprint] = loaded
            return loaded

    def _load(self, fingerprint: str, revision: int, before: _Loaded | None) -> _Loaded:
        """Reads the vectors of versions that are not in memory yet and drops those that are gone."""
        present = np.array(
            [
                key
                for [key] in self._database.query(
                    "SELECT version_key FROM version WHERE removed_at IS NULL AND embedding_fingerprint = ?",
                    (fingerprint,),
                )
            ],
            dtype=np.int64,
        )
        kept = np.isin(before.version_keys, present) if before is not None else np.zeros(0, dtype=bool)
        known = np.unique(before.version_keys) if before is not None else np.zeros(0, dtype=np.int64)
        rows = self._rows(fingerprint, np.setdiff1d(present, known))
        fresh = _Loaded(
            revision,
            matrix([row[2] for row in rows]),
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.int64),
        )
        if before is None or not kept.any():
            return fresh
        if not rows:
            everything = kept.all()
            return _Loaded(
                revision,
                before.vectors if everything else before.vectors[kept],
                before.version_keys if everything else before.version_keys[kept],
                before.chunk_indices if everything else before.chunk_indices[kept],
            )
        return _Loaded(
            revision,
            np.concatenate([before.vectors[kept], fresh.vectors]),
            np.concatenate([before.version_keys[kept], fresh.version_keys]),
            np.concatenate([before.chunk_indices[kept], fresh.chunk_indices]),
        )

    def _rows(self, fingerprint: str, version_keys: NDArray[np.int64]) -> list[tuple[int, int, bytes]]:
        if not len(version_keys):
            return []
        return self._database.query(
            "SELECT chunk.version_key, chunk.chunk_index, embedding.vector "
            "FROM chunk JOIN embedding USING (embedding_id) "
            "WHERE embedding.fingerprint = ? AND chunk.version_key BETWEEN ? AND ? "
            "AND chunk.version_key IN (SELECT value FROM json_each(?)) ORDER BY chunk.chunk_id",
            (fingerprint, int(version_keys[0]), int(version_keys[-1]), str(version_keys.tolist())),
        )

"""BM25 over phrases whose occurrences are kept in memory: common words are read once, not for every question.

FTS5's BM25 of "a OR b" is the sum of those of "a" and of "b" (https://www.sqlite.org/fts5.html#the_bm25_function):
k1 = 1.2, b = 0.75, and the inverse document frequency log((N - n + 0.5) / (n + 0.5)), never below 1e-6. Each
phrase is asked for alone, and its part is weighed anew with the N and n of the versions that may be searched: how
often a word occurs in documents that the reader may not see is in no score. (The average chunk length, which only
moves long against short chunks a little, remains that of all.)
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ragkit.store.database import Database
from ragkit.store.ranking import best_rows, permitted_rows
from ragkit.store.rows import Hit

HEADING_WEIGHT = 2.0
"""A word in the title or the section trail says more about a chunk than one in its body."""

_SMALLEST_IDF = 1e-6
_KEPT_OCCURRENCES = 2_000_000


@dataclass(frozen=True)
class _Postings:
    """Where a phrase occurs: rows of the chunk table in memory, and how strongly (BM25 without the idf factor)."""

    rows: NDArray[np.int64]
    strengths: NDArray[np.float64]


@dataclass
class _Indexed:
    """The chunks at one revision, in the order of their ids, and the phrases that were asked for so far."""

    revision: int
    chunk_ids: NDArray[np.int64]
    version_keys: NDArray[np.int64]
    chunk_indices: NDArray[np.int64]
    phrases: OrderedDict[str, _Postings] = field(default_factory=OrderedDict)
    occurrences: int = 0


class PhraseSearch:
    """Searches for phrases among permitted versions; forgets what it knows when the knowledge base changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._indexed: _Indexed | None = None

    def search(self, phrases: Sequence[str], version_keys: Collection[int], limit: int) -> list[Hit]:
        """The best chunks that hold at least one phrase, by BM25, best first.

        Args:
            phrases: as they are searched for (``searchable_text``), each with a letter or a digit.
            version_keys: the versions that may be searched.
            limit: how many at most.
        """
        if not phrases or not version_keys or limit < 1:
            return []
        with self._database.snapshot():
            indexed = self._current()
            permitted = permitted_rows(indexed.version_keys, version_keys)
            scores = np.zeros(len(indexed.chunk_ids))
            matched = np.zeros(len(indexed.chunk_ids), dtype=bool)
            total = int(permitted.sum())
            for phrase in phrases:
                postings = self._postings(indexed, phrase)
                inside = permitted[postings.rows]
                rows = postings.rows[inside]
                matched[rows] = True
                scores[rows] += postings.strengths[inside] * _inverse_frequency(total, len(rows))
        found = np.flatnonzero(matched)
        return [
            Hit(int(indexed.version_keys[row]), int(indexed.chunk_indices[row]), score)
            for row, score in best_rows(found, scores[found], limit)
        ]

    def count(self, phrases: Sequence[str], version_keys: Collection[int]) -> int:
        """In how many chunks of ``version_keys`` at least one of the phrases occurs."""
        if not phrases or not version_keys:
            return 0
        with self._database.snapshot():
            indexed = self._current()
            matched = np.zeros(len(indexed.chunk_ids), dtype=bool)
            for phrase in phrases:
                matched[self._postings(indexed, phrase).rows] = True
            return int((matched & permitted_rows(indexed.version_keys, version_keys)).sum())

    def forget(self) -> None:
        """Drops what is in memory."""
        self._indexed = None

    def _current(self) -> _Indexed:
        revision = self._database.revision
        indexed = self._indexed
        if indexed is None or indexed.revision != revision:
            rows = self._database.query("SELECT chunk_id, version_key, chunk_index FROM chunk ORDER BY chunk_id")
            ids, keys, indices = np.array(rows, dtype=np.int64).reshape(-1, 3).T.copy()
            indexed = self._indexed = _Indexed(revision, ids, keys, indices)
        return indexed

    def _postings(self, indexed: _Indexed, phrase: str) -> _Postings:
        with self._guard:
            known = indexed.phrases.get(phrase)
            if known is not None:
                indexed.phrases.move_to_end(phrase)
                return known
        read = self._read(indexed, phrase)
        with self._guard:
            if phrase not in indexed.phrases:
                indexed.phrases[phrase] = read
                indexed.occurrences += len(read.rows)
            while indexed.occurrences > _KEPT_OCCURRENCES and len(indexed.phrases) > 1:
                indexed.occurrences -= len(indexed.phrases.popitem(last=False)[1].rows)
        return read

    def _read(self, indexed: _Indexed, phrase: str) -> _Postings:
        found = self._database.query(
            "SELECT rowid, -bm25(chunk_words, ?, 1.0) FROM chunk_words WHERE chunk_words MATCH ?",
            (HEADING_WEIGHT, '"' + phrase.replace('"', '""') + '"'),
        )
        ids = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
        parts = np.fromiter((row[1] for row in found), dtype=np.float64, count=len(found))
        rows = np.searchsorted(indexed.chunk_ids, ids)
        return _Postings(rows, parts / _inverse_frequency(len(indexed.chunk_ids), len(found)))


def _inverse_frequency(total: int, holding: int) -> float:
    return max(_SMALLEST_IDF, math.log((total - holding + 0.5) / (holding + 0.5)))

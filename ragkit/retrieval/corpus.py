"""What retrieval has to know of all the chunks a reader may search, kept as long as the knowledge base does not change.

Everything here is asked for within a scope: whether a word is known, and how frequent it is, must not tell of
documents that the reader may not see.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Generic, TypeVar

from ragkit.retrieval.numbering import NumberIndex
from ragkit.retrieval.ports import SearchStore
from ragkit.retrieval.understanding.spelling import CorpusVocabulary
from ragkit.store.rows import VersionRow

_SCOPES_IN_MEMORY = 16
_FREQUENCIES_IN_MEMORY = 10_000
_MENDABLE = re.compile(r"[a-zß-öø-ɏ]{4,}")
"""Words that may be what a misspelling stood for. Naming the letters is three times as quick as ``\\w``."""

Value = TypeVar("Value")


class ScopeStatistics:
    """Counts over the chunks of one scope at one revision."""

    def __init__(self, store: SearchStore, version_keys: frozenset[int]) -> None:
        self._store = store
        self._version_keys = version_keys
        self._frequencies: dict[tuple[str, ...], int] = {}
        self._chunk_count: int | None = None

    @property
    def chunk_count(self) -> int:
        """How many chunks the reader may search."""
        if self._chunk_count is None:
            self._chunk_count = self._store.chunk_count(self._version_keys)
        return self._chunk_count

    def document_frequency(self, phrases: Sequence[str]) -> int:
        """In how many of those chunks at least one of the phrases occurs."""
        key = tuple(phrases)
        if key not in self._frequencies:
            if len(self._frequencies) >= _FREQUENCIES_IN_MEMORY:
                self._frequencies.clear()
            self._frequencies[key] = self._store.document_frequency(key, self._version_keys)
        return self._frequencies[key]


class CorpusCache:
    """Catalogue, numbers, statistics and vocabularies, forgotten when the store's revision changes.

    Threads may share it: each call sees one state.
    """

    def __init__(self, store: SearchStore) -> None:
        self._store = store
        self._guard = RLock()
        self._revision: int | None = None
        self._rows: dict[int, VersionRow] | None = None
        self._numbers: NumberIndex | None = None
        self._statistics: _Latest[ScopeStatistics] = _Latest(_SCOPES_IN_MEMORY)
        self._vocabularies: _Latest[CorpusVocabulary] = _Latest(_SCOPES_IN_MEMORY)

    def rows(self) -> Mapping[int, VersionRow]:
        """The catalogue by version key."""
        with self._guard:
            self._follow()
            if self._rows is None:
                self._rows = {row.version_key: row for row in self._store.versions()}
            return self._rows

    def numbers(self) -> NumberIndex:
        """The reference numbers of the catalogue."""
        with self._guard:
            self._follow()
            if self._numbers is None:
                self._numbers = NumberIndex(self.rows().values())
            return self._numbers

    def statistics(self, version_keys: frozenset[int]) -> ScopeStatistics:
        """Counts over the chunks of these versions."""
        with self._guard:
            self._follow()
            return self._statistics.get(version_keys, lambda: ScopeStatistics(self._store, version_keys))

    def vocabulary(self, version_keys: frozenset[int]) -> CorpusVocabulary:
        """The words of these versions; read when a question first holds a word that nothing else knows."""
        with self._guard:
            self._follow()
            return self._vocabularies.get(version_keys, lambda: self._vocabulary(version_keys))

    def _vocabulary(self, version_keys: frozenset[int]) -> CorpusVocabulary:
        statistics = self.statistics(version_keys)
        return CorpusVocabulary(
            occurs=lambda word: statistics.document_frequency((word,)) > 0,
            count_words=lambda: _count_words(self._store, version_keys),
        )

    def _follow(self) -> None:
        revision = self._store.revision
        if revision != self._revision:
            self._revision = revision
            self._rows = self._numbers = None
            self._statistics.clear()
            self._vocabularies.clear()


class _Latest(Generic[Value]):
    """The values of the latest scopes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[frozenset[int], Value] = OrderedDict()

    def get(self, key: frozenset[int], make: Callable[[], Value]) -> Value:
        if key not in self._held:
            self._held[key] = make()
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    def clear(self) -> None:
        self._held.clear()


def _count_words(store: SearchStore, version_keys: frozenset[int]) -> Mapping[str, int]:
    counted: Counter[str] = Counter()
    for text in store.embedded_texts(version_keys):
        counted.update(set(_MENDABLE.findall(text.lower())))
    return counted

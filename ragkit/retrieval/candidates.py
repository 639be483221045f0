"""The candidates of a question: what the full-text and the vector search find, read and measured."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from ragkit.chunking.chunk import Chunk
from ragkit.retrieval.answer_forms import asked_form, form_fit
from ragkit.retrieval.fusion import rank_value
from ragkit.retrieval.matching import ChunkWords, TermGroup, WordMatch, chunk_words, match_words
from ragkit.retrieval.numbering import NamedDocuments
from ragkit.retrieval.populations import belonging, population_fit
from ragkit.retrieval.ports import SearchStore
from ragkit.retrieval.query import AnswerKind, Population, Query
from ragkit.retrieval.ranking import Features, document_strengths
from ragkit.store.rows import VersionRow

ChunkKey = tuple[int, int]
SERIES_CLAIM = 0.5
_CHUNKS_IN_MEMORY = 10_000


@dataclass(frozen=True)
class Found:
    """Where the two searches found a chunk; ranks are 1-based."""

    lexical_rank: int | None = None
    lexical_score: float | None = None
    dense_rank: int | None = None
    dense_score: float | None = None


@dataclass(frozen=True)
class ReadChunk:
    """A chunk with its words prepared for matching and the population it belongs to."""

    chunk: Chunk
    words: ChunkWords
    population: frozenset[Population]
    forms: dict[AnswerKind, float] = field(default_factory=dict)

    def form(self, kind: AnswerKind | None) -> float:
        """How far it has the form of a kind of answer; measured once."""
        if kind is None:
            return 0.0
        if kind not in self.forms:
            self.forms[kind] = form_fit(self.chunk.text.lower(), kind)
        return self.forms[kind]


@dataclass(frozen=True)
class Candidate:
    """A chunk that may answer, with everything its rank is made of."""

    row: VersionRow
    chunk: Chunk
    found: Found
    features: Features

    @property
    def key(self) -> ChunkKey:
        """Version key and chunk index."""
        return (self.row.version_key, self.chunk.index)

    @property
    def version_key(self) -> int:
        """The version it belongs to; what ``recheck`` looks at."""
        return self.row.version_key


class ChunkReader:
    """Reads chunks from the store and keeps the latest in memory: keys are never given twice, so they stay true."""

    def __init__(self, store: SearchStore, *, section: bool = True) -> None:
        self._store = store
        self._section = section
        self._guard = Lock()
        self._held: OrderedDict[ChunkKey, ReadChunk] = OrderedDict()

    def read(self, keys: Iterable[ChunkKey], rows: Mapping[int, VersionRow]) -> dict[ChunkKey, ReadChunk]:
        """The chunks of ``keys``; those the store no longer has are left out."""
        wanted = list(keys)
        with self._guard:
            read = {key: self._held[key] for key in wanted if key in self._held}
        missing: dict[int, list[int]] = {}
        for version_key, index in wanted:
            if (version_key, index) not in read:
                missing.setdefault(version_key, []).append(index)
        fresh = {
            (version_key, chunk.index): self._prepare(chunk, rows[version_key])
            for version_key, indices in missing.items()
            for chunk in self._store.chunks(version_key, indices)
        }
        with self._guard:
            self._held.update(fresh)
            while len(self._held) > _CHUNKS_IN_MEMORY:
                self._held.popitem(last=False)
        return read | fresh

    def _prepare(self, chunk: Chunk, row: VersionRow) -> ReadChunk:
        levels = (*reversed(chunk.section), row.title, " ".join(row.applies_to))
        return ReadChunk(chunk, chunk_words(chunk, row, section=self._section), belonging(levels))


def measure(
    query: Query,
    groups: Sequence[TermGroup],
    found: Mapping[ChunkKey, Found],
    read: Mapping[ChunkKey, ReadChunk],
    rows: Mapping[int, VersionRow],
    named: NamedDocuments,
) -> list[Candidate]:
    """The candidates with their features."""
    matches = {key: match_words(groups, chunk.words) for key, chunk in read.items()}
    by_words = sorted((key for key in matches if matches[key].bm25 > 0), key=lambda key: (-matches[key].bm25, key))
    word_rank = {key: rank for rank, key in enumerate(by_words, start=1)}
    strength = {
        key: rank_value(found[key].dense_rank) + rank_value(word_rank.get(key)) + matches[key].bm25 for key in read
    }
    documents = document_strengths(strength)
    asked = frozenset(query.populations)
    return [
        Candidate(
            rows[key[0]],
            chunk.chunk,
            found[key],
            _features(
                query,
                found[key],
                matches[key],
                word_rank.get(key),
                documents[key[0]],
                chunk,
                asked,
                _claim(named, key[0]),
            ),
        )
        for key, chunk in read.items()
    ]


def _features(
    query: Query,
    found: Found,
    match: WordMatch,
    word_rank: int | None,
    document: float,
    chunk: ReadChunk,
    asked: frozenset[Population],
    named: float,
) -> Features:
    return Features(
        lexical=rank_value(found.lexical_rank),
        dense=rank_value(found.dense_rank),
        words=rank_value(word_rank),
        similarity=found.dense_score or 0.0,
        bm25=match.bm25,
        coverage=match.coverage,
        heading=match.heading,
        line=match.line,
        document=document,
        named=named,
        population=population_fit(asked, chunk.population),
        form=chunk.form(asked_form(query.kinds)),
    )


def _claim(named: NamedDocuments, version_key: int) -> float:
    if version_key in named.exactly:
        return 1.0
    return SERIES_CLAIM if version_key in named.series else 0.0

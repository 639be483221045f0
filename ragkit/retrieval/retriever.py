"""The Retriever: a question becomes passages, inside one reader's scope.

One question, step by step: it is understood; the full-text and the vector search find candidates among the versions of
the scope; each candidate is measured; the weighted features order them; every one is compared with the scope again; an
optional reranker looks at the best; at most ``passages_per_source`` of one document are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from time import perf_counter

from ragkit.access.scope import Scope, recheck
from ragkit.retrieval.candidates import Candidate, ChunkKey, ChunkReader, Found, measure
from ragkit.retrieval.corpus import CorpusCache, ScopeStatistics
from ragkit.retrieval.fusion import ranks
from ragkit.retrieval.matching import TermGroup, term_groups
from ragkit.retrieval.numbering import NamedDocuments
from ragkit.retrieval.passage import Passage, PassageScores
from ragkit.retrieval.ports import QueryEmbedder, SearchStore
from ragkit.retrieval.query import Query
from ragkit.retrieval.ranking import DEFAULT_WEIGHTS, RankingWeights
from ragkit.retrieval.reranker import Reranker, build_reranker
from ragkit.retrieval.understanding import understand
from ragkit.settings import Settings
from ragkit.store.lexical import match_any
from ragkit.store.rows import Hit
from ragkit.telemetry.attributes import Operation, StageKind
from ragkit.telemetry.spans import stage

LEXICAL_DEPTH = 60
DENSE_DEPTH = 60
SIMILARITY_DEPTH = 250
NAMED_DEPTH = 30
RERANK_DEPTH = 30
_QUESTIONS_IN_MEMORY = 16
"""Vectors of the last questions: the same one is often asked in two scopes, one after the other."""
_ESSENTIAL_SHARE = 0.25


@dataclass(frozen=True)
class RetrievalOptions:
    """What can be switched off to measure what it is worth.

    Attributes:
        variants: search for abbreviations, long forms, other names and spellings too, and spell them out for the
            vector search.
        section: let title and section trail count in the word match.
        weights: how the candidates are ordered.
    """

    variants: bool = True
    section: bool = True
    weights: RankingWeights = DEFAULT_WEIGHTS


@dataclass(frozen=True)
class Retrieval:
    """What a question found.

    Attributes:
        query: the question as it was understood.
        passages: best first.
        statistics: of the chunks that the scope let be searched.
        timings_ms: milliseconds of each step.
        counts: candidates of each search and after it.
    """

    query: Query
    passages: tuple[Passage, ...]
    statistics: ScopeStatistics
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


class Retriever:
    """Finds the passages for a question. Safe to keep for the life of a store; what it caches follows the revision."""

    def __init__(
        self,
        store: SearchStore,
        embedder: QueryEmbedder,
        settings: Settings,
        *,
        options: RetrievalOptions | None = None,
    ) -> None:
        """Keeps the store and the embedder; nothing is read yet.

        Args:
            store: where to search.
            embedder: the one that made the stored vectors.
            settings: ``passages_per_source`` and ``reranker_model`` are read.
            options: for measurements; leave it out.
        """
        self._store = store
        self._embed_query = lru_cache(_QUESTIONS_IN_MEMORY)(embedder.embed_query)
        self._settings = settings
        self._options = options or RetrievalOptions()
        self._corpus = CorpusCache(store)
        self._reader = ChunkReader(store, section=self._options.section)

    @cached_property
    def _reranker(self) -> Reranker | None:
        name = self._settings.reranker_model
        return build_reranker(name) if name is not None else None

    def understand(self, question: str, scope: Scope) -> Query:
        """The question understood, misspellings mended from the words of the documents in ``scope``.

        Raises:
            QuestionError: nothing readable is left of the question.
        """
        return understand(question, self._corpus.vocabulary(scope.version_keys))

    def retrieve(self, question: str | Query, scope: Scope, limit: int = 10) -> Retrieval:
        """The best passages for a question among the versions of ``scope``, best first.

        Args:
            question: the question, or one that is understood already.
            scope: what the reader may search.
            limit: how many passages at most.

        Raises:
            QuestionError: nothing readable is left of the question.
            ScopeViolationError: a search returned something outside the scope (a defect; nothing is shown).
        """
        clock = _Clock()
        with stage("retrieve", StageKind.RETRIEVER, operation=Operation.RETRIEVAL, limit=limit) as span:
            with self._store.snapshot():
                with stage("understand"):
                    query = self.understand(question, scope) if isinstance(question, str) else question
                statistics = self._corpus.statistics(scope.version_keys)
                clock.lap("understand")
                candidates, counts = self._candidates(query, scope, clock)
            ordered = self._reranked(query, _by_score(candidates, self._options.weights), clock)
            chosen = _capped(ordered, limit, self._settings.passages_per_source)
            counts |= {"candidates": len(ordered), "passages": len(chosen)}
            passages = tuple(_passage(each) for each in chosen)
            span.set(searched=statistics.chunk_count, candidates=len(ordered), passages=len(chosen))
            span.set(document_ids=[passage.document_id for passage in passages])
        return Retrieval(query, passages, statistics, clock.laps, counts)

    def candidates(self, query: Query, scope: Scope) -> list[Candidate]:
        """Everything the searches find for ``query`` in ``scope``, measured, in no order; for fitting weights."""
        with self._store.snapshot():
            return self._candidates(query, scope, _Clock())[0]

    def _candidates(self, query: Query, scope: Scope, clock: _Clock) -> tuple[list[Candidate], dict[str, int]]:
        statistics = self._corpus.statistics(scope.version_keys)
        groups = term_groups(
            query, statistics.document_frequency, statistics.chunk_count, variants=self._options.variants
        )
        clock.lap("terms")
        named = self._corpus.numbers().named(query.reference_numbers, query.text, scope.version_keys)
        found, counts = self._search(query, groups, named, scope, clock)
        rows = self._corpus.rows()
        read = self._reader.read((key for key in found if key[0] in rows), rows)
        candidates = recheck(scope, measure(query, groups, found, read, rows, named))
        clock.lap("rank")
        return candidates, counts

    def _search(
        self, query: Query, groups: Sequence[TermGroup], named: NamedDocuments, scope: Scope, clock: _Clock
    ) -> tuple[dict[ChunkKey, Found], dict[str, int]]:
        expression = _match_expression(groups)
        lexical = self._store.lexical_search(expression, scope.version_keys, LEXICAL_DEPTH)
        clock.lap("lexical")
        with stage("embed", StageKind.EMBEDDING, operation=Operation.EMBEDDINGS):
            vector = self._embed_query(query.expanded_text if self._options.variants else query.text)
        clock.lap("embed")
        dense = self._store.dense_search(vector, scope.version_keys, SIMILARITY_DEPTH)
        clock.lap("dense")
        inside_words: list[Hit] = []
        inside_dense: list[Hit] = []
        if wanted := named.exactly or named.series:
            inside_words = self._store.lexical_search(expression, wanted, NAMED_DEPTH)
            inside_dense = self._store.dense_search(vector, wanted, NAMED_DEPTH)
        counts = {
            "lexical": len(lexical),
            "dense": min(len(dense), DENSE_DEPTH),
            "named": len(inside_words) + len(inside_dense),
        }
        return _found(lexical, dense, inside_words, inside_dense), counts

    def _reranked(self, query: Query, ordered: list[_Scored], clock: _Clock) -> list[_Scored]:
        if self._reranker is None or not ordered:
            return ordered
        head, tail = ordered[:RERANK_DEPTH], ordered[RERANK_DEPTH:]
        with stage("rerank", StageKind.RERANKER, candidates=len(head)):
            scores = self._reranker.score(query.expanded_text, [each.candidate.chunk.text for each in head])
        clock.lap("rerank")
        reranked = [replace(each, rerank=score) for each, score in zip(head, scores, strict=True)]
        return [*sorted(reranked, key=lambda each: -(each.rerank or 0.0)), *tail]


@dataclass(frozen=True)
class _Scored:
    candidate: Candidate
    score: float
    rerank: float | None = None


def _by_score(candidates: Sequence[Candidate], weights: RankingWeights) -> list[_Scored]:
    scored = [_Scored(candidate, weights.score(candidate.features)) for candidate in candidates]
    return sorted(scored, key=lambda each: (-each.score, each.candidate.key))


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = (now - self._last) * 1000
        self._last = now


def _match_expression(groups: Sequence[TermGroup]) -> str:
    """Any form of any term; terms that nearly every question has only where there is nothing else to look for."""
    most = max((group.weight for group in groups), default=0.0)
    essential = [group for group in groups if group.weight >= _ESSENTIAL_SHARE * most]
    return match_any(phrase for group in essential for phrase in group.phrases)


def _found(
    lexical: Sequence[Hit], dense: Sequence[Hit], inside_words: Sequence[Hit], inside_dense: Sequence[Hit]
) -> dict[ChunkKey, Found]:
    """Where each chunk was found; inside a named document a chunk has scores but no rank among all.

    The vector search goes deeper than its candidates, so that the similarity of what only the words found is known;
    what lies deeper still is given the last similarity seen, which it cannot exceed.
    """
    lexical_ranks, dense_ranks = ranks(map(_key, lexical)), ranks(map(_key, dense[:DENSE_DEPTH]))
    lexical_scores = {_key(hit): hit.score for hit in (*inside_words, *lexical)}
    dense_scores = {_key(hit): hit.score for hit in (*inside_dense, *dense)}
    deepest = dense[-1].score if dense else None
    candidates = [*lexical_scores, *dense_ranks, *map(_key, inside_dense)]
    return {
        key: Found(
            lexical_ranks.get(key), lexical_scores.get(key), dense_ranks.get(key), dense_scores.get(key, deepest)
        )
        for key in dict.fromkeys(candidates)
    }


def _key(hit: Hit) -> ChunkKey:
    return (hit.version_key, hit.chunk_index)


def _capped(ordered: Sequence[_Scored], limit: int, per_source: int) -> list[_Scored]:
    chosen: list[_Scored] = []
    taken: dict[str, int] = {}
    for each in ordered:
        source = each.candidate.row.source
        if len(chosen) >= limit:
            break
        if taken.get(source, 0) < per_source:
            taken[source] = taken.get(source, 0) + 1
            chosen.append(each)
    return chosen


def _passage(scored: _Scored) -> Passage:
    row, chunk, found = scored.candidate.row, scored.candidate.chunk, scored.candidate.found
    return Passage(
        text=chunk.text,
        score=scored.score if scored.rerank is None else scored.rerank,
        document_id=row.document_id,
        version=row.version,
        title=row.title,
        reference_number=row.reference_number,
        site=row.site,
        effective_date=row.effective_date,
        source=row.source,
        page=chunk.page,
        section=chunk.section,
        start=chunk.start,
        end=chunk.end,
        chunk_index=chunk.index,
        scores=PassageScores(
            lexical_rank=found.lexical_rank,
            lexical_score=found.lexical_score,
            dense_rank=found.dense_rank,
            dense_score=found.dense_score,
            fused=scored.score,
            rerank=scored.rerank,
        ),
    )

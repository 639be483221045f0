"""Asks every question and variant of a set, under the circumstances that each names, and records what came of it.

Questions are asked in threads. An error, whatever it is, becomes part of the record and fails it; the run goes on.
Whatever was asked before under the same circumstances comes from the cache, so that an interrupted run goes on where it
stopped; a few of those are asked anew all the same, since a cache that nobody checks may be wrong for ever.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter

from ragkit.evaluation.configuration import EvaluationConfiguration
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.question import Question, QuestionSet, Variant
from ragkit.evaluation.record import CitationFacts, Record
from ragkit.evaluation.running.cache import Outcome, RecordCache
from ragkit.evaluation.running.facts import FactFinder
from ragkit.evaluation.running.identity import Circumstances, record_key
from ragkit.evaluation.running.source_hash import code_hash
from ragkit.knowledge_base import KnowledgeBase
from ragkit.retrieval.passage import Passage


@dataclass(frozen=True)
class RunProgress:
    """How far a run is.

    Attributes:
        done: records finished, those from the cache included.
        total: records in all.
        key: of the record that was just finished; "" for those from the cache.
    """

    done: int
    total: int
    key: str = ""


OnProgress = Callable[[RunProgress], None]


@dataclass(frozen=True)
class Run:
    """All records of a run, and how they came about.

    Attributes:
        records: one for each question and variant, in the order of the set.
        from_cache, reasked, stale, remarks: see ``Results``.
    """

    records: tuple[Record, ...]
    from_cache: int = 0
    reasked: int = 0
    stale: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Request:
    """One question in one wording."""

    question: Question
    variant: Variant | None
    search_depth: int
    cache_key: str

    @property
    def asked(self) -> str:
        return self.question.question if self.variant is None else self.variant.question

    def record(self, outcome: Outcome) -> Record:
        return Record(
            question=self.question,
            variant=self.variant,
            answer=outcome.answer,
            passages=outcome.passages,
            facts=outcome.facts,
            milliseconds=outcome.milliseconds,
            error=outcome.error,
            cache_key=self.cache_key,
        )


def run_questions(
    kb: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    on_progress: OnProgress | None = None,
    *,
    use_cache: bool = True,
) -> tuple[Record, ...]:
    """The records of ``run_set``."""
    return run_set(kb, questions, configuration, on_progress, use_cache=use_cache).records


def run_set(
    kb: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    on_progress: OnProgress | None = None,
    *,
    use_cache: bool = True,
) -> Run:
    """Asks every question, and every variant if the configuration says so.

    Args:
        kb: the knowledge base, opened with the access mode of the configuration.
        questions: the set.
        configuration: the day, the number of threads, the depth of the search, the cache folder.
        on_progress: called in the calling thread after each record.
        use_cache: False asks everything anew; the answers are kept for later runs all the same.
    """
    clock = date.today()
    today = configuration.questions.today or questions.today or clock
    circumstances = Circumstances(
        knowledge_base=kb.fingerprint(),
        code=code_hash(),
        today=today,
        clock=clock,
    )
    requests = list(_requests(questions, circumstances, configuration))
    roles = frozenset(role for question in questions.questions for role in question.roles or ())
    finder = FactFinder(kb, configuration.knowledge_base.access, roles, clock)
    interviewer = _Interviewer(kb, finder, today)
    with RecordCache(configuration.run.cache) as cache:
        work = _Work(requests, cache, interviewer, on_progress or (lambda progress: None))
        if use_cache:
            work.recall(configuration.gate.reasked, seed=f"{clock} {circumstances.code}")
        work.ask(configuration.run.workers)
        work.distrust()
        cache.trim()
        return work.run()


def _requests(
    questions: QuestionSet, circumstances: Circumstances, configuration: EvaluationConfiguration
) -> Iterator[_Request]:
    """The questions, each followed by its variants. What a variant finds is not recorded: no metric looks at it."""
    for question in questions.questions:
        depth = configuration.run.search_depth
        yield _Request(question, None, depth, record_key(question, question.question, depth, circumstances))
        for variant in question.variants if configuration.questions.variants else ():
            yield _Request(question, variant, 0, record_key(question, variant.question, 0, circumstances))


@dataclass(frozen=True)
class _Interviewer:
    """Asks one question of the knowledge base."""

    kb: KnowledgeBase
    finder: FactFinder
    today: date

    def ask(self, request: _Request) -> Outcome:
        """What comes of it, errors included."""
        options = {
            "site": request.question.site,
            "user": asker(request.question),
            "as_of": day_of(request.question, self.today),
        }
        started = perf_counter()
        answer = None
        try:
            answer = self.kb.ask(request.asked, **options)  # type: ignore[arg-type]
            milliseconds = (perf_counter() - started) * 1000
            passages: Sequence[Passage] = ()
            if request.search_depth:
                passages = self.kb.search(request.asked, limit=request.search_depth, **options)  # type: ignore[arg-type]
        except Exception as error:  # whatever it is, it fails this question and not the run
            elapsed = (perf_counter() - started) * 1000
            return Outcome(asked=request.asked, answer=answer, milliseconds=elapsed, error=_described(error))
        return Outcome(asked=request.asked, answer=answer, passages=tuple(passages), milliseconds=milliseconds)

    def with_facts(self, request: _Request, outcome: Outcome) -> Outcome:
        """The outcome with its citations looked up."""
        if outcome.answer is None:
            return outcome
        try:
            return outcome.model_copy(update={"facts": tuple(self._facts(request, outcome))})
        except Exception as error:
            return outcome.model_copy(update={"error": outcome.error or _described(error)})

    def _facts(self, request: _Request, outcome: Outcome) -> Iterator[CitationFacts]:
        user, day = asker(request.question), day_of(request.question, self.today)
        for citation in outcome.answer.citations if outcome.answer else ():
            yield self.finder.facts(citation, user, request.question.site, day)


@dataclass
class _Work:
    """The requests of a run, and what came of them so far, by their position."""

    requests: Sequence[_Request]
    cache: RecordCache
    interviewer: _Interviewer
    on_progress: OnProgress
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    recalled: dict[int, Outcome] = field(default_factory=dict)
    reasked: frozenset[int] = frozenset()
    stale: list[str] = field(default_factory=list)

    def recall(self, reasked: int, seed: str) -> None:
        """Takes what the cache has, and chooses those that are asked anew to compare them."""
        for position, request in enumerate(self.requests):
            outcome = self.cache.get(request.cache_key, request.asked)
            if outcome is not None:
                self.recalled[position] = outcome
        chosen = random.Random(seed).sample(sorted(self.recalled), min(reasked, len(self.recalled)))
        self.reasked = frozenset(chosen)
        self.outcomes = {position: outcome for position, outcome in self.recalled.items() if position not in chosen}
        if self.outcomes:
            self.on_progress(RunProgress(len(self.outcomes), len(self.requests)))

    def ask(self, workers: int) -> None:
        """Asks all that is left, several at a time; each answer is kept as soon as it is there."""
        left = [position for position in range(len(self.requests)) if position not in self.outcomes]
        executor = ThreadPoolExecutor(workers, thread_name_prefix="ragkit-eval")
        try:
            futures = {executor.submit(self.interviewer.ask, self.requests[position]): position for position in left}
            self._collect(futures)
        finally:
            # after an interruption: what runs may end, what waits is dropped
            executor.shutdown(wait=True, cancel_futures=True)

    def _collect(self, futures: Mapping[Future[Outcome], int]) -> None:
        for future in as_completed(futures):
            position, outcome = futures[future], future.result()
            request = self.requests[position]
            self.outcomes[position] = outcome
            if position in self.reasked and not outcome.same_as(self.recalled[position]):
                self.stale.append(request.record(outcome).key)
            self.cache.put(request.cache_key, outcome)
            self.on_progress(RunProgress(len(self.outcomes), len(self.requests), request.record(outcome).key))

    def distrust(self) -> None:
        """Empties a cache in which one entry was wrong: what made it wrong is not part of the key, so any may be."""
        if self.stale:
            self.cache.forget()
            self.cache.remarks.append(
                f"{len(self.stale)} of {len(self.reasked)} cached answers that were asked anew came out differently "
                f"({', '.join(sorted(self.stale))}). The cache was emptied; run again."
            )

    def run(self) -> Run:
        """The finished records, in the order of the set."""
        finished = [
            request.record(self.interviewer.with_facts(request, self.outcomes[position]))
            for position, request in enumerate(self.requests)
        ]
        return Run(
            records=tuple(finished),
            from_cache=len(self.recalled),
            reasked=len(self.reasked),
            stale=tuple(sorted(self.stale)),
            remarks=tuple(self.cache.remarks),
        )


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"

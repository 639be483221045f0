"""The whole evaluation, from a configuration to results, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from ragkit import __version__
from ragkit.evaluation.configuration import EvaluationConfiguration
from ragkit.evaluation.metrics.base import MetricValues
from ragkit.evaluation.questions.question import QuestionSet
from ragkit.evaluation.questions.reading import load_question_set
from ragkit.evaluation.results import Results, RunIdentity
from ragkit.evaluation.running.identity import questions_hash
from ragkit.evaluation.running.knowledge_base import OnIngest, opened
from ragkit.evaluation.running.runner import OnProgress, Run, run_set
from ragkit.evaluation.running.source_hash import code_hash
from ragkit.grounding.base import Scorer
from ragkit.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from ragkit.evaluation.record import Record


def evaluate(
    configuration: EvaluationConfiguration,
    on_progress: OnProgress | None = None,
    *,
    kb: KnowledgeBase | None = None,
    use_cache: bool = True,
    on_ingest: OnIngest | None = None,
) -> Results:
    """Asks every question of a configuration and measures the answers.

    Args:
        configuration: what is asked, how, and who judges (``load_configuration`` reads it from its file).
        on_progress: called after each question with a ``RunProgress``.
        kb: a knowledge base that is open already, in place of the one that the configuration names.
        use_cache: False asks everything anew.
        on_ingest: called after each document that is read.

    Returns:
        The records and, for every metric, its value for every question it applies to.

    Raises:
        QuestionSetError: a question set is malformed.
        EvaluationError: the knowledge base or its documents are not there.
        GroundingError: the scorer cannot be built (no server, no weights). One that fails later fails the questions.
    """
    started, clock = datetime.now().astimezone(), perf_counter()
    questions = load_questions(configuration)
    scorer = build_scorer(configuration)
    remarks: list[str] = []
    with _given_or_opened(kb, configuration, on_ingest, remarks.append) as base:
        run = run_set(base, questions, configuration, on_progress, use_cache=use_cache)
        fingerprint = base.fingerprint()
    measured = measure(run.records, scorer)
    identity = RunIdentity(
        knowledge_base=fingerprint,
        code=code_hash(),
        questions=questions_hash(questions),
        scorer=scorer.fingerprint,
        ragkit_version=__version__,
    )
    return _results(questions, identity, run, measured, remarks, started, perf_counter() - clock)


def load_questions(configuration: EvaluationConfiguration) -> QuestionSet:
    """The questions that a configuration names; the files of known-bad answers are none of them.

    Raises:
        QuestionSetError: a file is missing or malformed.
    """
    return load_question_set(
        configuration.questions.files, roles=configuration.questions.roles, exclude=configuration.gate.must_fail
    )


def build_scorer(configuration: EvaluationConfiguration) -> Scorer:
    """The groundedness scorer that a configuration names.

    Raises:
        GroundingError: there is none of that name, or its server or weights are missing.
    """
    from ragkit.grounding import factory

    part = configuration.scorer
    return factory.build_scorer(part.name, base_url=part.base_url, api_key_variable=part.api_key_variable)


def measure(records: tuple[Record, ...], scorer: Scorer) -> tuple[MetricValues, ...]:
    """Every metric over the records."""
    from ragkit.evaluation.metrics import catalogue

    return catalogue.measure(records, scorer)


@contextmanager
def _given_or_opened(
    kb: KnowledgeBase | None,
    configuration: EvaluationConfiguration,
    on_ingest: OnIngest | None,
    on_remark: Callable[[str], None],
) -> Iterator[KnowledgeBase]:
    if kb is not None:
        yield kb
        return
    with opened(
        configuration.knowledge_base, configuration.run.cache, on_progress=on_ingest, on_remark=on_remark
    ) as base:
        yield base


def _results(
    questions: QuestionSet,
    identity: RunIdentity,
    run: Run,
    measured: tuple[MetricValues, ...],
    remarks: list[str],
    started: datetime,
    seconds: float,
) -> Results:
    return Results(
        name=questions.name,
        started=started,
        identity=identity,
        records=run.records,
        metrics={values.metric.name: dict(values.values) for values in measured},
        from_cache=run.from_cache,
        reasked=run.reasked,
        stale=run.stale,
        remarks=(*remarks, *run.remarks),
        seconds=seconds,
    )

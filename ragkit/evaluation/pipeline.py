"""The whole evaluation in one place: a configuration goes in, results come out, and the gate decides on them.

``evaluate`` reads the questions, opens the knowledge base, asks every question, and measures the answers. ``run_gate``
does the same, judges the known-bad answers with the same scorer and metrics, holds the run against the baseline, and
decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from time import perf_counter

from ragkit import __version__
from ragkit.deployment.loading import checked_deployment
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import EvaluationError
from ragkit.evaluation.configuration import EvaluationConfiguration
from ragkit.evaluation.gate.baseline import Baseline, read_baseline
from ragkit.evaluation.gate.gate import decide
from ragkit.evaluation.gate.kept_citations import lost_citations
from ragkit.evaluation.gate.known_bad import known_bad_records
from ragkit.evaluation.gate.must_fail import MustFailCase, MustFailOutcome, judge_must_fail, load_must_fail
from ragkit.evaluation.gate.passages import misplaced_passages
from ragkit.evaluation.gate.verdict import GateVerdict
from ragkit.evaluation.metrics.base import MetricValues
from ragkit.evaluation.metrics.catalogue import Measurement, all_metrics, measure
from ragkit.evaluation.metrics.judging import PairCache
from ragkit.evaluation.questions.question import QuestionSet
from ragkit.evaluation.questions.reading import load_question_set, question_files
from ragkit.evaluation.record import Record
from ragkit.evaluation.results import Results, RunIdentity
from ragkit.evaluation.running.facts import FactFinder
from ragkit.evaluation.running.identity import questions_hash
from ragkit.evaluation.running.knowledge_base import OnIngest, opened
from ragkit.evaluation.running.runner import OnProgress, Run, run_set
from ragkit.evaluation.running.source_hash import code_hash
from ragkit.grounding.base import Scorer
from ragkit.grounding.factory import build_scorer
from ragkit.knowledge_base import KnowledgeBase

PAIRS = "pairs.sqlite3"
"""The file of the cache folder in which judged pairs are kept."""


@dataclass(frozen=True)
class Decision:
    """A run and what the gate says of it.

    Attributes:
        results: the run.
        verdict: the gate's.
        baseline: what the run was held against; None where the configuration names none.
    """

    results: Results
    verdict: GateVerdict
    baseline: Baseline | None


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
        GroundingError: there is no such scorer. One that fails in judging fails the questions.
    """
    with _evaluation(configuration, kb, on_ingest) as evaluation:
        return evaluation.results(on_progress, use_cache=use_cache)


def run_gate(
    configuration: EvaluationConfiguration,
    on_progress: OnProgress | None = None,
    *,
    kb: KnowledgeBase | None = None,
    use_cache: bool = True,
    on_ingest: OnIngest | None = None,
) -> Decision:
    """Evaluates, and decides whether the change may ship.

    Args:
        configuration: as for ``evaluate``, with what may ship under ``[gate]``.
        on_progress: called after each question with a ``RunProgress``.
        kb: a knowledge base that is open already, in place of the one that the configuration names.
        use_cache: False asks everything anew.
        on_ingest: called after each document that is read.

    Raises:
        EvaluationError: also where the baseline or a file of known-bad answers is missing or malformed, or where the
            scorer is a language model, which never decides.
    """
    if configuration.scorer.name.startswith("llm:"):
        raise EvaluationError("A language model never gates: name another scorer under [scorer], such as 'ladder'.")
    settings = configuration.gate
    baseline = read_baseline(settings.baseline) if settings.baseline is not None else None
    cases = _known_bad_cases(configuration)
    with _evaluation(configuration, kb, on_ingest) as evaluation:
        known_bad = evaluation.known_bad(cases)  # first, since it is quick and tells of cases that do not fit
        results = evaluation.results(on_progress, use_cache=use_cache)
        asked = evaluation.questions.questions
        verdict = decide(
            results,
            baseline,
            settings,
            metrics=all_metrics(),
            must_fail=known_bad,
            lost=lost_citations(baseline, asked, evaluation.kb, evaluation.today) if baseline else (),
            misplaced=misplaced_passages(results.records, evaluation.kb, evaluation.today),
            judging_errors=results.judging_errors,
        )
    return Decision(results, verdict, baseline)


def load_questions(configuration: EvaluationConfiguration) -> QuestionSet:
    """The questions that a configuration names; the files of known-bad answers are none of them.

    Raises:
        QuestionSetError: a file is missing or malformed.
    """
    return load_question_set(
        configuration.questions.files, roles=configuration.questions.roles, exclude=configuration.gate.must_fail
    )


def _known_bad_cases(configuration: EvaluationConfiguration) -> tuple[MustFailCase, ...]:
    files, problems = question_files(configuration.gate.must_fail)
    if problems:
        raise EvaluationError("\n".join(f"[gate] must_fail: {problem}" for problem in problems))
    return load_must_fail(files.values())


@dataclass
class _Evaluation:
    """Everything that one evaluation needs, with the knowledge base open."""

    configuration: EvaluationConfiguration
    questions: QuestionSet
    scorer: Scorer
    kb: KnowledgeBase
    remarks: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day on which questions without one of their own are asked."""
        return self.configuration.questions.today or self.questions.today or date.today()

    def results(self, on_progress: OnProgress | None, *, use_cache: bool) -> Results:
        """Asks and measures."""
        started, clock = datetime.now().astimezone(), perf_counter()
        run = run_set(self.kb, self.questions, self.configuration, on_progress, use_cache=use_cache)
        measured = self.measured(run.records)
        return Results(
            name=self.questions.name,
            started=started,
            identity=self._identity(),
            records=run.records,
            metrics=measured.as_table(),
            from_cache=run.from_cache,
            reasked=run.reasked,
            stale=run.stale,
            judging_errors=_of_judging(measured, run),
            remarks=(*self.remarks, *run.remarks),
            seconds=perf_counter() - clock,
        )

    def measured(self, records: Sequence[Record]) -> Measurement:
        """Every metric over some records, with the pairs judged before taken from the cache folder."""
        return measure(records, self.scorer, PairCache(self.configuration.run.cache / PAIRS))

    def known_bad(self, cases: Sequence[MustFailCase]) -> tuple[MustFailOutcome, ...]:
        """How the scorer and the metrics judge the known-bad answers."""
        asked = {question.id: question for question in self.questions.questions}
        roles = frozenset(role for question in asked.values() for role in question.roles or ())
        facts = FactFinder(self.kb, self.configuration.knowledge_base.access, roles, date.today())
        records = known_bad_records(cases, asked, self.kb, facts, self.today)
        return judge_must_fail(cases, records, self._values_and_errors)

    def _values_and_errors(self, records: Sequence[Record]) -> tuple[Sequence[MetricValues], Mapping[str, str]]:
        measured = self.measured(records)
        return measured.values, measured.errors

    def _identity(self) -> RunIdentity:
        return RunIdentity(
            knowledge_base=self.kb.fingerprint(),
            code=code_hash(),
            questions=questions_hash(self.questions),
            scorer=self.scorer.fingerprint,
            ragkit_version=__version__,
        )


@contextmanager
def _evaluation(
    configuration: EvaluationConfiguration, kb: KnowledgeBase | None, on_ingest: OnIngest | None
) -> Iterator[_Evaluation]:
    """Reads the questions, builds the scorer, opens the knowledge base: what is wrong is found before it costs time."""
    questions = load_questions(configuration)
    part = configuration.scorer
    policy = EgressPolicy.of(checked_deployment(configuration.knowledge_base.deployment))
    scorer = build_scorer(part.name, base_url=part.base_url, api_key_variable=part.api_key_variable, policy=policy)
    if kb is not None:
        yield _Evaluation(configuration, questions, scorer, kb)
        return
    remarks: list[str] = []
    with opened(
        configuration.knowledge_base, configuration.run.cache, on_progress=on_ingest, on_remark=remarks.append
    ) as base:
        yield _Evaluation(configuration, questions, scorer, base, remarks)


def _of_judging(measured: Measurement, run: Run) -> dict[str, str]:
    """The errors that are not in the records."""
    asking = {record.key for record in run.records if record.error}
    return {key: error for key, error in measured.errors.items() if key not in asking}

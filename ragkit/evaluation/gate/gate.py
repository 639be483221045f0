"""May this change ship? Every check, why it exists, and how often it would be wrong.

Two kinds of checks, for two kinds of harm.

*One is too many.* The run is deterministic: the same code, documents and questions give the same records, whatever the
order, the number of workers or the seed of the bootstrap. So a check that looks at single questions has no false alarms
on reruns, and it fails at n = 1:

- ``errors``: a question that errored, in asking or judging. An error that is skipped hides whatever caused it.
- ``required``: a metric with a value that every question must have (a citation resolves to its quote, is in force, may
  be read by the person who asked). Failures that are known and not mended yet are named one by one in the settings
  (``known_failures``): they stay visible as a warning, and one more of them fails.
- ``must_fail``: a known-bad answer that the metrics let pass. It proves that the judge is awake: a scorer that calls
  everything supported gives perfect figures everywhere else.
- ``critical``: a question that shows lines and is worse than in the baseline in a metric that the settings name: a
  wrong dose shown where the baseline was right. A new refusal is not among these, since an honest "not found" is the
  lesser harm; refusals are counted in the comparisons. Leave the list empty where a language model writes the answers
  and the same question may be answered in other words.
- ``passages``: a passage that does not stand at its offsets. Few answers show it and every later one rests on it.
- ``citations_kept``: a citation of the baseline whose words no longer stand there under the same version label. It
  catches damage in reading documents, which no metric sees since quotes are compared with the damaged text.
- ``coverage``: a baseline question that was not asked, or whose gold was edited. Otherwise the way to pass is to delete
  the question.
- ``cache``: a cached answer that is not what is answered now.
- ``judge``: another scorer than the baseline's. Two judges' figures cannot be compared.
- ``configuration``: a metric that the settings name and that does not exist or applied to nothing. What is not measured
  cannot pass.

*The mean is what counts.* Small losses here and there are the price of most improvements:

- ``floor``: the mean misses an absolute floor. No test, the figure itself decides (its interval tells how certain that
  is): no false alarms on reruns; on other questions of the same kind, as often as the interval crosses the floor.
- ``comparison``: the mean lost more than its margin, and the loss is beyond chance. H0, tests and the correction for
  testing several metrics are described in ``comparison.py``: without a true loss, any alarm at all comes with a chance
  of at most alpha. Because Holm shares alpha among the metrics, a loss of few questions is not seen by this check
  alone (with 10 pass-or-fail metrics about 8 net changes are needed); that is what the checks above are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ragkit.evaluation.configuration import GateConfiguration
from ragkit.evaluation.gate import rules
from ragkit.evaluation.gate.baseline import Baseline, gold_hash
from ragkit.evaluation.gate.comparison import Pairs, compare, pairs_of, slice_losses
from ragkit.evaluation.gate.kept_citations import LostCitation
from ragkit.evaluation.gate.must_fail import MustFailOutcome
from ragkit.evaluation.gate.verdict import CheckKind, GateCheck, GateVerdict, Outcome
from ragkit.evaluation.metrics.base import Metric
from ragkit.evaluation.results import Results

_ORDER = {Outcome.FAIL: 0, Outcome.WARN: 1, Outcome.PASS: 2}


def decide(
    results: Results,
    baseline: Baseline | None,
    settings: GateConfiguration,
    *,
    metrics: Iterable[Metric],
    must_fail: Sequence[MustFailOutcome] = (),
    lost: Sequence[LostCitation] = (),
    misplaced: Sequence[str] | None = None,
    judging_errors: Mapping[str, str] | None = None,
) -> GateVerdict:
    """The verdict on a run.

    Args:
        results: the run.
        baseline: the accepted run, or None to judge the run by itself.
        settings: floors, margins and the rest of ``[gate]``.
        metrics: the catalogue that measured the run.
        must_fail: how the known-bad answers were judged (``must_fail.judge_must_fail``).
        lost: citations of the baseline that no longer resolve (``kept_citations.lost_citations``).
        misplaced: questions with a passage that does not stand where it says (``passages.misplaced_passages``); None
            where nobody looked.
        judging_errors: question id -> what went wrong in judging, for errors that are not in the records.
    """
    known = {metric.name: metric for metric in metrics}
    checks = [
        rules.check_errors(results, judging_errors or {}),
        *rules.check_names(_named(settings), known, results),
        *rules.check_required(results, known, settings.known_failures),
        *_floors(results, settings, known),
        *_must_fail(must_fail, settings),
        rules.check_cache(results, settings.reasked),
    ]
    if misplaced is not None:
        checks.append(rules.check_passages(misplaced, len(results.records)))
    if baseline is None:
        checks += _without_baseline(settings)
        return GateVerdict(checks=_sorted(checks))
    checks += [*rules.check_coverage(results, baseline), *rules.check_identity(results, baseline)]
    checks.append(rules.check_kept_citations(lost, baseline))
    comparable = _comparable(results, baseline)
    checks += [
        rules.check_critical(known[name], results, baseline, comparable)
        for name in settings.critical
        if results.metrics.get(name) and name in known
    ]
    pairs, unpaired = _pairs(results, baseline, settings, known, comparable)
    checks += [*unpaired, *compare(pairs, settings)]
    categories = {record.key: record.question.category for record in results.records}
    return GateVerdict(checks=_sorted(checks), slices=tuple(slice_losses(pairs, categories)), compared=True)


def _named(settings: GateConfiguration) -> list[str]:
    return [*settings.floors, *settings.margins, *settings.critical, *settings.known_failures]


def _sorted(checks: Iterable[GateCheck]) -> tuple[GateCheck, ...]:
    return tuple(sorted(checks, key=lambda check: _ORDER[check.outcome]))


def _comparable(results: Results, baseline: Baseline) -> dict[str, str]:
    """The questions that both runs were asked with the same gold, each with its cluster."""
    return {
        record.key: record.question.cluster
        for record in results.records
        if record.key in baseline.questions and gold_hash(record) == baseline.questions[record.key].gold
    }


def _floors(results: Results, settings: GateConfiguration, known: Mapping[str, Metric]) -> list[GateCheck]:
    clusters = {record.key: record.question.cluster for record in results.records}
    return [
        rules.check_floor(
            known[name], floor, results.metrics[name], clusters, resamples=settings.resamples, seed=settings.seed
        )
        for name, floor in settings.floors.items()
        if name in known and results.metrics.get(name)
    ]


def _must_fail(outcomes: Sequence[MustFailOutcome], settings: GateConfiguration) -> list[GateCheck]:
    if outcomes:
        return [rules.check_must_fail(outcomes)]
    if not settings.must_fail:
        return []
    message = "The settings name files of known-bad answers, but none was judged."
    return [GateCheck(kind=CheckKind.MUST_FAIL, outcome=Outcome.FAIL, message=message, n=0)]


def _without_baseline(settings: GateConfiguration) -> list[GateCheck]:
    if not settings.margins and not settings.critical:
        return []
    message = "Nothing was compared, since there is no baseline. Write one from a run that you accept, and commit it."
    outcome = Outcome.FAIL if settings.baseline is not None else Outcome.WARN
    return [GateCheck(kind=CheckKind.COVERAGE, outcome=outcome, message=message)]


def _pairs(
    results: Results,
    baseline: Baseline,
    settings: GateConfiguration,
    known: Mapping[str, Metric],
    comparable: Mapping[str, str],
) -> tuple[list[Pairs], list[GateCheck]]:
    """The compared metrics, and a failed check for each of them that the two runs have no question in common for."""
    pairs, checks = [], []
    for name in settings.margins:
        if name not in known or not results.metrics.get(name):
            continue  # check_names has failed it
        pair = pairs_of(known[name], baseline.metrics.get(name, {}), results.metrics[name], comparable)
        if pair.keys:
            pairs.append(pair)
            continue
        message = f"{name} has no question in common with the baseline. {rules.NEW_BASELINE}"
        checks.append(GateCheck(kind=CheckKind.COMPARISON, metric=name, outcome=Outcome.FAIL, message=message, n=0))
    return pairs, checks

"""The checks that no statistics are needed for. ``gate.py`` tells why each exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ragkit.evaluation.gate.baseline import DIGITS, Baseline, gold_hash
from ragkit.evaluation.gate.kept_citations import LostCitation
from ragkit.evaluation.gate.must_fail import MustFailOutcome
from ragkit.evaluation.gate.verdict import CheckKind, GateCheck, Outcome, some
from ragkit.evaluation.metrics.base import Metric
from ragkit.evaluation.results import Results
from ragkit.evaluation.statistics.bootstrap import mean_interval

_SLACK = 10**-DIGITS
NEW_BASELINE = "If the change is meant, look at the answers and write a new baseline."


def best_value(metric: Metric) -> float | None:
    """The value of a question that went right; None for metrics without one (words, milliseconds)."""
    if metric.required is not None:
        return metric.required
    if metric.unit == "share":
        return 1.0 if metric.higher_is_better else 0.0
    return 0.0 if metric.unit == "count" and not metric.higher_is_better else None


def check_errors(results: Results, judging: Mapping[str, str]) -> GateCheck:
    """Fails if any question errored, in asking or in judging, or nothing was asked."""
    errors = {
        record.key: record.error or "no answer" for record in results.records if record.error or not record.answer
    }
    errors |= {key: f"judging: {message}" for key, message in judging.items()}
    if not results.records:
        return GateCheck(kind=CheckKind.ERRORS, outcome=Outcome.FAIL, message="No question was asked.", n=0)
    if errors:
        listed = "; ".join(f"{key}: {message}" for key, message in list(errors.items())[:3])
        message = f"{len(errors)} of {len(results.records)} questions errored: {listed}."
    else:
        message = f"All {len(results.records)} questions were asked and judged."
    return GateCheck(
        kind=CheckKind.ERRORS,
        outcome=Outcome.FAIL if errors else Outcome.PASS,
        message=message,
        observed=len(errors),
        wanted=0,
        n=len(results.records),
        keys=tuple(errors),
    )


def check_names(named: Iterable[str], metrics: Mapping[str, Metric], results: Results) -> list[GateCheck]:
    """Fails for a metric that the settings name and that does not exist or applied to no question."""
    checks = []
    for name in sorted(set(named)):
        if name not in metrics:
            message = f"The gate's settings name a metric that does not exist: {name}. Correct the name."
        elif not results.metrics.get(name):
            message = f"{name} applied to no question: what is not measured cannot pass. Add questions, or take it out."
        else:
            continue
        checks.append(GateCheck(kind=CheckKind.CONFIGURATION, metric=name, outcome=Outcome.FAIL, message=message))
    return checks


def check_required(
    results: Results, metrics: Mapping[str, Metric], known: Mapping[str, Sequence[str]]
) -> list[GateCheck]:
    """One check for each metric with a value that every question must have; known failures are a warning."""
    measured = [
        metric for metric in metrics.values() if metric.required is not None and results.metrics.get(metric.name)
    ]
    return [_required(metric, results.metrics[metric.name], known.get(metric.name, ())) for metric in measured]


def _required(metric: Metric, values: Mapping[str, float], known: Sequence[str]) -> GateCheck:
    sign, required = (1 if metric.higher_is_better else -1), metric.required or 0.0
    wrong = sorted(key for key, value in values.items() if sign * (required - value) > _SLACK)
    new = [key for key in wrong if key not in known]
    mended = sorted(set(known) - set(wrong))
    message = f"{metric.title}: {required:g} for each of {len(values)} questions."
    if new:
        message = (
            f"{metric.title}: {len(new)} of {len(values)} questions miss what every question must have ({required:g}): "
            f"{some(new, most=40)}."
        )
    elif wrong:
        message = (
            f"{metric.title}: {len(wrong)} of {len(values)} questions miss what every question must have "
            f"({required:g}); each is named in the settings as known, and has to be mended: {some(wrong)}."
        )
    if mended:
        message += f" Take out of known_failures, since they are mended or gone: {some(mended)}."
    return GateCheck(
        kind=CheckKind.REQUIRED,
        metric=metric.name,
        outcome=Outcome.FAIL if new else Outcome.WARN if wrong or mended else Outcome.PASS,
        message=message,
        observed=1 - len(wrong) / len(values),
        wanted=1.0,
        n=len(values),
        keys=tuple(new or wrong),
    )


def check_floor(
    metric: Metric, floor: float, values: Mapping[str, float], clusters: Mapping[str, str], *, resamples: int, seed: int
) -> GateCheck:
    """Fails if the mean misses its floor; says whether the interval crosses the floor."""
    keys = sorted(values)
    interval = mean_interval(
        [values[key] for key in keys], [clusters.get(key, key) for key in keys], resamples=resamples, seed=seed
    )
    sign = 1 if metric.higher_is_better else -1
    missed = sign * (floor - interval.estimate) > _SLACK
    side = "at least" if metric.higher_is_better else "at most"
    crosses = interval.low < floor < interval.high
    doubt = (
        f" The interval crosses {floor:g}: with {len(keys)} questions the true figure may be on either side."
        if crosses
        else ""
    )
    return GateCheck(
        kind=CheckKind.FLOOR,
        metric=metric.name,
        outcome=Outcome.FAIL if missed else Outcome.PASS,
        message=f"{metric.title} is {interval.estimate:.3f} [{interval.low:.3f}, {interval.high:.3f}] "
        f"({interval.method}, {len(keys)} questions), wanted {side} {floor:g}.{doubt}",
        observed=interval.estimate,
        wanted=floor,
        interval=interval,
        n=len(keys),
    )


def check_must_fail(outcomes: Sequence[MustFailOutcome]) -> GateCheck:
    """Fails if a known-bad answer passes a metric that should fail it."""
    passing = [outcome for outcome in outcomes if not outcome.caught]
    if passing:
        listed = "; ".join(f"{outcome.case.id}: {outcome.message}" for outcome in passing[:4])
        message = f"{len(passing)} of {len(outcomes)} known-bad answers pass, so the judge is asleep: {listed}"
    else:
        message = f"All {len(outcomes)} known-bad answers were caught."
    return GateCheck(
        kind=CheckKind.MUST_FAIL,
        outcome=Outcome.FAIL if passing else Outcome.PASS,
        message=message,
        observed=len(passing),
        wanted=0,
        n=len(outcomes),
        keys=tuple(outcome.case.id for outcome in passing),
    )


def check_cache(results: Results, wanted: int) -> GateCheck:
    """Fails if a cached answer is not what is answered now, or if nobody looked."""
    expected = min(wanted, results.from_cache)
    if results.stale:
        message = (
            f"The cache is stale: {len(results.stale)} of {results.reasked} questions asked anew are answered "
            f"differently from the cache ({some(results.stale)}). Something that answers depend on is not in the cache "
            "key. Remove the cache folder and run again."
        )
    elif results.reasked < expected:
        message = (
            f"{results.from_cache} answers came from the cache, and {results.reasked} of {expected} were asked anew to "
            "prove it."
        )
    else:
        message = (
            f"{results.from_cache} answers came from the cache; {results.reasked} were asked anew and are the same."
        )
    return GateCheck(
        kind=CheckKind.CACHE,
        outcome=Outcome.FAIL if results.stale or results.reasked < expected else Outcome.PASS,
        message=message,
        observed=len(results.stale),
        wanted=0,
        n=results.reasked,
        keys=results.stale,
    )


def check_coverage(results: Results, baseline: Baseline) -> list[GateCheck]:
    """Fails if a baseline question was not asked or was edited; warns of questions that the baseline lacks."""
    records = {record.key: record for record in results.records}
    missing = sorted(baseline.questions.keys() - records.keys())
    edited = sorted(
        key for key, said in baseline.questions.items() if key in records and gold_hash(records[key]) != said.gold
    )
    new = sorted(records.keys() - baseline.questions.keys())
    checks = []
    if missing:
        message = f"{len(missing)} questions of the baseline were not asked: {some(missing)}. {NEW_BASELINE}"
        checks.append((Outcome.FAIL, message, missing))
    if edited:
        message = (
            f"{len(edited)} questions, or what is known about their answers, were edited since the baseline and cannot "
            f"be compared: {some(edited)}. {NEW_BASELINE}"
        )
        checks.append((Outcome.FAIL, message, edited))
    if new:
        message = f"{len(new)} questions are not in the baseline and were not compared: {some(new)}. {NEW_BASELINE}"
        checks.append((Outcome.WARN, message, new))
    if not checks:
        checks.append((Outcome.PASS, f"All {len(records)} questions are those of the baseline.", []))
    return [
        GateCheck(kind=CheckKind.COVERAGE, outcome=outcome, message=message, n=len(keys), keys=tuple(keys))
        for outcome, message, keys in checks
    ]


def check_identity(results: Results, baseline: Baseline) -> list[GateCheck]:
    """Fails if another judge judged; warns if other documents were asked."""
    now, then = results.identity, baseline.identity
    checks = []
    if now.scorer != then.scorer:
        message = (
            "The groundedness scorer is not the one that judged the baseline, so that their figures cannot be "
            f"compared: {then.scorer} then, {now.scorer} now. {NEW_BASELINE}"
        )
        checks.append(GateCheck(kind=CheckKind.JUDGE, outcome=Outcome.FAIL, message=message))
    if now.knowledge_base != then.knowledge_base:
        message = f"The documents, or how they are read, are not those of the baseline. {NEW_BASELINE}"
        checks.append(GateCheck(kind=CheckKind.DOCUMENTS, outcome=Outcome.WARN, message=message))
    return checks


def check_kept_citations(lost: Sequence[LostCitation], baseline: Baseline) -> GateCheck:
    """Fails if words that the baseline cited no longer stand where they stood, under the same version label."""
    total = sum(len(said.citations) for said in baseline.questions.values())
    message = (
        f"{len(lost)} of the baseline's {total} citations no longer resolve, though the version has not changed: "
        f"{'; '.join(str(item) for item in lost[:3])}. {NEW_BASELINE}"
        if lost
        else f"The baseline's {total} citations still resolve, word by word, where their version is kept."
    )
    return GateCheck(
        kind=CheckKind.CITATIONS_KEPT,
        outcome=Outcome.FAIL if lost else Outcome.PASS,
        message=message,
        observed=len(lost),
        wanted=0,
        n=total,
        keys=tuple(dict.fromkeys(item.key for item in lost)),
    )


def check_passages(misplaced: Sequence[str], n: int) -> GateCheck:
    """Fails if a passage that was found does not stand at its offsets and on its page."""
    message = (
        f"{len(misplaced)} of {n} questions found a passage whose words do not stand where it says: {some(misplaced)}. "
        "Offsets or pages of chunks are wrong."
        if misplaced
        else "Every passage that was found stands at its offsets and on its page."
    )
    return GateCheck(
        kind=CheckKind.PASSAGES,
        outcome=Outcome.FAIL if misplaced else Outcome.PASS,
        message=message,
        observed=len(misplaced),
        wanted=0,
        n=n,
        keys=tuple(misplaced),
    )


def check_critical(metric: Metric, results: Results, baseline: Baseline, keys: Iterable[str]) -> GateCheck:
    """Fails if one question shows lines and is worse than the baseline in a metric where one is too many.

    A question that the metric did not apply to in the baseline (it was refused, say) is worse if it now has less than
    the best value. A question that is refused now shows nothing wrong: it counts in the comparisons instead.
    """
    before, after = baseline.metrics.get(metric.name, {}), results.metrics.get(metric.name, {})
    shown = {record.key for record in results.records if record.shown}
    best = best_value(metric)
    sign = 1 if metric.higher_is_better else -1

    def is_worse(key: str) -> bool:
        then = before.get(key, best)
        return then is not None and sign * (then - after[key]) > _SLACK

    wrong = sorted(key for key in keys if key in after and key in shown and is_worse(key))
    message = (
        f"{metric.title}: {len(wrong)} questions show lines and are worse than in the baseline, where one is too many: "
        f"{some(wrong)}. {NEW_BASELINE}"
        if wrong
        else f"{metric.title}: no question that shows lines is worse than in the baseline."
    )
    return GateCheck(
        kind=CheckKind.CRITICAL,
        metric=metric.name,
        outcome=Outcome.FAIL if wrong else Outcome.PASS,
        message=message,
        observed=len(wrong),
        wanted=0,
        n=len(after),
        keys=tuple(wrong),
    )

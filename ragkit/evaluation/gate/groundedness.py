"""The groundedness of a run, corrected for how often its judge is wrong: a figure beside the raw one."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.evaluation.claims import claims_of
from ragkit.evaluation.metrics.matrices import real_quotes
from ragkit.evaluation.record import Record
from ragkit.evaluation.results import Results
from ragkit.evaluation.statistics.bootstrap import sums_interval
from ragkit.evaluation.statistics.correction import JudgeError, partly_exact
from ragkit.evaluation.statistics.interval import Interval, wilson
from ragkit.grounding.checking import check_claim
from ragkit.grounding.verdict import Verdict

FAITHFULNESS = "grounding.faithfulness"


@dataclass(frozen=True)
class CorrectedGroundedness:
    """What share of the shown claims is supported.

    Attributes:
        claims: shown in all answers (the questions' own words).
        verbatim: those that are the cited words themselves; a judge cannot be wrong about them.
        raw: share that is verbatim or that the judge called supported.
        corrected: the share that is truly supported, as far as the judge's measured error tells; None where that error
            is not known or the judge is no better than chance.
        note: what the figure takes for granted, or why there is none.
    """

    claims: int
    verbatim: int
    raw: Interval
    corrected: Interval | None
    note: str


@dataclass(frozen=True)
class _Counts:
    """Claims of one answer: verbatim, others, and those of the others that the judge called supported."""

    cluster: str
    verbatim: int
    others: int
    called: int


def corrected_groundedness(
    results: Results, judge: JudgeError | None, *, measured_on: str = "", level: float = 0.95
) -> CorrectedGroundedness | None:
    """Raw and corrected share of supported claims, over all claims of the answers to the questions' own words.

    A claim that stands word for word in the quotes cited for it is supported, whoever judges; only the others are
    corrected (``statistics.correction.partly_exact``). How many of them the judge called supported follows from
    ``grounding.faithfulness``. Answers that errored or could not be judged count with no supported claim beyond those
    that are verbatim.

    Args:
        results: the run.
        judge: how often the judge is right; None where nobody measured it.
        measured_on: the labelled set on which it was measured, for the note.
        level: of confidence.

    Returns:
        None where no answer shows a claim.
    """
    faithfulness = results.metrics.get(FAITHFULNESS, {})
    counts = [_counts(record, faithfulness.get(record.key, 0.0)) for record in results.records if _counts_for(record)]
    total = sum(each.verbatim + each.others for each in counts)
    if not total:
        return None
    verbatim = sum(each.verbatim for each in counts)
    raw = _raw(counts, level)
    if verbatim == total:
        note = "Every claim shown is verbatim in the words cited for it: there is no judge's error to correct."
        return CorrectedGroundedness(total, verbatim, raw, raw, note)
    if judge is None:
        note = "The error of this scorer has not been measured: the raw share is all there is."
        return CorrectedGroundedness(total, verbatim, raw, None, note)
    try:
        corrected = partly_exact(
            [each.verbatim for each in counts],
            [each.others for each in counts],
            [each.called for each in counts],
            [each.cluster for each in counts],
            judge=judge,
            level=level,
        )
    except ValueError as error:
        return CorrectedGroundedness(total, verbatim, raw, None, str(error))
    return CorrectedGroundedness(total, verbatim, raw, corrected, _assumption(total - verbatim, judge, measured_on))


def _counts_for(record: Record) -> bool:
    return record.variant is None and record.answer is not None and record.shown


def _counts(record: Record, faithfulness: float) -> _Counts:
    assert record.answer is not None  # _counts_for has looked
    quotes = real_quotes(record)
    claims = claims_of(record.answer)
    verbatim = sum(
        check_claim(claim.text, [quotes[number] for number in claim.citations if quotes.get(number)]).verdict
        is Verdict.SUPPORTED
        for claim in claims
    )
    others = len(claims) - verbatim
    called = min(others, max(0, round(faithfulness * len(claims)) - verbatim))
    return _Counts(record.question.cluster, verbatim, others, called)


def _raw(counts: list[_Counts], level: float) -> Interval:
    columns = [[each.verbatim + each.called, each.verbatim + each.others] for each in counts]
    clusters = [each.cluster for each in counts]
    found = sums_interval(columns, lambda sums: sums[:, 0] / sums[:, 1], clusters, level=level)
    if found.method == "bca" or found.method == "percentile":
        return found
    n = len(set(clusters))  # no spread at all: the bootstrap would claim a certainty that it cannot have
    return wilson(found.estimate * n, n, level=level)


def _assumption(others: int, judge: JudgeError, measured_on: str) -> str:
    where = f" ({measured_on})" if measured_on else ""
    return (
        f"Verbatim claims are exact. The other {others} are corrected after Rogan and Gladen: on human-labelled "
        f"claims{where} the scorer recognised {judge.sensitivity:.1%} of the supported and {judge.specificity:.1%} of "
        "the unsupported ones. The correction takes for granted that it errs as often here."
    )

"""Metrics of two runs over the same questions: is one worse than is accepted, beyond chance?

What varies. The run is deterministic, so that asking again would change nothing. The questions are the sample: the gate
asks whether staff, who ask other questions of the same kind, would be worse off. Hence questions (their clusters) are
what is resampled, and every question is its own control.

- Pass-or-fail metrics: McNemar's exact test, one-sided. H0: among the questions that changed, as many got better as got
  worse. It looks at changed questions only, is exact for every n, and is the more sensitive one for few changes.
- Graded metrics: paired cluster bootstrap, one-sided. H0: the mean loss is at most the margin.
- A metric fails where the loss is larger than its margin *and* its p value, corrected by Holm over all compared
  metrics, is at most alpha. So an A/A comparison raises any alarm with a chance of at most alpha, over all metrics
  together, however they hang together.
- A loss beyond the margin that is not significant is a warning that names the n that would be needed: with few
  questions the honest answer is "cannot tell", and it is not silently a pass.

n needed: to see, with the configured power, a loss of twice the margin at the level alpha / (number of compared
metrics), the strictest step of Holm's correction, given how much the questions changed in this comparison (at least as
much as such a loss implies).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragkit.evaluation.configuration import GateConfiguration
from ragkit.evaluation.gate.baseline import DIGITS
from ragkit.evaluation.gate.verdict import CheckKind, GateCheck, Outcome, SliceLoss, some
from ragkit.evaluation.metrics.base import Metric
from ragkit.evaluation.statistics.paired import PairedDifference, paired_difference
from ragkit.evaluation.statistics.power import n_to_see
from ragkit.evaluation.statistics.tests import holm, mcnemar

_SLACK = 10**-DIGITS


@dataclass(frozen=True)
class Pairs:
    """A metric before and after.

    Attributes:
        metric: which.
        keys: the questions that both runs have a value for.
        before, after: their values.
        clusters: what they are resampled with.
        lost: questions it applied to before, and no longer (they were refused, say).
    """

    metric: Metric
    keys: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    clusters: tuple[str, ...]
    lost: int = 0


def pairs_of(
    metric: Metric, before: Mapping[str, float], after: Mapping[str, float], clusters: Mapping[str, str]
) -> Pairs:
    """The values of the questions in ``clusters`` that both runs have, rounded as in a baseline's file."""
    keys = tuple(sorted(key for key in after if key in before and key in clusters))
    lost = sum(key in clusters and key not in after for key in before)
    values = tuple(tuple(round(side[key], DIGITS) for key in keys) for side in (before, after))
    return Pairs(metric, keys, values[0], values[1], tuple(clusters[key] for key in keys), lost)


def compare(pairs: Sequence[Pairs], settings: GateConfiguration) -> list[GateCheck]:
    """One check for each metric, tested together.

    Args:
        pairs: each with at least one question, of metrics named in ``settings.margins``.
        settings: margins, alpha, power, resamples and seed.
    """
    found = [_difference(pair, settings) for pair in pairs]
    p_values = [_p_value(pair, difference) for pair, difference in zip(pairs, found, strict=True)]
    corrected = holm(p_values)
    return [
        _check(pair, difference, p, p_holm, settings, len(pairs))
        for pair, difference, p, p_holm in zip(pairs, found, p_values, corrected, strict=True)
    ]


def _difference(pairs: Pairs, settings: GateConfiguration) -> PairedDifference:
    return paired_difference(
        pairs.before,
        pairs.after,
        pairs.clusters,
        margin=settings.margins[pairs.metric.name],
        higher_is_better=pairs.metric.higher_is_better,
        resamples=settings.resamples,
        seed=settings.seed,
    )


def _p_value(pairs: Pairs, difference: PairedDifference) -> float:
    if not pairs.metric.binary:
        return difference.p
    old, new = pairs.before, pairs.after
    if not pairs.metric.higher_is_better:
        old, new = tuple(1 - value for value in old), tuple(1 - value for value in new)
    return mcnemar(old, new, pairs.clusters).p


def _check(
    pairs: Pairs, difference: PairedDifference, p: float, p_holm: float, settings: GateConfiguration, tests: int
) -> GateCheck:
    beyond = difference.loss.estimate > difference.margin + _SLACK
    significant = p_holm <= settings.alpha
    outcome = (Outcome.FAIL if significant else Outcome.WARN) if beyond else Outcome.PASS
    needed = _n_needed(pairs, difference, settings, tests)
    return GateCheck(
        kind=CheckKind.COMPARISON,
        metric=pairs.metric.name,
        outcome=outcome,
        message=_message(pairs, difference, p, p_holm, outcome, needed, settings),
        observed=difference.loss.estimate,
        wanted=difference.margin,
        interval=difference.loss,
        p=p,
        p_holm=p_holm,
        n=difference.n,
        n_needed=needed,
        keys=tuple(worsened(pairs)),
    )


def _n_needed(pairs: Pairs, difference: PairedDifference, settings: GateConfiguration, tests: int) -> int | None:
    """None for a margin of 0, twice of which is no loss, unless something was lost: then to see that loss."""
    alpha = settings.alpha / tests
    seen = 2 * difference.margin or difference.loss.estimate
    if seen <= 0:
        return None
    if pairs.metric.binary:
        changed = (difference.worse + difference.better) / difference.n
        together = _design_effect(pairs, difference)
        return int(together * n_to_see(seen, discordance=min(1.0, changed), alpha=alpha, power=settings.power)) + 1
    least = (seen * max(0.0, 1 - seen)) ** 0.5 if pairs.metric.unit == "share" else 0.0
    spread = max(difference.sd, least)
    if spread == 0:
        return None
    return n_to_see(seen - difference.margin, sd=spread, alpha=alpha, power=settings.power)


def _design_effect(pairs: Pairs, difference: PairedDifference) -> float:
    """How many questions of these clusters are worth one that stands alone; 1 where nothing changed."""
    changes = [new - old for old, new in zip(pairs.before, pairs.after, strict=True)]
    mean = sum(changes) / len(changes)
    alone = sum((change - mean) ** 2 for change in changes) / len(changes)
    return max(1.0, difference.sd**2 / alone) if alone else 1.0


def _message(
    pairs: Pairs,
    difference: PairedDifference,
    p: float,
    p_holm: float,
    outcome: Outcome,
    needed: int | None,
    settings: GateConfiguration,
) -> str:
    test = "McNemar exact" if pairs.metric.binary else "paired bootstrap"
    text = (
        f"{difference.before:.3f} -> {difference.after:.3f} over {difference.n} questions ({difference.worse} worse, "
        f"{difference.better} better); loss {difference.loss.estimate:+.3f} [{difference.loss.low:+.3f}, "
        f"{difference.loss.high:+.3f}], accepted {difference.margin:.3f}; {test} p = {p:.4f}, {p_holm:.4f} after Holm."
    )
    if pairs.lost:
        text += f" {pairs.lost} more questions have no value any longer."
    if needed is not None:
        aim = f"a loss of {2 * difference.margin:.3f}" if difference.margin else "such a loss"
        text += f" n to see {aim} with {settings.power:.0%} power: {needed}."
    elif difference.margin:
        text += " No question changed, so that the n that is needed cannot be told."
    if outcome is Outcome.FAIL:
        return f"Worse than accepted. {text} Look at: {some(worsened(pairs))}"
    if outcome is Outcome.WARN:
        return f"Worse than accepted, but this could be chance: too few questions changed to tell. {text}"
    return text


def worsened(pairs: Pairs) -> list[str]:
    """The questions whose value got worse."""
    sign = 1 if pairs.metric.higher_is_better else -1
    return [
        key for key, old, new in zip(pairs.keys, pairs.before, pairs.after, strict=True) if sign * (old - new) > _SLACK
    ]


def slice_losses(pairs: Sequence[Pairs], categories: Mapping[str, str]) -> list[SliceLoss]:
    """The categories in which a metric lost, largest loss first."""
    losses = []
    for pair in pairs:
        sign = 1 if pair.metric.higher_is_better else -1
        grouped: dict[str, list[tuple[float, float]]] = {}
        for key, old, new in zip(pair.keys, pair.before, pair.after, strict=True):
            grouped.setdefault(categories[key], []).append((old, new))
        for category, values in grouped.items():
            before, after = (sum(side) / len(values) for side in zip(*values, strict=True))
            if sign * (before - after) > _SLACK:
                worse = sum(sign * (old - new) > _SLACK for old, new in values)
                better = sum(sign * (new - old) > _SLACK for old, new in values)
                losses.append(
                    (
                        sign * (before - after),
                        SliceLoss(
                            metric=pair.metric.name,
                            category=category,
                            n=len(values),
                            before=before,
                            after=after,
                            worse=worse,
                            better=better,
                        ),
                    )
                )
    return [loss for _, loss in sorted(losses, key=lambda pair: (-pair[0], pair[1].metric, pair[1].category))]

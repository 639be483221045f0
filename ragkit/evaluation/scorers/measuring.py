"""Measures a groundedness scorer on human-labelled sets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from ragkit.evaluation.scorers.coverage import CoverageScorer
from ragkit.evaluation.scorers.reading import LabelledPair, read_labelled_sets
from ragkit.evaluation.scorers.report import Family, ScorerReport, SetMeasurement
from ragkit.evaluation.statistics.bootstrap import effective_n, mean_interval
from ragkit.evaluation.statistics.discrimination import (
    auroc_interval,
    balanced_accuracy,
    expected_calibration_error,
    f1_unsupported,
    reliability_table,
)
from ragkit.grounding.base import Score, Scorer
from ragkit.grounding.factory import build_scorer
from ragkit.grounding.verdict import Verdict

OnProgress = Callable[[str, int, int], None]
"""Called with the name of the set, how many of its pairs are judged, and how many it has."""
Array = npt.NDArray[np.float64]
_BATCH = 200
_FABRICATION = ("wice", "begin", "fever")
_CONTRADICTION = ("healthver", "check-covid", "nli4ct")


@runtime_checkable
class FittedScorer(Protocol):
    """A scorer whose weights were fitted on labelled sets, and that can be had without each of them."""

    @property
    def fitted_on(self) -> frozenset[str]:
        """Names of the sets."""
        ...

    def without(self, name: str) -> Self:
        """The scorer fitted on all other sets."""
        ...


def measure_scorer(
    scorer: Scorer | str,
    directory: Path,
    *,
    on_progress: OnProgress | None = None,
    resamples: int = 2_000,
    seed: int = 0,
) -> ScorerReport:
    """Measures a scorer on all labelled sets of a directory, and the plain word-coverage baseline beside it.

    On a set that the scorer was fitted on it is measured with the weights fitted on all other sets; the report says so.
    The threshold of the baseline is the one that is best on the other sets of the directory.

    Args:
        scorer: a scorer, or the name of one.
        directory: holds labelled sets, see ``read_labelled_sets``.
        on_progress: called after each batch.
        resamples: of the cluster bootstrap, clusters being the sets' groups.
        seed: of the bootstrap.

    Raises:
        EvaluationError: the directory or a file is of no use.
        GroundingError: there is no such scorer, or it could not judge.
    """
    judge = build_scorer(scorer) if isinstance(scorer, str) else scorer
    sets = read_labelled_sets(directory)
    plain = {name: _scores(CoverageScorer(), name, items, None) for name, items in sets.items()}
    rows = []
    for name, items in sets.items():
        used, fit = _unseen(judge, name)
        started = time.perf_counter()
        scores = _scores(used, name, items, on_progress)
        seconds = time.perf_counter() - started
        threshold = _best_threshold({other: (sets[other], plain[other]) for other in sets if other != name})
        rows.append(
            SetMeasurement(
                set=name,
                family=family_of(name),
                fit=fit,
                n=len(items),
                groups=len({item.group for item in items}),
                labels={label.value: sum(item.label is label for item in items) for label in Verdict},
                milliseconds=1000 * seconds / len(items),
                baseline_threshold=threshold,
                **_figures(items, scores, resamples, seed),
                **_baseline(items, plain[name], threshold, resamples, seed),
            )
        )
    return ScorerReport(scorer=judge.name, fingerprint=judge.fingerprint, sets=tuple(rows))


def family_of(name: str) -> Family:
    """The table that a set belongs to, by its name."""
    if name.startswith(_FABRICATION):
        return Family.FABRICATION
    return Family.CONTRADICTION if name.startswith(_CONTRADICTION) else Family.OTHER


def _unseen(judge: Scorer, name: str) -> tuple[Scorer, str]:
    """The scorer as it is to be measured on a set, and in words what it was fitted on."""
    if not isinstance(judge, FittedScorer):
        return judge, "nothing fitted"
    if name in judge.fitted_on:
        return judge.without(name), "fitted without it"
    return judge, "as shipped"


def _scores(
    judge: Scorer, name: str, items: Sequence[LabelledPair], on_progress: OnProgress | None
) -> tuple[Score, ...]:
    found: list[Score] = []
    for batch in _batches(items):
        found.extend(judge.score([item.pair for item in batch]))
        if on_progress:
            on_progress(name, len(found), len(items))
    return tuple(found)


def _batches(items: Sequence[LabelledPair]) -> Iterator[Sequence[LabelledPair]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _figures(items: Sequence[LabelledPair], scores: Sequence[Score], resamples: int, seed: int) -> dict[str, object]:
    truth = np.array([item.label is Verdict.SUPPORTED for item in items], dtype=float)
    decided = np.array([item.label is not Verdict.UNSUPPORTED for item in items])
    support = np.array([score.support for score in scores])
    called = np.array([score.verdict is Verdict.SUPPORTED for score in scores], dtype=float)
    groups = [item.group for item in items]
    chosen = {"resamples": resamples, "seed": seed}
    both = truth.min() < truth.max()
    three = both and truth[decided].size > 0 and truth[decided].min() < truth[decided].max() and not decided.all()
    kept = [group for group, keep in zip(groups, decided, strict=True) if keep]
    return {
        "balanced_accuracy": balanced_accuracy(truth, called, groups, **chosen) if both else None,
        "auroc": auroc_interval(truth, support, groups, **chosen) if both else None,
        "auroc_contradicted": auroc_interval(truth[decided], support[decided], kept, **chosen) if three else None,
        "f1_unsupported": f1_unsupported(truth, called, groups, **chosen) if truth.min() == 0 else None,
        "calibration_error": expected_calibration_error(truth, support, groups, **chosen),
        "reliability": reliability_table(truth, support),
        "verdicts": _confusion(items, scores),
        **_rates(truth, called, groups, resamples, seed),
    }


def _rates(truth: Array, called: Array, groups: Sequence[str], resamples: int, seed: int) -> dict[str, object]:
    """Sensitivity and specificity with the effective numbers of claims they rest on."""
    found: dict[str, object] = {}
    for name, kept, right in (("sensitivity", truth == 1, called), ("specificity", truth == 0, 1 - called)):
        chosen = [group for group, keep in zip(groups, kept, strict=True) if keep]
        found[name] = mean_interval(right[kept], chosen, resamples=resamples, seed=seed) if chosen else None
        found[f"{name}_n"] = effective_n(right[kept], chosen) if chosen else 0.0
    return found


def _confusion(items: Sequence[LabelledPair], scores: Sequence[Score]) -> dict[str, dict[str, int]]:
    """For each label how often each verdict was given."""
    table = {label.value: {verdict.value: 0 for verdict in Verdict} for label in Verdict}
    for item, score in zip(items, scores, strict=True):
        table[item.label.value][score.verdict.value] += 1
    return table


def _baseline(
    items: Sequence[LabelledPair], scores: Sequence[Score], threshold: float, resamples: int, seed: int
) -> dict[str, object]:
    truth = np.array([item.label is Verdict.SUPPORTED for item in items], dtype=float)
    share = np.array([score.support for score in scores])
    groups = [item.group for item in items]
    if truth.min() == truth.max():
        return {}
    return {
        "baseline_auroc": auroc_interval(truth, share, groups, resamples=resamples, seed=seed),
        "baseline_balanced_accuracy": balanced_accuracy(
            truth, share, groups, threshold=threshold, resamples=resamples, seed=seed
        ),
    }


def _best_threshold(others: Mapping[str, tuple[Sequence[LabelledPair], Sequence[Score]]]) -> float:
    """The share of words at which balanced accuracy over the other sets is best; 0.5 where there are none."""
    grid = np.round(np.arange(0.1, 1.0, 0.05), 2)
    total = np.zeros(len(grid))
    for items, scores in others.values():
        truth = np.array([item.label is Verdict.SUPPORTED for item in items])
        share = np.array([score.support for score in scores])
        if truth.any() and not truth.all():
            called = share[None, :] >= grid[:, None]
            total += called[:, truth].mean(axis=1) + (~called[:, ~truth]).mean(axis=1)
    return float(grid[int(total.argmax())]) if total.any() else 0.5

"""Makes the model's probabilities agree with how often it is right: a temperature and a bias for each head.

Usage:
    python training/calibrate.py --scores FILE... --out calibration.json

The scores should be of examples that the model which gave them was not trained on (``scores.py --group``). Relevance
and answerability: p = sigmoid(logit / temperature + bias). Support: p = softmax(logits / temperature + biases) (Guo et
al. 2017, section 4.2, with a bias for the share of each class). Fitted by the smallest log loss, each example with its
weight; ``--one-vote`` gives every source the same say. Prints a reliability table and the expected calibration error
(ibid., section 2: ten bins of equal width) before and after, each measured on folds that were not fitted on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from examples import SUPPORT_LABELS, Example, Task
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, softmax
from scores import read_scores

BINS = 10
FOLDS = 5
_FEWEST = 50
"""A head with fewer examples keeps its logits as they are."""

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of one head.

    Attributes:
        temperature: logits are divided by it.
        bias: is then added: one number, for support three.
    """

    temperature: float
    bias: tuple[float, ...]

    def probabilities(self, logits: Floats) -> Floats:
        """Calibrated probabilities: (n,) of yes for one logit, (n, 3) of the classes for three.

        Args:
            logits: (n, 1) or (n, 3).
        """
        shifted = logits / self.temperature + np.array(self.bias)
        found: Floats = expit(shifted[:, 0]) if logits.shape[1] == 1 else softmax(shifted, axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of a reliability table: how many, the mean probability given, and the share that was so."""

    count: int
    given: float
    true: float


def fit(logits: Floats, labels: Floats, weights: Floats) -> Calibration:
    """The temperature and bias with the smallest weighted log loss.

    Args:
        logits: (n, 1) with labels between 0 and 1, or (n, classes) with labels that are class indices.
        labels: (n,).
        weights: (n,).
    """
    outputs = logits.shape[1]

    def loss(values: Floats) -> float:
        shifted = logits * np.exp(-values[0]) + values[1:]
        if outputs == 1:
            each = np.logaddexp(0, shifted[:, 0]) - labels * shifted[:, 0]
        else:
            each = -log_softmax(shifted, axis=1)[np.arange(len(labels)), labels.astype(int)]
        # A bias common to all classes changes nothing: the small penalty picks the smallest.
        return float((each * weights).sum() / weights.sum() + 1e-6 * (values**2).sum())

    found = minimize(loss, np.zeros(1 + outputs), method="L-BFGS-B", bounds=[(-2.5, 2.5), *[(-6.0, 6.0)] * outputs])
    return Calibration(float(np.exp(found.x[0])), tuple(float(value) for value in found.x[1:]))


def reliability(probabilities: Floats, true: Floats) -> list[Bin]:
    """Bins of equal width that hold something, from low to high."""
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return [
        Bin(int(own.sum()), float(probabilities[own].mean()), float(true[own].mean()))
        for own in (places == place for place in range(BINS))
        if own.any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance between what was given and what was true."""
    return sum(each.count * abs(each.given - each.true) for each in bins) / sum(each.count for each in bins)


def calibrated(examples: Sequence[Example], logits: Floats, *, one_vote: bool = False) -> dict[str, dict[str, Any]]:
    """For each head that has enough examples: its calibration, and how well it holds, as plain data.

    Args:
        examples: that the model has not seen.
        logits: (examples, 3), as ``scores.read_scores`` gives them.
        one_vote: whether every source counts the same, however many examples it has.
    """
    found = {}
    for task in Task:
        own = [i for i, example in enumerate(examples) if example.task is task]
        if len(own) >= _FEWEST:
            outputs = len(SUPPORT_LABELS) if task is Task.SUPPORT else 1
            found[task.value] = _of_task([examples[i] for i in own], logits[own][:, :outputs], one_vote)
    return found


def _of_task(examples: list[Example], logits: Floats, one_vote: bool) -> dict[str, Any]:
    labels = np.array([example.label for example in examples])
    weights = np.array([example.weight for example in examples])
    if one_vote:
        sources = [example.source for example in examples]
        totals = {
            source: sum(w for w, s in zip(weights, sources, strict=True) if s == source) for source in set(sources)
        }
        weights = np.array([w / totals[s] for w, s in zip(weights, sources, strict=True)])
    documents = {name: place for place, name in enumerate(sorted({example.document for example in examples}))}
    folds = np.array([documents[example.document] % FOLDS for example in examples])
    after = np.zeros(logits.shape if logits.shape[1] > 1 else len(examples))
    for fold in range(FOLDS):
        rest = folds != fold
        if (~rest).any() and rest.any():
            after[~rest] = fit(logits[rest], labels[rest], weights[rest]).probabilities(logits[~rest])
    whole = fit(logits, labels, weights)
    before = Calibration(1.0, (0.0,) * logits.shape[1]).probabilities(logits)
    tables = [_table(each, labels) for each in (before, after)]
    return {
        "temperature": round(whole.temperature, 5),
        "bias": [round(value, 5) for value in whole.bias],
        "examples": len(examples),
        "calibration_error_before": round(calibration_error(tables[0]), 4),
        "calibration_error_after": round(calibration_error(tables[1]), 4),
        "reliability": [[each.count, round(each.given, 4), round(each.true, 4)] for each in tables[1]],
    }


def _table(probabilities: Floats, labels: Floats) -> list[Bin]:
    """Of the probability of yes, or of supported."""
    if probabilities.ndim == 1:
        return reliability(probabilities, labels)
    return reliability(probabilities[:, 0], (labels == 0).astype(float))


def main(arguments: list[str] | None = None) -> None:
    """Reads the arguments, fits and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--one-vote", action="store_true")
    options = parser.parse_args(arguments)
    found = calibrated(*read_scores(options.scores), one_vote=options.one_vote)
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for task, values in found.items():
        print(
            f"{task}: temperature {values['temperature']}, bias {values['bias']}, {values['examples']} examples, "
            f"calibration error {values['calibration_error_before']} before, {values['calibration_error_after']} after"
        )
        for count, given, true in values["reliability"]:
            print(f"  {count:7} given {given:.3f} true {true:.3f} {'#' * round(true * 40)}")


if __name__ == "__main__":
    main()

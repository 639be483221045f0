"""Fits the models of the lexical scorer and of the ladder on labelled claims, and reports them on unseen sets.

Usage:
    python benchmarks/fit_groundedness.py DATA_DIR [--rarity] [--scorer NAME] [--write]

DATA_DIR holds ``groundedness/`` (labelled sets) and ``training/`` (items with claims; each file counts as a set).

Method: two logistic models (supported or not; contradicted or not among what is not supported) with an L2 penalty and
with signs that are given beforehand: a feature called ``cover...`` may only speak for a claim, one called
``against...`` only against it. Within each set the classes weigh the same and the features are centred, so that nothing
is learned from which set an item is of. Calibration (Platt 1999): slope and intercept are fitted on the log-odds of
models that have not seen the set. The sets of ``MEASURE_ONLY`` are never fitted on. For each set the models fitted on
all others are kept too: those are the ones to be measured on it. Nothing is random.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from ragkit.evaluation.scorers.reading import POLICY_CLAIMS, LabelledPair, read_labelled_set, read_policy_claims
from ragkit.grounding import words as vocabulary
from ragkit.grounding.base import Pair
from ragkit.grounding.ladder import ladder_features
from ragkit.grounding.lexical_features import lexical_features
from ragkit.grounding.rarity import rarity

MODELS = Path(__file__).parents[1] / "ragkit/grounding/models"
Array = npt.NDArray[np.float64]
Features = dict[str, float]
PENALTY = 0.03
MEASURE_ONLY = ("healthver-dev", "nli4ct-train")
TRAINING = POLICY_CLAIMS
TRAINING_WEIGHT = 0.4
SHAPE = frozenset(("rule_claim_words", "rule_evidence_words"))
LICENCES = {
    "wice-dev": "ODC-BY",
    "begin-wow-dev": "CC BY 4.0",
    "fever": "CC BY-SA (FEVER)",
    "check-covid-train": "MIT",
    TRAINING: "written for this purpose on public records, texts without copyright restrictions, and CC BY-SA 4.0",
}


@dataclass(frozen=True)
class Set:
    """A labelled set with its features."""

    name: str
    rows: tuple[Features, ...]
    labels: tuple[str, ...]

    @property
    def weight(self) -> float:
        """What the set counts in fitting."""
        return TRAINING_WEIGHT if self.name.startswith(TRAINING) else 1.0

    def table(self, names: Sequence[str]) -> Array:
        """Shape (items, names)."""
        return np.array([[row.get(name, 0.0) for name in names] for row in self.rows])


@dataclass(frozen=True)
class Target:
    """What is told apart: the items that count, and which of them are positive."""

    counts: Callable[[str], bool]
    positive: str
    side: int  # 1 where a feature that speaks for the claim speaks for the positive class


SUPPORT = Target(lambda label: True, "supported", 1)
CONTRADICTION = Target(lambda label: label != "supported", "contradicted", 0)


def bounds_of(name: str, side: int) -> tuple[float | None, float | None]:
    """Which sign the weight of a feature may have."""
    if not side:
        return (None, None)
    if name.startswith(("cover", "order", "run")) or name.endswith("_agrees"):
        return (0, None)
    if name.startswith(("against", "missing", "numbers_missing", "names_missing")):
        return (None, 0)
    if name.endswith(("_contradicts", "_missing")):
        return (None, 0)
    return (None, None)


@dataclass(frozen=True)
class Fit:
    """A logistic model on raw features."""

    names: tuple[str, ...]
    weights: Array
    intercept: float = 0.0

    def logits(self, part: Set) -> Array:
        """Shape (items,)."""
        return part.table(self.names) @ self.weights + self.intercept

    def scaled(self, slope: float, intercept: float) -> Fit:
        """With calibrated log-odds."""
        return Fit(self.names, self.weights * slope, self.intercept * slope + intercept)


def _stacked(sets: Sequence[Set], target: Target, names: Sequence[str]) -> tuple[Array, Array, Array]:
    """Centred features, labels (1, -1) and weights of all sets that hold both classes."""
    tables, signs, weights = [], [], []
    for part in sets:
        kept = np.array([target.counts(label) for label in part.labels])
        positive = np.array([label == target.positive for label in part.labels])[kept]
        if positive.all() or not positive.any():
            continue
        weight = np.where(positive, 0.5 / positive.sum(), 0.5 / (~positive).sum()) * part.weight
        table = part.table(names)[kept]
        tables.append(table - np.average(table, axis=0, weights=weight))
        signs.append(np.where(positive, 1.0, -1.0))
        weights.append(weight)
    weight = np.concatenate(weights)
    return np.concatenate(tables), np.concatenate(signs), weight / weight.sum()


def fit(sets: Sequence[Set], target: Target, names: Sequence[str], penalty: float = PENALTY) -> Fit:
    """The logistic model, not yet calibrated."""
    table, signs, weights = _stacked(sets, target, names)
    spread = np.sqrt(np.average(table**2, axis=0, weights=weights)) + 1e-3
    table = table / spread

    def loss(beta: Array) -> tuple[float, Array]:
        margin = signs * (table @ beta)
        gradient = -table.T @ (weights * signs * expit(-margin)) + penalty * beta
        return float(weights @ np.logaddexp(0, -margin) + penalty / 2 * beta @ beta), gradient

    found = minimize(
        loss,
        np.zeros(len(names)),
        jac=True,
        method="L-BFGS-B",
        bounds=[bounds_of(name, target.side) for name in names],
    )
    return Fit(tuple(names), found.x / spread)


def block(part: Set) -> str:
    """Sets that are left out together in calibration: the training files are alike."""
    return TRAINING if part.name.startswith(TRAINING) else part.name


def calibrated(sets: Sequence[Set], target: Target, names: Sequence[str]) -> Fit:
    """The model on all sets, its slope and intercept from models that had not seen the set they were applied to.

    Where only one block holds both classes, its files are left out one by one; where that is one file, nothing unseen
    is left and the model is calibrated on what it was fitted on.
    """
    useful = [part for part in sets if _both_classes(part, target)]
    units = [block(part) for part in useful]
    if len(set(units)) == 1:
        units = [part.name for part in useful]
    logits, positives, weights = [], [], []
    for part, unit in zip(useful, units, strict=True):
        others = [other for other, its in zip(useful, units, strict=True) if its != unit] or useful
        kept = np.array([target.counts(label) for label in part.labels])
        positive = np.array([label == target.positive for label in part.labels])[kept]
        logits.append(fit(others, target, names).logits(part)[kept])
        positives.append(positive)
        weights.append(np.where(positive, 0.5 / positive.sum(), 0.5 / (~positive).sum()) * part.weight)
    slope, intercept = _platt(np.concatenate(logits), np.concatenate(positives), np.concatenate(weights))
    return fit(useful, target, names).scaled(slope, intercept)


def _both_classes(part: Set, target: Target) -> bool:
    return len({label == target.positive for label in part.labels if target.counts(label)}) == 2


def _platt(logits: Array, positive: Array, weights: Array) -> tuple[float, float]:
    signs = np.where(positive, 1.0, -1.0)
    weights = weights / weights.sum()

    def loss(point: Array) -> float:
        return float(weights @ np.logaddexp(0, -signs * (point[0] * logits + point[1])))

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(max(slope, 0.05)), float(intercept)


def threshold_of(sets: Sequence[Set], held_out: Mapping[str, Fit]) -> float:
    """The probability at which balanced accuracy is best over the sets, each judged by a model that has not seen it."""
    grid = np.round(np.arange(0.3, 0.71, 0.01), 2)
    total = np.zeros(len(grid))
    for part in sets:
        positive = np.array([label == "supported" for label in part.labels])
        probability = expit(held_out[block(part)].logits(part))
        total += part.weight * np.array([balanced_accuracy_score(positive, probability >= cut) for cut in grid])
    smooth = np.convolve(np.pad(total, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(grid[int(smooth.argmax())])


def fitted_model(sets: Sequence[Set], names: Sequence[str], description: str) -> dict[str, object]:
    """The content of a model file. The training files are left out together: they stand for one set there."""
    held: dict[str, tuple[Fit, Fit]] = {}
    for name in dict.fromkeys(block(part) for part in sets):
        others = [other for other in sets if block(other) != name]
        held[name] = (calibrated(others, SUPPORT, names), calibrated(others, CONTRADICTION, names))
    counts = Counter({name: sum(len(part.labels) for part in sets if block(part) == name) for name in held})
    return {
        "description": description,
        "fitted_on": [{"set": name, "n": counts[name], "licence": LICENCES[name]} for name in held],
        "threshold": threshold_of(sets, {name: support for name, (support, _) in held.items()}),
        "support": _readable(calibrated(sets, SUPPORT, names)),
        "contradiction": _readable(calibrated(sets, CONTRADICTION, names)),
        "held_out": {
            name: {"support": _readable(support), "contradiction": _readable(contradiction)}
            for name, (support, contradiction) in held.items()
        },
    }


def _readable(model: Fit) -> dict[str, object]:
    weights = {name: round(float(value), 4) for name, value in zip(model.names, model.weights, strict=True)}
    return {"intercept": round(model.intercept, 4), "weights": {n: w for n, w in sorted(weights.items()) if w}}


def report(sets: Sequence[Set], measured: Sequence[Set], names: Sequence[str]) -> None:
    """AUROC of each set by the model fitted on all others: for a training file, on all other training files too."""
    for part in (*sets, *measured):
        others = [other for other in sets if other.name != part.name]
        logits, against = fit(others, SUPPORT, names).logits(part), fit(others, CONTRADICTION, names).logits(part)
        labels = np.array(part.labels)
        decided, wrong = labels != "unsupported", labels != "supported"
        line = f"{part.name:20s} n {len(labels):6d}  supported or not {_auroc(labels == 'supported', logits):.3f}"
        line += f"  supported or contradicted {_auroc(labels[decided] == 'supported', logits[decided]):.3f}"
        print(line + f"  contradicted or unsupported {_auroc(labels[wrong] == 'contradicted', against[wrong]):.3f}")


def _auroc(positive: npt.NDArray[np.bool_], scores: Array) -> float:
    return float(roc_auc_score(positive, scores)) if positive.any() and not positive.all() else math.nan


def write_rarity(texts: Sequence[str]) -> None:
    """The document frequencies as ln(N / n), to one decimal; what is rarer than one in 400 texts is not listed."""
    frequency = Counter(stem for text in texts for stem in {word.stem for word in vocabulary.words(text)})
    listed: dict[str, list[str]] = {}
    for stem, count in sorted(frequency.items()):
        if count * 400 >= len(texts):
            listed.setdefault(f"{math.log(len(texts) / count):.1f}", []).append(stem)
    content = {
        "description": "Inverse document frequency of stems, by value, over 29,000 texts: health information for the "
        "public (MedQuAD, CC BY 4.0), evidence of FEVER (CC BY-SA), WiCE (ODC-BY) and Check-COVID (MIT). Made by "
        "benchmarks/fit_groundedness.py.",
        "unknown": 6.5,
        "stems": {value: " ".join(stems) for value, stems in sorted(listed.items(), key=lambda item: float(item[0]))},
    }
    (MODELS / "rarity.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def lexical(pair: Pair) -> Features:
    return lexical_features(pair.claim, pair.evidence, rarity())


SCORERS: dict[str, Callable[[Pair], Features]] = {"lexical": lexical, "ladder": ladder_features}
DESCRIPTIONS = {
    "lexical": "Weights of the lexical scorer, by feature. Fitted by benchmarks/fit_groundedness.py.",
    "ladder": "Weights of the ladder on lexical features and rules. Fitted by benchmarks/fit_groundedness.py.",
}


def read_sets(data: Path) -> tuple[dict[str, tuple[LabelledPair, ...]], dict[str, tuple[LabelledPair, ...]]]:
    """The sets to fit on and those only to be measured, by name."""
    folder = data / "groundedness"
    fitted = {name: read_labelled_set(folder / f"{name}.jsonl.gz") for name in LICENCES if name != TRAINING}
    for path in sorted((data / "training").glob("*.jsonl")):
        name = f"{TRAINING} {path.stem}"
        fitted[name] = read_policy_claims(path)
    return fitted, {name: read_labelled_set(folder / f"{name}.jsonl.gz") for name in MEASURE_ONLY}


def featured(name: str, pairs: Sequence[LabelledPair], features: Callable[[Pair], Features]) -> Set:
    return Set(name, tuple(features(item.pair) for item in pairs), tuple(item.label.value for item in pairs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rarity", action="store_true", help="count the rarity of words anew before")
    parser.add_argument("--scorer", choices=SCORERS, action="append", help="only this one")
    parser.add_argument("--write", action="store_true", help="write the models")
    chosen = parser.parse_args()
    fitted, measured = read_sets(chosen.data)
    if chosen.rarity:
        evidence = {
            item.pair.evidence[0] for name in LICENCES for item in fitted.get(name, ()) if name != "begin-wow-dev"
        }
        with gzip.open(chosen.data / "groundedness/medquad.jsonl.gz", "rt", encoding="utf-8") as file:
            answers = [json.loads(line)["answer"] for line in file]
        write_rarity(sorted(evidence) + answers)
        rarity.cache_clear()
    for scorer in chosen.scorer or SCORERS:
        features = SCORERS[scorer]
        sets = [featured(name, pairs, features) for name, pairs in fitted.items()]
        unseen = [featured(name, pairs, features) for name, pairs in measured.items()]
        names = sorted({name for part in sets for row in part.rows for name in row} - SHAPE)
        print(f"{scorer}: {len(names)} features")
        report(sets, unseen, names)
        if chosen.write:
            content = fitted_model(sets, names, DESCRIPTIONS[scorer])
            path = MODELS / f"{scorer}.json"
            path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"written: {path.name}, threshold {content['threshold']}")


if __name__ == "__main__":
    main()

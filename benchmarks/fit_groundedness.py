"""Fits the models of the lexical scorer and of the ladder on labelled claims, and reports them on unseen sets.

Usage:
    python benchmarks/fit_groundedness.py DATA_DIR [--rarity] [--scorer NAME] [--write]

DATA_DIR holds ``groundedness/`` (labelled sets) and ``training/`` (items with claims; each file counts as a set).

Method: two logistic models with an L2 penalty, "said" (fitted on supported and unsupported claims) and "unopposed" (on
supported and contradicted ones), whose product is calibrated; see ``ragkit/grounding/fitted.py``. Signs are given
beforehand: a feature called ``cover...`` may only speak for a claim, one called ``against...`` only against it. Within
each set the classes weigh the same and the features are centred, so that nothing is learned from which set an item is
of. Calibration and threshold come from models that have not seen the set they were applied to. The sets of
``MEASURE_ONLY`` are never fitted on. For each set the model fitted on all others is kept too, with a calibration and a
threshold that have not seen it: that is the one to be measured on it. Nothing is random.
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
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from ragkit.evaluation.scorers.reading import POLICY_CLAIMS, LabelledPair, read_labelled_set, read_policy_claims
from ragkit.grounding import words as vocabulary
from ragkit.grounding.base import Pair
from ragkit.grounding.ladder import ladder_features
from ragkit.grounding.lexical_features import OPPOSED, SAID, lexical_features
from ragkit.grounding.rarity import rarity

MODELS = Path(__file__).parents[1] / "ragkit/grounding/models"
Array = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Features = dict[str, float]
MEASURE_ONLY = ("healthver-dev", "nli4ct-train")
TRAINING = POLICY_CLAIMS
TRAINING_WEIGHT = 0.4
LARGEST = 5_000  # of a larger set every second, third ... item is taken
UNUSED = frozenset(
    {
        "rule_claim_words",
        "rule_evidence_words",
        "rule_claim_negated",
        "rule_evidence_negated",
        "rule_claim_is_comparison",
        "rule_hedge_difference",
        "rule_coverage_best",
        "rule_coverage_all",
        "rule_coverage_gap",
        "rule_names_missing_share",
        "rule_quantities_held_share",
        "rule_any_missing",
        "rule_version_agrees",
        "rule_version_contradicts",
    }
)
"""Rule features that tell the sets apart, or count again what other features count."""
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
class Names:
    """The features of the two models."""

    said: tuple[str, ...]
    opposed: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One of the two models: what it tells from "supported", and the strength of its penalty."""

    against: str
    penalty: float


SAID_PART, UNOPPOSED_PART = Part("unsupported", 1.0), Part("contradicted", 0.05)


def bounds_of(name: str) -> tuple[float | None, float | None]:
    """Which sign the weight of a feature may have."""
    if name.startswith(("cover", "order", "agree")) or name.endswith("_agrees"):
        return (0, None)
    if name.startswith(("against", "missing", "numbers_missing")) or name.endswith(("_contradicts", "_missing")):
        return (None, 0)
    return (None, None)


@dataclass(frozen=True)
class Fit:
    """A logistic model on raw features."""

    names: tuple[str, ...]
    weights: Array
    intercept: float

    def logits(self, part: Set) -> Array:
        """Shape (items,)."""
        return part.table(self.names) @ self.weights + self.intercept

    def content(self) -> dict[str, object]:
        """For the file: without the weights that are 0."""
        weights = {name: round(float(value), 4) for name, value in zip(self.names, self.weights, strict=True)}
        return {"intercept": round(self.intercept, 4), "weights": {n: w for n, w in sorted(weights.items()) if w}}


@dataclass(frozen=True)
class Model:
    """The two models, the calibration of their product, and the threshold."""

    said: Fit
    unopposed: Fit
    slope: float = 1.0
    intercept: float = 0.0
    threshold: float = 0.5

    def logits(self, part: Set) -> Array:
        """Calibrated log-odds of "supported", shape (items,)."""
        both = np.clip(expit(self.said.logits(part)) * expit(self.unopposed.logits(part)), 1e-12, 1 - 1e-12)
        return self.slope * logit(both) + self.intercept

    def content(self) -> dict[str, object]:
        """For the file."""
        return {
            "threshold": self.threshold,
            "calibration": {"slope": round(self.slope, 4), "intercept": round(self.intercept, 4)},
            "said": self.said.content(),
            "unopposed": self.unopposed.content(),
        }


def class_weights(positive: Booleans, weight: float) -> Array:
    """Both classes together weigh ``weight``, and each as much as the other."""
    return np.where(positive, 0.5 / max(positive.sum(), 1), 0.5 / max((~positive).sum(), 1)) * weight


def fit(sets: Sequence[Set], part: Part, names: Sequence[str]) -> Fit:
    """One of the two models; the intercept puts the middle between the classes at even odds."""
    tables, signs, weights, middles = [], [], [], []
    for held in sets:
        labels = np.array(held.labels)
        kept = np.isin(labels, ("supported", part.against))
        positive = (labels == "supported")[kept]
        if positive.all() or not positive.any():
            continue
        weight, table = class_weights(positive, held.weight), held.table(names)[kept]
        middles.append(np.average(table, axis=0, weights=weight))
        tables.append(table - middles[-1])
        signs.append(np.where(positive, 1.0, -1.0))
        weights.append(weight)
    beta = _minimised(np.concatenate(tables), np.concatenate(signs), np.concatenate(weights), part.penalty, names)
    middle = np.average(middles, axis=0, weights=[weight.sum() for weight in weights])
    return Fit(tuple(names), beta, -float(middle @ beta))


def _minimised(table: Array, signs: Array, weights: Array, penalty: float, names: Sequence[str]) -> Array:
    weights = weights / weights.sum()
    spread = np.sqrt(np.average(table**2, axis=0, weights=weights)) + 1e-3
    table = table / spread

    def loss(beta: Array) -> tuple[float, Array]:
        margin = signs * (table @ beta)
        gradient = -table.T @ (weights * signs * expit(-margin)) + penalty * beta
        return float(weights @ np.logaddexp(0, -margin) + penalty / 2 * beta @ beta), gradient

    bounds = [bounds_of(name) for name in names]
    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-7})
    return np.asarray(found.x / spread)


def block(name: str) -> str:
    """Sets that are left out together: the training files are alike."""
    return TRAINING if name.startswith(TRAINING) else name


def uncalibrated(sets: Sequence[Set], names: Names) -> Model:
    return Model(fit(sets, SAID_PART, names.said), fit(sets, UNOPPOSED_PART, names.opposed))


def assembled(sets: Sequence[Set], names: Names) -> Model:
    """The model on all sets; slope, intercept and threshold from models that had not seen the set."""
    unseen: dict[str, Array] = {}
    for name in dict.fromkeys(block(part.name) for part in sets):
        model = uncalibrated([part for part in sets if block(part.name) != name], names)
        unseen |= {part.name: model.logits(part) for part in sets if block(part.name) == name}
    supported = {part.name: np.array(part.labels) == "supported" for part in sets}
    slope, intercept = _platt(sets, unseen, supported)
    probability = {name: expit(slope * logits + intercept) for name, logits in unseen.items()}
    whole = uncalibrated(sets, names)
    return Model(whole.said, whole.unopposed, slope, intercept, _threshold(sets, probability, supported))


def _platt(sets: Sequence[Set], logits: Mapping[str, Array], supported: Mapping[str, Booleans]) -> tuple[float, float]:
    values = np.concatenate([logits[part.name] for part in sets])
    signs = np.concatenate([np.where(supported[part.name], 1.0, -1.0) for part in sets])
    weights = np.concatenate([class_weights(supported[part.name], part.weight) for part in sets])

    def loss(point: Array) -> float:
        return float(weights @ np.logaddexp(0, -signs * (point[0] * values + point[1])))

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(max(slope, 0.05)), float(intercept)


def _threshold(sets: Sequence[Set], probability: Mapping[str, Array], supported: Mapping[str, Booleans]) -> float:
    """The probability at which balanced accuracy is best over the sets."""
    grid = np.round(np.arange(0.35, 0.66, 0.01), 2)
    total = np.zeros(len(grid))
    for part in sets:
        called, truth = probability[part.name][None, :] >= grid[:, None], supported[part.name]
        total += part.weight * (called[:, truth].mean(axis=1) + (~called[:, ~truth]).mean(axis=1))
    smooth = np.convolve(np.pad(total, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(grid[int(smooth.argmax())])


def fitted_model(sets: Sequence[Set], names: Names, description: str) -> dict[str, object]:
    """The content of a model file. The training files are left out together: they stand for one set there."""
    blocks = dict.fromkeys(block(part.name) for part in sets)
    counts = {name: sum(len(part.labels) for part in sets if block(part.name) == name) for name in blocks}
    return {
        "description": description,
        "fitted_on": [{"set": name, "n": counts[name], "licence": LICENCES[name]} for name in blocks],
        **assembled(sets, names).content(),
        "held_out": {
            name: assembled([part for part in sets if block(part.name) != name], names).content() for name in blocks
        },
    }


def report(sets: Sequence[Set], measured: Sequence[Set], names: Names) -> None:
    """AUROC of each set by the model fitted on all others: for a training file, on all other training files too."""
    for part in (*sets, *measured):
        logits = uncalibrated([other for other in sets if other.name != part.name], names).logits(part)
        labels = np.array(part.labels)
        line = f"{part.name:20s} n {len(labels):6d}  AUROC {_auroc(labels == 'supported', logits):.3f}"
        for other in ("contradicted", "unsupported"):
            kept = np.isin(labels, ("supported", other))
            line += f"  supported or {other} {_auroc((labels == 'supported')[kept], logits[kept]):.3f}"
        print(line)


def _auroc(positive: Booleans, scores: Array) -> float:
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
    fitted = {name: pairs[:: math.ceil(len(pairs) / LARGEST)] for name, pairs in fitted.items()}
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
        rules = {name for row in sets[0].rows for name in row if name.startswith("rule_")} - UNUSED
        names = Names(SAID, (*OPPOSED, *sorted(rules)))
        print(f"{scorer}: {len(names.said)} and {len(names.opposed)} features")
        report(sets, unseen, names)
        if chosen.write:
            content = fitted_model(sets, names, DESCRIPTIONS[scorer])
            path = MODELS / f"{scorer}.json"
            path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"written: {path.name}, threshold {content['threshold']}")


if __name__ == "__main__":
    main()

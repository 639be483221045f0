"""The fitted part of a scorer: two logistic models on named features, read from a JSON file that a person can read.

The first says how probable it is that the evidence says what is claimed at all (fitted on supported and unsupported
claims); the second, that nothing in it speaks against the claim (fitted on supported and contradicted ones). A claim is
supported where both hold: the probabilities are multiplied, and the product is calibrated (Platt 1999, "Probabilistic
outputs for support vector machines"). One model for both questions was measured and is worse: negation says nothing
about a claim on another subject. Fitted by benchmarks/fit_groundedness.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ragkit.errors import GroundingError
from ragkit.grounding.base import Score
from ragkit.grounding.verdict import Verdict

MODELS = "models"


@dataclass(frozen=True)
class Logistic:
    """A logistic model on named features; a feature that is not given counts as 0."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """0..1."""
        logit = self.intercept + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return _sigmoid(logit)


@dataclass(frozen=True)
class FittedModel:
    """What was fitted, on what, and the same fitted without each of the sets.

    Attributes:
        said: probability that the evidence says it at all.
        unopposed: probability that nothing speaks against it.
        slope, intercept: of the calibration, on the log-odds of their product.
        threshold: from this probability on a claim is called supported.
        fitted_on: names of the sets.
        held_out: for each set, the model fitted on all others: the only one to be measured on that set.
        digest: of the file, for fingerprints.
    """

    said: Logistic
    unopposed: Logistic
    slope: float
    intercept: float
    threshold: float
    fitted_on: frozenset[str] = frozenset()
    held_out: Mapping[str, FittedModel] = field(default_factory=dict)
    digest: str = ""

    def probabilities(self, features: Mapping[str, float]) -> tuple[float, float]:
        """Probability of "supported" and of "contradicted"; the rest is "unsupported"."""
        said, unopposed = self.said.probability(features), self.unopposed.probability(features)
        both = said * unopposed
        support = _sigmoid(self.slope * math.log(both / (1 - both)) + self.intercept)
        return support, (1 - support) * said * (1 - unopposed) / (1 - both)

    def verdict(self, support: float, contradiction: float) -> Verdict:
        """What the probabilities amount to."""
        if support >= self.threshold:
            return Verdict.SUPPORTED
        return Verdict.CONTRADICTED if contradiction > 1 - support - contradiction else Verdict.UNSUPPORTED

    def score(self, features: Mapping[str, float], reasons: tuple[str, ...] = ()) -> Score:
        """The score of a pair that has these features; ``reasons`` are left out where it is supported."""
        support, contradiction = self.probabilities(features)
        verdict = self.verdict(support, contradiction)
        return Score(verdict, support, contradiction, () if verdict is Verdict.SUPPORTED else reasons)


@cache
def model_named(name: str) -> FittedModel:
    """The model that comes with ragkit under this name ("lexical", "ladder").

    Raises:
        GroundingError: the file is missing or damaged.
    """
    return read_model(files("ragkit.grounding") / MODELS / f"{name}.json")


def read_model(path: Traversable) -> FittedModel:
    """A model from a file.

    Raises:
        GroundingError: the file is missing or damaged.
    """
    try:
        raw = path.read_bytes()
        content = json.loads(raw)
        digest = sha256(raw).hexdigest()[:16]
        held_out = {
            name: _fitted(part, content["threshold"], digest=f"{digest}-{name}")
            for name, part in content["held_out"].items()
        }
        names = frozenset(entry["set"] for entry in content["fitted_on"])
        return _fitted(content, content["threshold"], names, held_out, digest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GroundingError(
            f"The groundedness model {path} cannot be read ({error}). Reinstall ragkit, or fit it again with "
            "benchmarks/fit_groundedness.py."
        ) from error


def _fitted(
    part: Mapping[str, Any],
    threshold: float,
    fitted_on: frozenset[str] = frozenset(),
    held_out: Mapping[str, FittedModel] | None = None,
    digest: str = "",
) -> FittedModel:
    return FittedModel(
        said=_logistic(part["said"]),
        unopposed=_logistic(part["unopposed"]),
        slope=float(part["calibration"]["slope"]),
        intercept=float(part["calibration"]["intercept"]),
        threshold=float(threshold),
        fitted_on=fitted_on,
        held_out=held_out or {},
        digest=digest,
    )


def _logistic(content: object) -> Logistic:
    if not isinstance(content, dict):
        raise TypeError("a logistic model has an intercept and weights")
    return Logistic(
        float(content["intercept"]), {str(name): float(value) for name, value in content["weights"].items()}
    )


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

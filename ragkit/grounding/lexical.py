"""Rung (c): words. How much of the claim the evidence holds, with a logistic model on top."""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.grounding.alignment import align
from ragkit.grounding.base import Pair, Score
from ragkit.grounding.fitted import FittedModel, model_named
from ragkit.grounding.lexical_features import lexical_features
from ragkit.grounding.rarity import rarity
from ragkit.grounding.verdict import Verdict

NOTHING = Score(Verdict.UNSUPPORTED, 0.0, 0.0, ("there is nothing to check against",))
_NAMED_WORDS = 6
_VERSION = "1"


class LexicalScorer:
    """Judges a claim by its words alone, see ``lexical_features``. Needs no network and no large model.

    Args:
        model: the fitted model; the one that comes with ragkit by default.
    """

    def __init__(self, model: FittedModel | None = None) -> None:
        self.model = model or model_named("lexical")

    @property
    def name(self) -> str:
        """Its name in tables: lexical."""
        return "lexical"

    @property
    def fingerprint(self) -> str:
        """Version of the features and digest of the weights."""
        return f"lexical-{_VERSION}-{self.model.digest}"

    @property
    def fitted_on(self) -> frozenset[str]:
        """Names of the labelled sets that the weights were fitted on."""
        return self.model.fitted_on

    def without(self, name: str) -> LexicalScorer:
        """The same scorer fitted on all sets but this one.

        Raises:
            KeyError: it was not fitted on a set of that name.
        """
        return LexicalScorer(self.model.held_out[name])

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order; see ``Scorer``."""
        return [self._score(pair) for pair in pairs]

    def _score(self, pair: Pair) -> Score:
        features = lexical_features(pair.claim, pair.evidence, rarity())
        if not features:
            return NOTHING
        return self.model.score(features, missing_words(pair))


def missing_words(pair: Pair) -> tuple[str, ...]:
    """Which words of the claim the evidence does not hold, as a reason; none where all stand there."""
    alignment = align(pair.claim, pair.evidence, rarity())
    held = alignment.soft.max(axis=1, initial=0.0)
    missing = [word.text for word, strength in zip(alignment.content, held, strict=True) if strength < 0.5]
    if not missing:
        return ("the words are there, but not said in this way",)
    shown = ", ".join(missing[:_NAMED_WORDS]) + (" …" if len(missing) > _NAMED_WORDS else "")
    return (f"not in the evidence: {shown}",)

"""The ladder: verbatim words, then rules, then words, in one calibrated score. The default scorer.

A claim that stands verbatim in the evidence is supported, unless the evidence is marked as out of force. Any other
is judged by two logistic models on what the rules found and on its words; and what the rules found has the last word: a
claim with another number, another route or a negation that the evidence has not is never supported, however many of its
words stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.checking import lines_not_verbatim
from ragkit.grounding.fitted import FittedModel, model_named
from ragkit.grounding.lexical import NOTHING, missing_words
from ragkit.grounding.lexical_features import lexical_features
from ragkit.grounding.rarity import rarity
from ragkit.grounding.rules import Rule, RuleFindings, RulesScorer, find_conflicts
from ragkit.grounding.rules.concepts import canonical
from ragkit.grounding.verdict import Verdict

_VERSION = "1"
_SUPPORT_IN_CONFLICT = 0.9
_CONTRADICTION_IN_CONFLICT = 0.6


def ladder_features(pair: Pair, findings: RuleFindings | None = None) -> dict[str, float]:
    """The lexical features of a pair and what the rules found (``rule_...``), by name; empty for nothing to compare.

    Args:
        pair: claim and evidence.
        findings: what the rules found, where it is known already.
    """
    found = findings or find_conflicts(pair.claim, pair.evidence)
    features = lexical_features(_canonical(pair.claim), tuple(map(_canonical, pair.evidence)), rarity())
    if not features:
        return {}
    return features | {f"rule_{name}": value for name, value in found.features().items()}


@lru_cache(maxsize=1024)
def _canonical(text: str) -> str:
    """The text with one spelling for each quantity: so that words are compared and not spellings."""
    return canonical(text)


class LadderScorer:
    """Verbatim, rules and words together. Needs no network and no large model.

    Args:
        model: the fitted model; the one that comes with ragkit by default.
    """

    def __init__(self, model: FittedModel | None = None) -> None:
        self.model = model or model_named("ladder")

    @property
    def name(self) -> str:
        """Its name in tables: ladder."""
        return "ladder"

    @property
    def fingerprint(self) -> str:
        """Version of the rungs and digest of the weights."""
        return f"ladder-{_VERSION}-{RulesScorer.fingerprint}-{self.model.digest}"

    @property
    def fitted_on(self) -> frozenset[str]:
        """Names of the labelled sets that the weights were fitted on."""
        return self.model.fitted_on

    def without(self, name: str) -> LadderScorer:
        """The same scorer fitted on all sets but this one.

        Raises:
            KeyError: it was not fitted on a set of that name.
        """
        return LadderScorer(self.model.held_out[name])

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order; see ``Scorer``."""
        return [self._score(pair) for pair in pairs]

    def _score(self, pair: Pair) -> Score:
        if not pair.claim.strip() or not any(span.strip() for span in pair.evidence):
            return NOTHING
        found = find_conflicts(pair.claim, pair.evidence)
        if not lines_not_verbatim(pair.claim, pair.evidence):
            marked = tuple(conflict.reason for conflict in found.conflicts if conflict.rule is Rule.VERSION)
            return Score(Verdict.UNSUPPORTED, 0.0, 0.0, marked) if marked else Score(Verdict.SUPPORTED, 1.0)
        features = ladder_features(pair, found)
        if not features:
            return NOTHING
        reasons = tuple(conflict.reason for conflict in found.conflicts)
        score = self.model.score(features, reasons or missing_words(pair))
        return self._overruled(score, found) if found.conflicts else score

    def _overruled(self, score: Score, found: RuleFindings) -> Score:
        """The score with the support that a claim in conflict with a rule can have at most."""
        support = min(score.support, self.model.threshold * _SUPPORT_IN_CONFLICT)
        reasons = tuple(conflict.reason for conflict in found.conflicts)
        if found.contradictions:
            contradiction = max(score.contradiction, (1 - support) * _CONTRADICTION_IN_CONFLICT)
            return Score(Verdict.CONTRADICTED, support, contradiction, reasons)
        verdict = self.model.verdict(support, min(score.contradiction, 1 - support))
        return Score(verdict, support, min(score.contradiction, 1 - support), reasons)

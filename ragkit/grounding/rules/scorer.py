"""The rules as a scorer of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files

from ragkit.grounding.base import Pair, Score
from ragkit.grounding.rules.finding import find_conflicts
from ragkit.grounding.rules.findings import Kind, RuleFindings
from ragkit.grounding.verdict import Verdict

_ENOUGH_WORDS = 0.68
"""Share of the claim's content words below which no finding makes a claim supported."""


def _digest() -> str:
    """Of the rules and their word lists: it changes with them, whether anybody thinks of it or not."""
    digest = hashlib.sha256()
    folder = files("ragkit.grounding.rules")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith((".py", ".yaml")):
            digest.update(entry.read_bytes())
    return digest.hexdigest()[:12]


class RulesScorer:
    """Judges by the rules alone.

    Contradicted: a rule found that the evidence says otherwise. Supported: nothing speaks against the claim and the
    evidence holds most of its content words. Else unsupported. The probabilities are priors set by hand, not
    calibrated: use the ladder where a probability matters.
    """

    name = "rules"

    fingerprint = f"rules-{_digest()}"

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order."""
        return [score_findings(pair, find_conflicts(pair.claim, pair.evidence)) for pair in pairs]


def score_findings(pair: Pair, findings: RuleFindings) -> Score:
    """The verdict of the rules on a pair whose findings are known."""
    if not pair.claim.strip() or not any(span.strip() for span in pair.evidence):
        return Score(Verdict.UNSUPPORTED, 0.0, 0.0, ("there is nothing to check against",))
    coverage = findings.signals.get("coverage_all", 0.0)
    reasons = tuple(conflict.reason for conflict in findings.conflicts)
    against = len(findings.contradictions)
    if against:
        return Score(Verdict.CONTRADICTED, 0.05, min(0.95, 0.6 + 0.15 * against), reasons)
    missing = sum(conflict.kind is Kind.MISSING for conflict in findings.conflicts)
    if missing or coverage < _ENOUGH_WORDS:
        return Score(
            Verdict.UNSUPPORTED,
            max(0.05, 0.4 * coverage - 0.1 * missing),
            0.1,
            reasons or ("the evidence does not hold the words of the claim",),
        )
    return Score(Verdict.SUPPORTED, min(0.95, 0.3 + 0.65 * coverage), 0.05)

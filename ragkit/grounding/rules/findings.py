"""What the rules find between a claim and its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Rule(StrEnum):
    """What a conflict is about; the order is that of the features."""

    NUMBER = "number"
    UNIT = "unit"
    BINDING = "binding"
    TIMING = "timing"
    COMPARISON = "comparison"
    NEGATION = "negation"
    MODALITY = "modality"
    OPPOSITE = "opposite"
    ORDER = "order"
    EXCEPTION = "exception"
    SCOPE = "scope"
    POPULATION = "population"
    ROUTE = "route"
    LATERALITY = "laterality"
    ROLE = "role"
    DRUG = "drug"
    DEVICE = "device"
    NAME = "name"
    VERSION = "version"
    ADDITION = "addition"


class Kind(StrEnum):
    """Whether the evidence says otherwise, or only does not say it."""

    CONTRADICTS = "contradicts"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that speaks against a claim.

    Attributes:
        rule: what it is about.
        reason: in words that a person understands.
        kind: contradicts (the evidence says otherwise) or missing (the evidence does not say it).
    """

    rule: Rule
    reason: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """What the rules found, and how well claim and evidence match at all.

    Attributes:
        conflicts: what speaks against the claim, in order of the claim.
        agreements: for each rule, how many things of the claim the evidence holds.
        signals: further numbers of the comparison (coverage of words, hedging ...), by feature name.
    """

    conflicts: tuple[Conflict, ...]
    agreements: Mapping[Rule, int] = field(default_factory=dict)
    signals: Mapping[str, float] = field(default_factory=dict)

    @property
    def contradictions(self) -> tuple[Conflict, ...]:
        """The conflicts where the evidence says otherwise."""
        return tuple(conflict for conflict in self.conflicts if conflict.kind is Kind.CONTRADICTS)

    def features(self) -> dict[str, float]:
        """Numbers for a model on top; the names are always the same and in the same order, whatever was found."""
        features: dict[str, float] = {}
        for rule in Rule:
            for kind in Kind:
                count = sum(c.rule is rule and c.kind is kind for c in self.conflicts)
                features[f"{rule.value}_{kind.value}"] = float(min(count, 3))
            features[f"{rule.value}_agrees"] = float(min(self.agreements.get(rule, 0), 3))
        held, lost = self.agreements.get(Rule.NUMBER, 0), sum(c.rule in _NUMERIC for c in self.conflicts)
        features["quantities_held_share"] = held / (held + lost) if held + lost else 1.0
        features["any_contradicts"] = float(bool(self.contradictions))
        features["any_missing"] = float(any(c.kind is Kind.MISSING for c in self.conflicts))
        for name in SIGNALS:
            features[name] = float(self.signals.get(name, 0.0))
        return features


class RuleResult:
    """What one rule found for one sentence of the claim: it collects while the rule reads.

    Attributes:
        conflicts: what speaks against the sentence.
        agreements: for each rule, how many things the evidence holds.
    """

    def __init__(self) -> None:
        self.conflicts: list[Conflict] = []
        self.agreements: Counter[Rule] = Counter()

    def contradict(self, rule: Rule, reason: str) -> None:
        """The evidence says otherwise."""
        self.conflicts.append(Conflict(rule, reason, Kind.CONTRADICTS))

    def miss(self, rule: Rule, reason: str) -> None:
        """The evidence does not say it."""
        self.conflicts.append(Conflict(rule, reason, Kind.MISSING))

    def agree(self, rule: Rule) -> None:
        """The evidence holds one more thing of the claim."""
        self.agreements[rule] += 1


_NUMERIC = frozenset({Rule.NUMBER, Rule.UNIT, Rule.BINDING})
SIGNALS = (
    "coverage_best",
    "coverage_all",
    "coverage_gap",
    "coverage_words",
    "added_ending",
    "claim_negated",
    "evidence_negated",
    "negation_parity",
    "hedge_difference",
    "claim_is_comparison",
    "names_missing_share",
    "opposites_same",
    "claim_words",
    "evidence_words",
)
"""Names of the signals that ``features`` always gives."""

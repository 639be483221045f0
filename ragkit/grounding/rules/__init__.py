"""Rules that compare a claim with its evidence: numbers, negation, modality, population, route, names and more."""

from ragkit.grounding.rules.concepts import canonical
from ragkit.grounding.rules.finding import find_conflicts
from ragkit.grounding.rules.findings import Conflict, Kind, Rule, RuleFindings
from ragkit.grounding.rules.scorer import RulesScorer

__all__ = ["Conflict", "Kind", "Rule", "RuleFindings", "RulesScorer", "canonical", "find_conflicts"]

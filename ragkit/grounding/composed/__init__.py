"""The verifier of composed statements: stricter than any score, since what it lets through is shown to people."""

from ragkit.grounding.composed.checking import check_composed

__all__ = ["check_composed"]

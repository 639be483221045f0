"""What every groundedness scorer takes and gives: one interface for the whole ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ragkit.grounding.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and the evidence that it is held against.

    Attributes:
        claim: one claim: a sentence, a list item, a table row.
        evidence: the spans it is held against, taken together; may be empty.
    """

    claim: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer says about one pair.

    Attributes:
        verdict: supported, contradicted or unsupported.
        support: calibrated probability that the evidence carries the claim, 0..1.
        contradiction: calibrated probability that the evidence says otherwise, 0..1; the rest is "unsupported".
        reasons: what spoke against the claim, in words that a person understands; empty for a supported claim.
    """

    verdict: Verdict
    support: float
    contradiction: float = 0.0
    reasons: tuple[str, ...] = ()


@runtime_checkable
class Scorer(Protocol):
    """Judges claims against evidence. Everything in ragkit that measures groundedness takes one of these.

    A claim without evidence, and an empty claim, are unsupported with support 0 (never skipped, never NaN). A scorer
    that cannot judge raises ``GroundingError``; it never makes a verdict up.

    Attributes:
        name: short name for tables ("ladder", "lexical", "entailment:NAME").
        fingerprint: changes whenever the same pair might be judged differently; part of every cache key.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order.

        Raises:
            GroundingError: the scorer could not judge (no server, no weights, an unusable reply).
        """
        ...

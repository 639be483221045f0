"""What the small models say, and the protocol that those who ask them know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SupportProbabilities:
    """Whether evidence carries a claim: three probabilities that add up to 1."""

    supported: float
    contradicted: float
    unsupported: float


@dataclass(frozen=True, slots=True)
class Relevance:
    """How well lines answer a question.

    Attributes:
        probabilities: for each line, in order, the calibrated probability that it answers; None for a line that was
            not judged because time ran out.
    """

    probabilities: tuple[float | None, ...]

    @property
    def judged(self) -> int:
        """How many lines were judged."""
        return sum(each is not None for each in self.probabilities)


class CrossEncoder(Protocol):
    """Reads two texts together. May be used from several threads."""

    @property
    def fingerprint(self) -> str:
        """Names the weights: what was judged by other weights is another judgement."""
        ...

    def relevance(self, question: str, lines: Sequence[str], *, seconds: float | None = None) -> Relevance:
        """How well each line (see ``inputs.line_in_context``) answers the question.

        Args:
            question: the question as asked, identifiers taken out.
            lines: the likeliest first: where time runs out, the last ones are not judged.
            seconds: how long it may take; None for as long as it takes.
        """
        ...

    def answerability(self, question: str, evidence: Sequence[str]) -> float:
        """The calibrated probability that the lines, taken together, answer the question; 0 without lines."""
        ...

    def support(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[SupportProbabilities]:
        """For each (claim, evidence lines): whether the evidence, taken together, carries the claim."""
        ...

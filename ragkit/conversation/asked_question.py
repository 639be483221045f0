"""What becomes of a question before anything else sees it: made plain, and its patient identifiers taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragkit.privacy.base import IdentifierGate
from ragkit.privacy.redaction import redacted
from ragkit.retrieval.understanding.hygiene import clean_question


@dataclass(frozen=True)
class AskedQuestion:
    """A question ready to be searched, sent and traced.

    Attributes:
        as_asked: the person's words, control characters taken out; for the person's own answer only.
        text: what everything else sees.
        identifiers: how many patient identifiers of each kind were taken out.
    """

    as_asked: str
    text: str
    identifiers: Mapping[str, int] = field(default_factory=dict)

    @property
    def confined(self) -> bool:
        """Whether it stays on premises in a hybrid deployment: a patient identifier was found in it."""
        return bool(self.identifiers)


def read_question(question: str, *, gate: IdentifierGate | None = None) -> AskedQuestion:
    """The question without its patient identifiers.

    Args:
        question: in the person's own words.
        gate: finds identifiers; the one that comes with ragkit if None.
    """
    as_asked = clean_question(question)
    safe = redacted(as_asked, gate)
    return AskedQuestion(as_asked, safe.text, {kind.value: count for kind, count in sorted(safe.counts.items())})

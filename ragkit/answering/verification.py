"""Every statement is checked against the spans it cites before anyone sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.answering.answer import Citation, Statement
from ragkit.documents.document import Document
from ragkit.grounding.checking import check_claim
from ragkit.grounding.verdict import Verdict
from ragkit.telemetry.attributes import StageKind
from ragkit.telemetry.spans import stage


@dataclass(frozen=True)
class DraftStatement:
    """A statement before it was checked: its words and the citations it rests on."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Verified:
    """What is left after the check.

    Attributes:
        statements: the supported statements; their citations are numbered from 1 in order of appearance.
        citations: the citations that they use.
        dropped: for each statement left out, why.
    """

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[str, ...]


def verify(drafts: Sequence[DraftStatement], document: Document) -> Verified:
    """Keeps the statements that their citations carry.

    A citation counts only if the document's text at its offsets is its quote, character for character.
    """
    with stage("verify", StageKind.GUARDRAIL, lines=len(drafts)) as span:
        verified = _verified(drafts, document)
        span.set(supported=len(verified.statements), dropped=len(verified.dropped))
    return verified


def _verified(drafts: Sequence[DraftStatement], document: Document) -> Verified:
    statements: list[Statement] = []
    citations: list[Citation] = []
    dropped: list[str] = []
    for draft in drafts:
        true = [c for c in draft.citations if document.text[c.start : c.end] == c.quote and c.quote.strip()]
        if len(true) < len(draft.citations):
            dropped.append("a quotation is not what stands at its place in the document")
            continue
        check = check_claim(draft.text, [citation.quote for citation in true])
        if check.verdict is not Verdict.SUPPORTED:
            dropped.append("; ".join(check.reasons))
            continue
        numbers = tuple(numbered(citation, citations) for citation in true)
        statements.append(Statement(text=draft.text, citations=numbers, support=check.support, verdict=check.verdict))
    return Verified(tuple(statements), tuple(citations), tuple(dropped))


def numbered(citation: Citation, citations: list[Citation]) -> int:
    """The citation's number among ``citations``; a new one is added to them."""
    for known in citations:
        if (known.document_id, known.version, known.start, known.end) == (
            citation.document_id,
            citation.version,
            citation.start,
            citation.end,
        ):
            return known.number
    new = citation.model_copy(update={"number": len(citations) + 1})
    citations.append(new)
    return new.number

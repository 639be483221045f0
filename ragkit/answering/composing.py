"""From the selected spans to statements with citations, and from statements to the answer's text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.answering.answer import AnswerStatus, Citation, Statement
from ragkit.answering.selection import Selection, ShownSpan
from ragkit.answering.units import Layout
from ragkit.answering.verification import DraftStatement
from ragkit.documents.document import Document

_SPACES = re.compile(r"[^\S\n\t]+")
_LINE_BREAKS = re.compile(r"\s*\n\s*")


def draft_statements(selection: Selection, layout: Layout) -> list[DraftStatement]:
    """The statements to be checked: each own span with the context spans before it that it needs."""
    drafts: list[DraftStatement] = []
    waiting: list[ShownSpan] = []
    for span in selection.spans:
        waiting.append(span)
        if span.is_context:
            continue
        citations = tuple(citation_of(selection.document, layout, each.start, each.end) for each in waiting)
        drafts.append(DraftStatement("\n".join(as_shown(citation.quote) for citation in citations), citations))
        waiting = []
    return drafts


def as_shown(quote: str) -> str:
    """The quote as shown: runs of spaces made one; line breaks, and the tabs between a table's cells, kept."""
    return _LINE_BREAKS.sub("\n", _SPACES.sub(" ", quote)).strip()


def citation_of(document: Document, layout: Layout, start: int, end: int) -> Citation:
    """The span ``[start, end)`` as a citation; its number is not yet given."""
    governance = document.governance
    blocks = layout.block_range(start, end)
    return Citation(
        number=1,
        quote=document.text[start:end],
        start=start,
        end=end,
        document_id=document.document_id,
        version=document.version,
        title=governance.title,
        reference_number=governance.reference_number,
        source=document.source,
        page=document.page_at(start),
        section=layout.blocks[blocks.start].section if blocks else (),
        effective_date=governance.effective_date,
        review_due=governance.review_due,
    )


def compose_text(statements: Sequence[Statement]) -> str:
    """The statements with their [1] marks, one a paragraph."""
    return "\n\n".join(
        statement.text + " " + "".join(f"[{number}]" for number in statement.citations) for statement in statements
    )


def no_answer_text(status: AnswerStatus, site: str | None, searched: int) -> str:
    """A plain sentence for a question without an answer.

    It speaks only of what the reader may see: the number of passages that were searched, never of documents left out.
    """
    if status is AnswerStatus.NEEDS_CLARIFICATION:
        return "Please say more: name the drug, device, procedure, form or policy that the question is about."
    where = f" of {site}" if site else ""
    if not searched:
        return f"Not found: there is no document{where} in force that you may see."
    return f"Not found in the documents{where} that you may see ({searched:,} passages searched)."

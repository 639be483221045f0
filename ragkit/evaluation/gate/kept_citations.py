"""Do the baseline's citations still stand where they stood?

A citation that was ever shown has to resolve for as long as its version is kept: somebody may have acted on it. The
same check catches what no metric sees: a reader of files that now drops a "not" gives quotes that resolve (against the
damaged text), are verbatim, and hold every word that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ragkit.errors import DocumentNotFoundError
from ragkit.evaluation.gate.baseline import Baseline, CitedSpan
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.question import Question
from ragkit.knowledge_base import KnowledgeBase


@dataclass(frozen=True)
class LostCitation:
    """A citation of the baseline whose words are no longer where they stood.

    Attributes:
        key: the question.
        span: what was cited.
        found: the words that stand there now.
        page: the page on which they stand now.
    """

    key: str
    span: CitedSpan
    found: str
    page: int | None

    def __str__(self) -> str:
        where = f"{self.span.document_id} version {self.span.version}"
        if self.found == self.span.quote:
            return f"{self.key}: {where}, page {self.span.page} is now called page {self.page}"
        was, now = _parting(self.span.quote, self.found)
        return f"{self.key}: {where}, {was!r} now reads {now!r}"


def lost_citations(
    baseline: Baseline, questions: Iterable[Question], knowledge_base: KnowledgeBase, today: date
) -> tuple[LostCitation, ...]:
    """The citations of the baseline that no longer resolve.

    A version that is no longer there for the person who asked is left out: a policy may be replaced or purged, and a
    reader who may see less is caught by the metrics of access.

    Args:
        baseline: the accepted run.
        questions: those of the set.
        knowledge_base: as it is now.
        today: the day on which questions without a day of their own are asked.
    """
    lost = []
    for question in questions:
        said = baseline.questions.get(question.id)
        for span in said.citations if said else ():
            try:
                document = knowledge_base.document(
                    span.document_id, span.version, user=asker(question), as_of=day_of(question, today)
                )
            except DocumentNotFoundError:
                continue
            found, page = document.text[span.start : span.end], document.page_at(span.start)
            if (found, page) != (span.quote, span.page):
                lost.append(LostCitation(question.id, span, found, page))
    return tuple(lost)


def _parting(old: str, new: str, before: int = 30, after: int = 30) -> tuple[str, str]:
    """Both texts around the first place where they differ."""
    pairs = enumerate(zip(old, new, strict=False))
    at = next((place for place, (was, now) in pairs if was != now), min(len(old), len(new)))
    start = max(0, at - before)
    return tuple(f"{'…' if start else ''}{text[start : at + after]}" for text in (old, new))  # type: ignore[return-value]

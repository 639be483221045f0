"""Makes records of known-bad answers, with citations and facts looked up in the documents as for real answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ragkit.access.catalogue import DocumentRow
from ragkit.access.user import User
from ragkit.answering.answer import Answer, Citation, Statement
from ragkit.documents.document import Document
from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.must_fail import BadCitation, MustFailCase, question_of
from ragkit.evaluation.matching import names_document
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.questions.quotes import occurrences
from ragkit.evaluation.record import Record
from ragkit.evaluation.running.facts import FactFinder
from ragkit.grounding.verdict import Verdict
from ragkit.knowledge_base import KnowledgeBase

_PASSAGES = 10


def known_bad_records(
    cases: Sequence[MustFailCase],
    questions: Mapping[str, Question],
    kb: KnowledgeBase,
    facts: FactFinder,
    today: date,
) -> tuple[Record, ...]:
    """One record for each known-bad answer, in order, as if the knowledge base had answered so.

    Args:
        cases: the known-bad answers.
        questions: the question set by id.
        kb: the knowledge base that the run asked.
        facts: looks citations up; the one of the run.
        today: the day on which questions without a day of their own are asked.

    Returns:
        The records. Where a document that a case cites is not there, the record holds that as an error: such a case
        proves nothing, and the gate fails.

    Raises:
        EvaluationError: a case names a question that is not there.
    """
    asked = [question_of(case, questions) for case in cases]
    roles = {role for question in [*questions.values(), *asked] for role in question.roles or ()}
    maker = _Maker(kb, facts, today, User("evaluation", roles=roles | {"staff"}))
    return tuple(maker.record(case, question) for case, question in zip(cases, asked, strict=True))


@dataclass(frozen=True)
class _Maker:
    """Makes records. ``everybody`` may read whatever anybody of the set may: a bad answer may cite what it must not."""

    kb: KnowledgeBase
    facts: FactFinder
    today: date
    everybody: User

    def record(self, case: MustFailCase, question: Question) -> Record:
        """The record of one known-bad answer."""
        day, user = day_of(question, self.today), asker(question)
        try:
            cited = [self._citation(case, bad, place, question) for place, bad in enumerate(case.citations, start=1)]
        except EvaluationError as error:
            return Record(question=question, error=str(error))
        found = self.kb.search(question.question, limit=_PASSAGES, site=question.site, user=user, as_of=day)
        return Record(
            question=question,
            answer=_answer(case, question, cited),
            passages=tuple(found),
            facts=tuple(self.facts.facts(citation, user, question.site, day) for citation in cited),
        )

    def _citation(self, case: MustFailCase, bad: BadCitation, place: int, question: Question) -> Citation:
        document = self._document(case, bad, question)
        start, end = _span(bad.quote, document.text)
        return Citation(
            number=bad.number or place,
            quote=document.text[start:end] or bad.quote,
            start=start,
            end=end or len(bad.quote),
            document_id=document.document_id,
            version=document.version,
            title=document.governance.title or document.document_id,
            reference_number=document.governance.reference_number,
            source=document.source,
            page=bad.page or document.page_at(start),
            effective_date=document.governance.effective_date,
            review_due=document.governance.review_due,
        )

    def _document(self, case: MustFailCase, bad: BadCitation, question: Question) -> Document:
        """The version that the citation names, else the one in force at the question's site, else any."""
        rows = self.kb.documents(user=self.everybody, as_of=day_of(question, self.today))
        named = [row for row in rows if _is_named(row, bad.document) and bad.version in (None, row.version)]
        if not named:
            wanted = bad.document + (f" version {bad.version}" if bad.version else "")
            raise EvaluationError(f"The known-bad answer {case.id} cites {wanted}, which is not in the knowledge base.")
        best = max(named, key=lambda row: (row.in_force, row.site in (None, question.site)))
        return self.kb.document(best.document_id, best.version, user=self.everybody)


def _answer(case: MustFailCase, question: Question, citations: Sequence[Citation]) -> Answer:
    statements = tuple(
        Statement(text=bad.text, citations=bad.citations, support=1.0, verdict=Verdict.SUPPORTED)
        for bad in case.statements
    )
    text = "\n".join(f"{each.text} {''.join(f'[{n}]' for n in each.citations)}".strip() for each in statements)
    return Answer(
        question=question.question, status=case.status, text=text, statements=statements, citations=tuple(citations)
    )


def _span(quote: str, text: str) -> tuple[int, int]:
    """Where the quote stands, white space aside; an empty span at 0 where it does not."""
    start = next(occurrences(quote, text), None)
    if start is None:
        return 0, 0
    left = len("".join(quote.split()))
    for offset in range(start, len(text)):
        left -= not text[offset].isspace()
        if left == 0:
            return start, offset + 1
    return start, len(text)


def _is_named(row: DocumentRow, name: str) -> bool:
    return names_document(name, row.source, row.document_id, row.reference_number)

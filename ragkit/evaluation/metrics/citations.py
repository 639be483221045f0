"""Citations: do they carry the statements, are they real, and may they be shown?

A citation is *wrong* whatever it says if its number has no citation, if its quote does not stand at its place in the
document, or if it is of the wrong document: one that the question forbids, or, where the question has gold, none of the
gold's documents (and versions, where the gold names one). The right words from the wrong document are the adult dose
for the child.
"""

from __future__ import annotations

from collections.abc import Callable

from ragkit.answering.answer import Citation
from ragkit.evaluation.matching import Cited, contains, names_document
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.metrics.convention import (
    Measure,
    answer_of,
    claims_nothing,
    fabricated_marks,
    must_answer,
    of_what_is_shown,
    worst_where_not_judged,
)
from ragkit.evaluation.metrics.matrices import Judgement, Judgements, real_quotes
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.record import CitationFacts, Record


def recall(record: Record, judgement: Judgement) -> float:
    """Share of the statements that their own citations, taken together, carry in every claim.

    ALCE's citation recall (Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section
    3.3). A statement without a citation is not carried, nor, as in ALCE's code, one that names a number out of range
    beside others.

    >>> from ragkit.evaluation.metrics import toy
    >>> got = toy.record(got=toy.answer(("Flush it.", 1), ("Wait.", 1, 9), quotes=["Flush it. Wait."]))
    >>> recall(got, toy.judgement([(1,), (1, 9)], quotes=[[1], [1]]))
    0.5
    """
    fabricated = set(fabricated_marks(record))
    carried = [
        _carried(judgement, statement) and fabricated.isdisjoint(each.citations)
        for statement, each in enumerate(answer_of(record).statements)
    ]
    return sum(carried) / len(carried) if carried else 0.0


def _carried(judgement: Judgement, statement: int) -> bool:
    rows = _rows(judgement, statement)
    return bool(rows) and bool(judgement.own.rows()[rows].all())


def _rows(judgement: Judgement, statement: int) -> list[int]:
    return [row for row, claim in enumerate(judgement.claims) if claim.statement == statement]


def precision(record: Record, judgement: Judgement) -> float:
    """Share of the citations that are needed where they stand.

    ALCE's citation precision (Gao et al. 2023, section 3.3): a citation counts if its statement is carried and if the
    citation carries it alone, or the others do not without it; also if a line of the statement stands in no other quote
    cited there (the heading over a list is no claim and has its place). Unlike ALCE's code, which leaves statements
    with a number out of range out of the count, every number named counts: a fabricated "[9]" and a citation that is
    wrong (see above) are citations, and cost precision.

    >>> from ragkit.evaluation.metrics import toy
    >>> got = toy.record(got=toy.answer(("Flush it.", 1), ("Wait.", 9), quotes=["Flush it."]))
    >>> precision(got, toy.judgement([(1,), (9,)], quotes=[[1], [0]], own=[1, 0]))
    0.5
    """
    needed = [
        _is_needed(record, judgement, statement, number)
        for statement, each in enumerate(answer_of(record).statements)
        for number in dict.fromkeys(each.citations)
    ]
    named = {number for statement in answer_of(record).statements for number in statement.citations}
    needed += [False for number in fabricated_marks(record) if number not in named]
    return sum(needed) / len(needed) if needed else 0.0


def _is_needed(record: Record, judgement: Judgement, statement: int, number: int) -> bool:
    rows = _rows(judgement, statement)
    quotes = real_quotes(record)
    if not quotes.get(number) or number in wrong_documents(record) or not _carried(judgement, statement):
        return False
    alone = judgement.quotes.supported[rows, list(quotes).index(number)].all()
    others_do = all(judgement.without.get((row, number), False) for row in rows)
    return bool(alone) or not others_do or _is_only_place(record, statement, number)


def _is_only_place(record: Record, statement: int, number: int) -> bool:
    """Whether a line of the statement stands in this quote and in no other that the statement cites."""
    each, quotes = answer_of(record).statements[statement], real_quotes(record)
    others = [quotes.get(other, "") for other in each.citations if other != number]
    lines = [line for line in each.text.splitlines() if line.strip()]
    return any(contains(quotes[number], line) and not any(contains(other, line) for other in others) for line in lines)


def wrong_documents(record: Record) -> frozenset[int]:
    """The numbers of the citations that are of a wrong document.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush it.", document="adults.md")
    >>> got = toy.answer(("Flush it.", 1), quotes=[toy.citation(1, "Flush it.", "children.md")])
    >>> wrong_documents(toy.record(asked, got))
    frozenset({1})
    """
    question = record.question
    return frozenset(
        citation.number
        for citation in answer_of(record).citations
        if _is_forbidden(question, citation) or (question.gold and not _is_gold(question, citation))
    )


def _is_forbidden(question: Question, citation: Citation) -> bool:
    return any(
        names_document(name, citation.source, citation.document_id, citation.reference_number)
        for name in question.forbidden_documents
    )


def _is_gold(question: Question, citation: Citation) -> bool:
    cited = Cited(citation.source, "", citation.document_id, citation.reference_number, citation.version)
    return any(cited.is_of(span) for span in question.gold)


def statement_support(judgement: Judgement) -> float:
    """Share of the statements that any citation of the answer carries, or all of them together.

    SourceCheckup's statement-level support (Wu et al. 2025, "An automated framework for assessing how well LLMs cite
    relevant medical references", Nature Communications 16): a statement is supported if
    at least one source of the response supports it, whichever statement that source was given for. So it is never lower
    than ``recall``. Here every claim of the statement has to be carried.

    >>> from ragkit.evaluation.metrics import toy
    >>> statement_support(toy.judgement([(1,), (1,)], quotes=[[1, 0], [0, 1]], own=[1, 0]))
    1.0
    """
    supported = [_supported(judgement, statement) for statement in range(judgement.statements)]
    return sum(supported) / len(supported) if supported else 0.0


def _supported(judgement: Judgement, statement: int) -> bool:
    rows = _rows(judgement, statement)
    carried = judgement.quotes.rows() | judgement.together.rows() | judgement.own.rows()
    return bool(rows) and bool(carried[rows].all())


def answer_support(judgement: Judgement) -> float:
    """1 where every statement is supported, else 0: SourceCheckup's response-level support (ibid.).

    >>> from ragkit.evaluation.metrics import toy
    >>> answer_support(toy.judgement([(1,), (1,)], quotes=[[1, 0], [0, 0]]))
    0.0
    """
    return float(statement_support(judgement) == 1.0)


def verbatim(record: Record) -> float | None:
    """Share of the statements whose every line stands, word for word, in one of the quotes that they cite.

    Statements in a language model's words (``composed``) do not count: they are judged, not compared. None where there
    are no others. Case and punctuation do not count. It cannot see what a line leaves out: "give 5 mg" stands in
    "never give 5 mg".

    >>> from ragkit.evaluation.metrics import toy
    >>> verbatim(toy.record(got=toy.answer(("Flush it.", 1), ("Flush twice.", 1), quotes=["Then flush it."])))
    0.5
    """
    quotes = real_quotes(record)
    stands = [
        _stands(statement.text, [quotes.get(number, "") for number in statement.citations])
        for statement in answer_of(record).statements
        if not statement.composed
    ]
    return sum(stands) / len(stands) if stands else None


def _stands(text: str, quotes: list[str]) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and all(any(contains(quote, line) for quote in quotes) for line in lines)


def share_of_citations(record: Record, holds: Callable[[CitationFacts], bool]) -> float | None:
    """Share of the citations of which a fact holds; a number without a citation, and a citation without facts, fail.

    None for a refusal without citations. 0 for an answer that cites nothing: there is nothing it could be checked by.

    >>> from ragkit.evaluation.metrics import toy
    >>> got = toy.answer(("Flush it.", 1), ("Wait.", 9), quotes=["Flush it."])
    >>> share_of_citations(toy.record(got=got), lambda facts: facts.resolves)
    0.5
    """
    answer = answer_of(record)
    if not record.shown and not answer.citations:
        return None
    if claims_nothing(record):
        return 0.0
    facts = record.facts[: len(answer.citations)]
    total = len(answer.citations) + len(fabricated_marks(record))
    return sum(holds(each) for each in facts) / total if total else 0.0


def citation_metrics(judgements: Judgements) -> tuple[Metric, ...]:
    """All of them, for the judgements of one run.

    >>> [metric.name for metric in citation_metrics(Judgements()) if metric.required == 1.0]
    ['citations.resolves', 'citations.in_force', 'citations.permitted']
    """
    by_scorer = (
        ("recall", "Citation recall (ALCE)", "Share of the statements that their citations carry.",
         recall, False),
        ("precision", "Citation precision (ALCE)", "Share of the citations that are right and needed.",
         precision, False),
        ("statement_support", "Statements supported (SourceCheckup)",
         "Share of the statements that any citation of the answer carries.",
         lambda record, judgement: statement_support(judgement), False),
        ("answer_support", "Answers supported (SourceCheckup)", "Every statement is supported.",
         lambda record, judgement: answer_support(judgement), True),
    )  # fmt: skip
    looked_up = (
        ("resolves", "Citations that resolve", "Share whose quote stands at its place in the document.",
         lambda facts: facts.resolves, 1.0),
        ("in_force", "Citations in force", "Share of document versions in force on the day asked about.",
         lambda facts: facts.in_force, 1.0),
        ("permitted", "Citations permitted", "Share of documents that the asker's roles open.",
         lambda facts: facts.permitted, 1.0),
        ("at_site", "Citations of the site", "Share of documents of the site asked about.",
         lambda facts: facts.at_site, None),
        ("page_right", "Pages right", "Share whose quote starts on the page named.",
         lambda facts: facts.page_right, None),
    )  # fmt: skip
    return (
        *(_by_scorer(judgements, *each) for each in by_scorer),
        _metric("verbatim", "Verbatim statements",
                "Share of the statements, those in a model's words aside, that stand in their quotes word for word.",
                of_what_is_shown(verbatim)),
        *(_looked_up(*each) for each in looked_up),
        _metric("right_document", "Citations of the right document", "Share of citations of a gold document.",
                _only_with_gold(of_what_is_shown(right_document)), applies=must_answer),
    )  # fmt: skip


def right_document(record: Record) -> float:
    """Share of the citations that are of a document (and version) of the gold and of none that is forbidden.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush it.", document="adults.md")
    >>> got = toy.answer(("Flush it.", 1), quotes=[toy.citation(1, "Flush it.", "children.md")])
    >>> right_document(toy.record(asked, got))
    0.0
    """
    citations = answer_of(record).citations
    total = len(citations) + len(fabricated_marks(record))
    wrong = sum(citation.number in wrong_documents(record) for citation in citations)
    return (len(citations) - wrong) / total if total else 0.0


def _only_with_gold(measure: Measure) -> Measure:
    return lambda record: measure(record) if must_answer(record) else None


def _by_scorer(
    judgements: Judgements,
    name: str,
    title: str,
    definition: str,
    function: Callable[[Record, Judgement], float],
    binary: bool,
) -> Metric:
    measure = of_what_is_shown(lambda record: function(record, judgements.by_key[record.key]))
    return worst_where_not_judged(_metric(name, title, definition, measure, binary=binary), judgements.errors)


def _looked_up(
    name: str, title: str, definition: str, holds: Callable[[CitationFacts], bool], required: float | None
) -> Metric:
    return _metric(name, title, definition, lambda record: share_of_citations(record, holds), required=required)


def _metric(
    name: str,
    title: str,
    definition: str,
    measure: Measure,
    binary: bool = False,
    required: float | None = None,
    applies: Callable[[Record], bool] = lambda record: True,
) -> Metric:
    return Metric(
        name=f"citations.{name}", family=Family.CITATIONS, title=title, definition=definition, measure=measure,
        applies=applies, binary=binary, required=required,
    )  # fmt: skip

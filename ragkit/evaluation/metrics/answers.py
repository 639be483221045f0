"""Answers: does what is shown hold what was asked for, from the right place, and nothing that must not be there?

What counts is what the statements say, not what the quotes under them hold: a person reads the statements.
"""

from __future__ import annotations

from collections.abc import Callable

from ragkit.evaluation.matching import (
    Cited,
    all_shown,
    alternatives_of,
    contains,
    contains_nugget,
    has_right_source,
    names_document,
    share_shown,
)
from ragkit.evaluation.metrics.base import Family, Metric
from ragkit.evaluation.metrics.convention import (
    Measure,
    answer_of,
    claims_nothing,
    must_answer,
    must_refuse,
    of_what_is_needed,
    of_what_is_shown,
    shown_text,
    worst_where_not_judged,
)
from ragkit.evaluation.metrics.matrices import Judgement, Judgements, real_quotes
from ragkit.evaluation.questions.question import Nugget
from ragkit.evaluation.record import Record
from ragkit.grounding.quantities import missing_quantities, quantities
from ragkit.grounding.rules import canonical

WORST_WORDS = 1_000.0
"""The length of an answer that errored or says nothing: two pages."""


def statements_by_document(record: Record) -> list[Cited]:
    """The statements, each once for every document that it cites.

    >>> from ragkit.evaluation.metrics import toy
    >>> got = toy.answer(("Flush it.", 1), quotes=["Flush it."])
    >>> [(each.source, each.quote) for each in statements_by_document(toy.record(got=got))]
    [('ports.md', 'Flush it.')]
    """
    answer = answer_of(record)
    cited = {citation.number: citation for citation in answer.citations}
    found = (
        Cited(each.source, statement.text, each.document_id, each.reference_number, each.version)
        for statement in answer.statements
        for each in (cited[number] for number in statement.citations if number in cited)
    )
    return list(dict.fromkeys(found))


def must_have(record: Record) -> float:
    """Share of the must_have nuggets that stand in the statements, case and punctuation aside; any alternative will do.

    Nugget recall (Voorhees 2003, "Overview of the TREC 2003 Question Answering Track"), with a string
    comparison in the place of the assessor.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush every 8 hours.", must_have=["8 hours", ("saline", "sodium chloride")])
    >>> must_have(toy.record(asked, toy.answer(("Flush every 8 HOURS.", 1), quotes=["Flush every 8 hours."])))
    0.5
    """
    nuggets = record.question.must_have
    return sum(_is_said(record, nugget) for nugget in nuggets) / len(nuggets)


def nice_to_have(record: Record) -> float:
    """Share of the nice_to_have nuggets that stand in the statements, as ``must_have``.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush every 8 hours.", nice_to_have=["with saline", "8 hours"])
    >>> nice_to_have(toy.record(asked, toy.answer(("Flush every 8 hours.", 1), quotes=["Flush every 8 hours."])))
    0.5
    """
    nuggets = record.question.nice_to_have
    return sum(_is_said(record, nugget) for nugget in nuggets) / len(nuggets)


def _is_said(record: Record, nugget: Nugget) -> bool:
    """Whether a nugget stands in the statements; in a language model's words also with its quantities spelt otherwise.

    >>> from ragkit.evaluation.metrics import toy
    >>> got = toy.answer(("Flush q8h.", 1), quotes=["Flush every 8 hours."])
    >>> said = got.model_copy(update={"statements": (got.statements[0].model_copy(update={"composed": True}),)})
    >>> _is_said(toy.record(got=got), "every 8 hours"), _is_said(toy.record(got=said), "every 8 hours")
    (False, True)
    """
    text = shown_text(record)
    if contains_nugget(text, nugget):
        return True
    if not any(statement.composed for statement in answer_of(record).statements):
        return False
    plain = canonical(text)
    return any(contains(plain, canonical(alternative)) for alternative in alternatives_of(nugget))


def must_have_judged(judgement: Judgement) -> float:
    """Share of the must_have nuggets that stand in the statements, or whose gold claim they carry by the scorer.

    A nugget ("30 minutes") is no claim and cannot be judged by itself: the sentence of the gold in which it stands is.

    >>> from ragkit.evaluation.metrics import toy
    >>> must_have_judged(toy.judgement(nuggets=[True, False]))
    0.5
    """
    return sum(judgement.nuggets) / len(judgement.nuggets)


def gold_shown(record: Record) -> float:
    """Share of the gold quotes' word 4-grams in the statements that cite the gold's document; the best alternative.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush the port with saline every 8 hours.")
    >>> gold_shown(toy.record(asked, toy.answer(("Flush the port with saline", 1), quotes=["..."])))
    0.4
    """
    return share_shown(record.question.gold, statements_by_document(record), record.question.all_gold_needed)


def complete(record: Record) -> float:
    """1 where the statements hold the answer, else 0.

    With must_have: every nugget. Without: every gold quote of one alternative to at least 80 % of its word 4-grams, in
    statements that cite its document.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush the port with saline every 8 hours.", must_have=["8 hours"])
    >>> complete(toy.record(asked, toy.answer(("Every 8 hours.", 1), quotes=["..."])))
    1.0
    """
    question = record.question
    if question.must_have:
        return float(must_have(record) == 1.0)
    return float(all_shown(question.gold, statements_by_document(record), question.all_gold_needed))


def right_source(record: Record) -> float:
    """1 where a gold document is cited by a statement, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush it.", document="adults.md")
    >>> right_source(toy.record(asked, toy.answer(("Flush it.", 1), quotes=["Flush it."])))
    0.0
    """
    return float(has_right_source(record.question.gold, statements_by_document(record)))


def right_status(record: Record) -> float:
    """1 where the status is one of those that are right for the question, else 0; an answer that says nothing is wrong.

    >>> from ragkit.evaluation.metrics import toy
    >>> right_status(toy.record(toy.question(gold="Flush it."), toy.refusal()))
    0.0
    """
    return float(answer_of(record).status in record.question.right_statuses and not claims_nothing(record))


def no_forbidden_string(record: Record) -> float:
    """1 where none of the forbidden strings stands in the statements or the answer's text, else 0.

    A refusal shows nothing, so that it is 1 there unless its sentence tells the string.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Give 5 mg.", forbidden=["10 mg"])
    >>> no_forbidden_string(toy.record(asked, toy.answer(("Give 10 mg.", 1), quotes=["Give 10 mg."])))
    0.0
    """
    text = f"{shown_text(record)}\n{answer_of(record).text}"
    return float(not any(contains(text, string) for string in record.question.forbidden))


def no_forbidden_document(record: Record) -> float:
    """1 where none of the forbidden documents is cited, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush it.", forbidden_documents=["old/ports.md"])
    >>> no_forbidden_document(toy.record(asked, toy.answer(("Flush it.", 1), quotes=["Flush it."])))
    0.0
    """
    names = record.question.forbidden_documents
    return float(
        not any(
            names_document(name, citation.source, citation.document_id, citation.reference_number)
            for citation in answer_of(record).citations
            for name in names
        )
    )


def caveat(record: Record) -> float:
    """1 where a caveat of the answer has the words that the question asks for, else 0.

    >>> from ragkit.evaluation.metrics import toy
    >>> asked = toy.question(gold="Flush it.", caveat="review overdue")
    >>> got = toy.answer(("Flush it.", 1), quotes=["Flush it."], caveats=["Review overdue since 2026-01-01."])
    >>> caveat(toy.record(asked, got))
    1.0
    """
    wanted = record.question.caveat or ""
    return float(any(contains(each, wanted) for each in answer_of(record).caveats))


def quantities_cited(record: Record) -> float | None:
    """Share of the numbers with units in the statements that stand, number and unit, in a quote cited there.

    ``ragkit.grounding.quantities`` says which spellings are one quantity. None where the statements hold no number. A
    number of a statement is looked for only in quotes that stand in their documents.

    >>> from ragkit.evaluation.metrics import toy
    >>> got = toy.answer(("Give 5 mg every 8 hours.", 1), quotes=["Give 0.5 mg every 8 hours."])
    >>> quantities_cited(toy.record(got=got))
    0.5
    """
    quotes = real_quotes(record)
    named = missing = 0
    for statement in answer_of(record).statements:
        evidence = "\n".join(quotes.get(number, "") for number in statement.citations)
        named += len(dict.fromkeys(quantities(statement.text)))
        missing += len(missing_quantities(statement.text, evidence))
    return 1.0 - missing / named if named else None


def words(record: Record) -> float:
    """Number of words in the statements.

    >>> from ragkit.evaluation.metrics import toy
    >>> words(toy.record(got=toy.answer(("Flush every 8 hours.", 1), quotes=["..."])))
    4.0
    """
    return float(len(shown_text(record).split()))


def is_right(record: Record) -> bool:
    """Whether a question went right altogether: the one bit that robustness and the risk-coverage curve look at.

    A question that must be answered: shown, complete, the right status. One that must be refused: nothing shown. Any
    other: the right status. And never a forbidden string or document. A record with an error is not right.

    >>> from ragkit.evaluation.metrics import toy
    >>> is_right(toy.record(toy.question(), toy.refusal())), is_right(toy.record(toy.question(), error="no disk"))
    (True, False)
    """
    if record.error or record.answer is None or claims_nothing(record):
        return False
    if no_forbidden_string(record) == 0.0 or no_forbidden_document(record) == 0.0:
        return False
    if must_refuse(record):
        return not record.shown
    if must_answer(record):
        return record.shown and right_status(record) == 1.0 and complete(record) == 1.0
    return right_status(record) == 1.0


def answer_metrics(judgements: Judgements) -> tuple[Metric, ...]:
    """All of them, for the judgements of one run.

    >>> [metric.name for metric in answer_metrics(Judgements()) if metric.required == 1.0]
    ['answers.no_forbidden_string', 'answers.no_forbidden_document']
    """
    judged = _needed("must_have_judged", "Must-have, by the scorer", "Share of must_have that the statements carry.",
                     lambda record: must_have_judged(judgements.by_key[record.key]), _has_must_have)  # fmt: skip
    return (
        _needed("must_have", "Must-have", "Share of must_have that stands in the statements.", must_have,
                _has_must_have),
        worst_where_not_judged(judged, judgements.errors),
        _needed("nice_to_have", "Nice-to-have", "Share of nice_to_have that stands in the statements.", nice_to_have,
                lambda record: must_answer(record) and bool(record.question.nice_to_have)),
        _needed("complete", "Complete", "Everything that was asked for is shown.", complete, must_answer, True),
        _needed("gold_shown", "Gold words shown", "Share of the gold quotes that is shown.", gold_shown, must_answer),
        _needed("right_source", "Right source", "A gold document is cited.", right_source, must_answer, True),
        _metric("right_status", "Right status", "The status is right for the question.", right_status, binary=True),
        _metric("no_forbidden_string", "No forbidden words", "No forbidden string is shown.",
                _unless_empty(no_forbidden_string, _has_forbidden), _has_forbidden, binary=True, required=1.0),
        _metric("no_forbidden_document", "No forbidden document", "No forbidden document is cited.",
                _unless_empty(no_forbidden_document, _has_forbidden_documents), _has_forbidden_documents,
                binary=True, required=1.0),
        _metric("caveat", "Caveat present", "The caveat that is needed stands beside the answer.",
                _unless_empty(caveat, _has_caveat), _has_caveat, binary=True),
        _metric("quantities_cited", "Numbers in the quotes", "Share of numbers with units that stand in a cited quote.",
                of_what_is_shown(quantities_cited)),
        Metric("answers.words", Family.ANSWERS, "Length", "Number of words in the statements.",
               of_what_is_shown(words, WORST_WORDS), higher_is_better=False, worst=WORST_WORDS, unit="words"),
    )  # fmt: skip


def _has_must_have(record: Record) -> bool:
    return must_answer(record) and bool(record.question.must_have)


def _has_forbidden(record: Record) -> bool:
    return bool(record.question.forbidden)


def _has_forbidden_documents(record: Record) -> bool:
    return bool(record.question.forbidden_documents)


def _has_caveat(record: Record) -> bool:
    return record.question.caveat is not None


def _unless_empty(measure: Callable[[Record], float], applies: Callable[[Record], bool]) -> Measure:
    """The measure where it applies; 0 for an answer that claims nothing."""

    def applied(record: Record) -> float | None:
        if not applies(record):
            return None
        return 0.0 if claims_nothing(record) else measure(record)

    return applied


def _needed(
    name: str, title: str, definition: str, measure: Measure, applies: Callable[[Record], bool], binary: bool = False
) -> Metric:
    return _metric(name, title, definition, of_what_is_needed(measure, applies), applies, binary=binary)


def _metric(
    name: str,
    title: str,
    definition: str,
    measure: Measure,
    applies: Callable[[Record], bool] = lambda record: True,
    *,
    binary: bool = False,
    required: float | None = None,
) -> Metric:
    return Metric(
        name=f"answers.{name}", family=Family.ANSWERS, title=title, definition=definition, measure=measure,
        applies=applies, binary=binary, required=required,
    )  # fmt: skip

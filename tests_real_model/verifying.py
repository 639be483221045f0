"""Answers are verified anew, from the stored documents alone: nothing that the answer says of itself is believed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.answering.answer import Citation, Statement
from ragkit.answering.sentences import sentence_spans
from ragkit.evaluation.record import Record
from ragkit.grounding.checking import lines_not_verbatim
from ragkit.grounding.composed import check_composed
from ragkit.grounding.verdict import Verdict

_NUMBERING = re.compile(r"^\W*\d+(?:\.\d+)*\W*")


def faults(record: Record) -> list[str]:
    """What is wrong with the statements and citations that were shown, in words; nothing for a sound answer."""
    return [*_citation_faults(record), *_statement_faults(record)]


def _citation_faults(record: Record) -> Iterator[str]:
    for facts in record.facts:
        if not facts.resolves:
            yield f"citation {facts.number}: the quote is not what stands at its place in the document"
        if not (facts.in_force and facts.permitted and facts.at_site and facts.page_right):
            yield f"citation {facts.number}: not in force, not permitted, of another site or page: {facts}"


def _statement_faults(record: Record) -> Iterator[str]:
    answer = record.answer
    if answer is None:
        yield f"asking raised {record.error}"
        return
    if answer.statements and not record.shown:
        yield f"statements are shown under the status {answer.status.value}"
    known = {citation.number: citation for citation in answer.citations}
    for statement in answer.statements:
        cited = [known[number] for number in statement.citations if number in known]
        if not cited or len(cited) < len(statement.citations):
            yield f"“{statement.text}” cites what is not there"
        elif statement.composed:
            yield from _not_carried(statement, cited)
        else:
            for line in lines_not_verbatim(statement.text, [citation.quote for citation in cited]):
                yield f"“{line}” is said to be verbatim and does not stand in the words cited"


def _not_carried(statement: Statement, cited: Sequence[Citation]) -> Iterator[str]:
    """Sentences that the quotes do not carry, neither alone nor under the headings that they stand under."""
    quotes = [citation.quote for citation in cited]
    under_headings = ["\n".join((each.title, *_without_numbers(each.section), each.quote)) for each in cited]
    for start, end in sentence_spans(statement.text):
        sentence = statement.text[start:end]
        scores = [check_composed(sentence, evidence) for evidence in (quotes, under_headings)]
        if all(score.verdict is not Verdict.SUPPORTED for score in scores):
            yield f"“{sentence}” is not carried by {quotes}: {'; '.join(scores[0].reasons)}"


def _without_numbers(section: Sequence[str]) -> list[str]:
    """The headings' words: "4.2 Who may start" is no statement about the numbers 4 and 2."""
    return [_NUMBERING.sub("", heading) for heading in section]

"""Answers are verified anew, from the stored documents alone: nothing that the answer says of itself is believed."""

from __future__ import annotations

from collections.abc import Iterator

from ragkit.answering.answer import Statement
from ragkit.answering.sentences import sentence_spans
from ragkit.evaluation.record import Record
from ragkit.grounding.checking import lines_not_verbatim
from ragkit.grounding.composed import check_composed
from ragkit.grounding.verdict import Verdict


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
    quotes = {citation.number: citation.quote for citation in answer.citations}
    for statement in answer.statements:
        evidence = [quotes[number] for number in statement.citations if number in quotes]
        if not evidence or len(evidence) < len(statement.citations):
            yield f"“{statement.text}” cites what is not there"
        else:
            yield from _unsupported(statement, evidence)


def _unsupported(statement: Statement, evidence: list[str]) -> Iterator[str]:
    if not statement.composed:
        for line in lines_not_verbatim(statement.text, evidence):
            yield f"“{line}” is said to be verbatim and does not stand in the words cited"
        return
    for start, end in sentence_spans(statement.text):
        score = check_composed(statement.text[start:end], evidence)
        if score.verdict is not Verdict.SUPPORTED:
            yield f"“{statement.text[start:end]}” is not carried by {evidence}: {'; '.join(score.reasons)}"

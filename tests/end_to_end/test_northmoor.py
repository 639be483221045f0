"""Staff questions to the Northmoor policies: what must never happen, and how often the answer is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from ragkit import Answer, KnowledgeBase, User
from ragkit.answering.answer import SHOWN
from ragkit.evaluation.questions.question import Question, QuestionSet

EVALUATION = Path(__file__).parents[2] / "eval" / "northmoor"
CORE = QuestionSet.model_validate(yaml.safe_load((EVALUATION / "core.yaml").read_text(encoding="utf-8")))
QUESTIONS = [question for question in CORE.questions if "core" in question.tags]


@dataclass(frozen=True)
class Asked:
    """A question, who asked it, and the answer."""

    question: Question
    user: User | None
    answer: Answer


@pytest.fixture(scope="module")
def asked(northmoor: KnowledgeBase) -> list[Asked]:
    return [_ask(northmoor, question) for question in QUESTIONS]


def _ask(kb: KnowledgeBase, question: Question) -> Asked:
    user = None if question.roles is None else User("test", roles=question.roles)
    answer = kb.ask(question.question, site=question.site, user=user, as_of=question.as_of or CORE.today)
    return Asked(question, user, answer)


@cache
def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _right(asked: Asked) -> bool:
    """An answerable question: everything needed is quoted from the right file. Any other: no answer."""
    question, answer = asked.question, asked.answer
    if not question.answerable:
        return answer.status not in SHOWN
    quotes = _plain(" ".join(citation.quote for citation in answer.citations))
    complete = all(_any_of(needed, quotes) for needed in question.must_have)
    sources = {citation.source for citation in answer.citations}
    return answer.status in SHOWN and complete and question.gold[0].document in sources


def _any_of(needed: str | tuple[str, ...], quotes: str) -> bool:
    return any(_plain(words) in quotes for words in ((needed,) if isinstance(needed, str) else needed))


def test_every_quote_stands_word_by_word_in_the_version_it_names(northmoor: KnowledgeBase, asked: list[Asked]) -> None:
    for each in asked:
        for citation in each.answer.citations:
            document = northmoor.document(citation.document_id, citation.version, user=each.user)
            assert document.text[citation.start : citation.end] == citation.quote
            assert document.page_at(citation.start) == citation.page
            assert citation.quote in citation.surrounding


def test_what_a_reader_may_not_see_is_not_cited_and_not_named(northmoor: KnowledgeBase, asked: list[Asked]) -> None:
    for each in asked:
        listed = {row.source for row in northmoor.documents(user=each.user)}
        assert {citation.source for citation in each.answer.citations} <= listed


def test_only_the_version_in_force_on_the_day_is_cited(northmoor: KnowledgeBase, asked: list[Asked]) -> None:
    for each in asked:
        as_of = each.question.as_of or CORE.today
        in_force = {
            (row.document_id, row.version) for row in northmoor.documents(user=each.user, as_of=as_of) if row.in_force
        }
        assert {(citation.document_id, citation.version) for citation in each.answer.citations} <= in_force


def test_the_other_site_never_answers(northmoor: KnowledgeBase, asked: list[Asked]) -> None:
    for each in asked:
        site = each.question.site
        sites = {row.source: row.site for row in northmoor.documents(user=each.user)}
        for citation in each.answer.citations:
            assert site is None or sites[citation.source] in (None, site)


def test_a_document_that_must_not_answer_does_not(asked: list[Asked]) -> None:
    wrong = [
        each.question.id
        for each in asked
        if set(each.question.forbidden_documents) & {citation.source for citation in each.answer.citations}
    ]
    assert wrong == []


def test_a_medicine_that_no_policy_doses_is_never_given_the_dose_of_another(northmoor: KnowledgeBase) -> None:
    nurse = User("test", roles={"nurse"})
    for medicine in ("digoxin", "dofetilide", "methotrexate", "rocuronium", "Dilantin", "lithium"):
        answer = northmoor.ask(f"What is the loading dose of {medicine} for an adult?", user=nurse)
        shown = f"{answer.text} {' '.join(citation.title for citation in answer.citations)}".lower()
        assert answer.status not in SHOWN or medicine.lower() in shown, answer.text


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("heparin bolus for a PE, adult, 72 kg", "70 to 79\t6,000"),
        ("heparin bolus for a PE, adult, 55 kg", "50 to 59\t4,500"),
        ("heparin bolus for a PE, adult, 120 kg", "110 and over\t9,000"),
    ],
)
def test_the_row_of_the_patients_weight_is_shown_with_its_header_and_no_other_row(
    question: str, row: str, northmoor: KnowledgeBase
) -> None:
    answer = northmoor.ask(question, user=User("test", roles={"nurse"}))
    quotes = "\n".join(citation.quote for citation in answer.citations)
    assert row in quotes and "Bolus (units)" in quotes
    other_rows = {"70 to 79\t6,000", "50 to 59\t4,500", "110 and over\t9,000"} - {row}
    assert not any(other in quotes for other in other_rows)


def test_most_questions_are_answered_right_or_refused_rightly(asked: list[Asked]) -> None:
    """A floor below what is measured (docs/measurements.md), so that a loss is seen; not the aim."""
    wrong = [each.question.id for each in asked if not _right(each)]
    assert len(wrong) <= 0.25 * len(asked), wrong

"""Staff questions to the Northmoor policies: what must never happen, and how often the answer is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ragkit import Answer, KnowledgeBase, User

QUESTIONS = yaml.safe_load((Path(__file__).parent / "northmoor_questions.yaml").read_text(encoding="utf-8"))[
    "questions"
]
ANSWERED = ("answered", "partial")


@dataclass(frozen=True)
class Asked:
    """A question, who asked it, and the answer."""

    item: dict[str, Any]
    user: User | None
    answer: Answer


@pytest.fixture(scope="module")
def asked(northmoor: KnowledgeBase) -> list[Asked]:
    return [_ask(northmoor, item) for item in QUESTIONS]


def _ask(kb: KnowledgeBase, item: dict[str, Any]) -> Asked:
    roles = item.get("roles", ["staff"])
    user = User("test", roles=roles) if roles else None
    as_of = str(item["as_of"]) if "as_of" in item else None
    return Asked(item, user, kb.ask(item["question"], site=item.get("site"), user=user, as_of=as_of))


@cache
def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _right(asked: Asked) -> bool:
    """An answerable question: everything needed is quoted from the right file. Any other: no answer."""
    item, answer = asked.item, asked.answer
    if not item.get("answerable", True):
        return answer.status not in ANSWERED
    quotes = _plain(" ".join(citation.quote for citation in answer.citations))
    complete = all(_plain(part) in quotes for part in item.get("must_have", []))
    return answer.status in ANSWERED and complete and item["file"] in {citation.source for citation in answer.citations}


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
        as_of = str(each.item["as_of"]) if "as_of" in each.item else None
        in_force = {
            (row.document_id, row.version) for row in northmoor.documents(user=each.user, as_of=as_of) if row.in_force
        }
        assert {(citation.document_id, citation.version) for citation in each.answer.citations} <= in_force


def test_the_other_site_never_answers(northmoor: KnowledgeBase, asked: list[Asked]) -> None:
    for each in asked:
        site = each.item.get("site")
        sites = {row.source: row.site for row in northmoor.documents(user=each.user)}
        for citation in each.answer.citations:
            assert site is None or sites[citation.source] in (None, site)


def test_a_document_that_must_not_answer_does_not(asked: list[Asked]) -> None:
    wrong = [
        each.item["id"]
        for each in asked
        if each.item.get("not_from") in {citation.source for citation in each.answer.citations}
    ]
    assert wrong == []


def test_a_medicine_that_no_policy_doses_is_never_given_the_dose_of_another(northmoor: KnowledgeBase) -> None:
    nurse = User("test", roles={"nurse"})
    for medicine in ("digoxin", "dofetilide", "methotrexate", "rocuronium", "Dilantin", "lithium"):
        answer = northmoor.ask(f"What is the loading dose of {medicine} for an adult?", user=nurse)
        shown = f"{answer.text} {' '.join(citation.title for citation in answer.citations)}".lower()
        assert answer.status not in ANSWERED or medicine.lower() in shown, answer.text


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
    wrong = [each.item["id"] for each in asked if not _right(each)]
    assert len(wrong) <= 0.25 * len(asked), wrong

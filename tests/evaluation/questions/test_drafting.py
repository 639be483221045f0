"""Questions drafted from an institution's own documents, for a person to accept or edit."""

from __future__ import annotations

import doctest
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase, User
from ragkit.errors import EvaluationError
from ragkit.evaluation.questions.checking import check_question_set
from ragkit.evaluation.questions.draft_writing import draft_yaml, write_draft
from ragkit.evaluation.questions.drafting import draft_questions
from ragkit.evaluation.questions.problem import Severity
from ragkit.evaluation.questions.proposals import grammar
from ragkit.evaluation.questions.proposals.grammar import take_apart
from ragkit.evaluation.questions.proposals.near_misses import near_misses
from ragkit.evaluation.questions.proposals.proposal import Source
from ragkit.evaluation.questions.question import Question, QuestionSet
from ragkit.evaluation.questions.reading import load_question_set

NURSE = User("drafter", roles={"staff"})

LINES = """---
reference_number: VA-7
title: Midline Catheters, Adults
effective_date: 2025-02-01
roles: [staff]
---
# Midline Catheters, Adults

## Definitions

Dwell time means the number of days from insertion to removal.

## Care

The insertion site is assessed every 4 hours. Replace a loose dressing within 30 minutes of discovery.

The charge nurse reviews the need for the catheter every day. It is removed within 2 hours.

Scrub the hub for at least 15 seconds before every access. This is repeated every 3 hours, then every 6 hours.

Remove the catheter when:

- the arm is swollen;
- the dressing cannot be kept dry; or
- therapy has ended.

## Who may insert

Only a trained vascular access nurse may insert a midline catheter. No student may remove the stylet alone.

A pump that the nurse may silence is labelled. A supervisor may not shorten the training.

## Flushing

| Lumen | Saline (mL) | How often | Notes |
| --- | --- | --- | --- |
| Single lumen | 10 | Every 12 hours | |
| Double lumen | 20 | Every 8 hours | Both lumens |
| Pediatric | N/A | N/A | |

Give heparin 50 units IV after each use of a locked lumen.

Do not exceed 500 mL in an hour. Warfarin is continued.

The locked lumen is flushed every 3 hours, then every 6 hours.

## Pumps

The pump is checked every 2 hours. The pump is checked every 5 hours.
"""

RETIRED = """---
title: Wooden Splints
status: retired
roles: [staff]
---
# Wooden Splints

The splint is dried within 9 hours.
"""

CARTS = """# Emergency Carts

The emergency cart is checked every shift.

## Contents

| Drawer | Content |
| --- | --- |
| Top drawer | Airway devices of all sizes |
| Second drawer | Lines and syringes |

The seal is broken only by the code team.
"""

SECRET = """---
title: Missing Stock Inquiry
roles: [pharmacist]
---
# Missing Stock Inquiry

The inquiry is opened within 3 hours of the count.
"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("drafting")
    documents = folder / "policies"
    documents.mkdir()
    (documents / "ragkit.yaml").write_text("default_roles: [staff]\n")
    (documents / "midlines.md").write_text(LINES)
    (documents / "carts.md").write_text(CARTS)
    (documents / "splints.md").write_text(RETIRED)
    (documents / "inquiry.md").write_text(SECRET)
    with KnowledgeBase.open(folder / "kb") as opened:
        assert not opened.ingest(documents).failed
        yield opened


@pytest.fixture(scope="module")
def drafts(kb: KnowledgeBase) -> QuestionSet:
    return draft_questions(kb, limit=100, user=NURSE)


def find(drafts: QuestionSet, words: str) -> Question:
    found = [question for question in drafts.questions if question.question.startswith(words)]
    assert len(found) == 1, [question.question for question in drafts.questions]
    return found[0]


@pytest.mark.parametrize(
    ("words", "must_have", "quote"),
    [
        ("How often is the insertion site assessed", "every 4 hours", "The insertion site is assessed every 4 hours."),
        ("How soon after discovery do you replace a loose dressing", "30 minutes", "Replace a loose dressing within"),
        ("How often does the charge nurse review the need for the catheter", "every day", "The charge nurse reviews"),
        ("For how long do you scrub the hub before every access", "at least 15 seconds", "Scrub the hub for at least"),
        ("Who may insert a midline catheter", "trained vascular access nurse", "Only a trained vascular access nurse"),
        ("When do you remove the catheter", "therapy has ended", "the arm is swollen"),
        ("What is the saline for single lumen", "10", "Single lumen 10 Every 12 hours"),
        ("How often: double lumen", "Every 8 hours", "Double lumen 20 Every 8 hours"),
        ("What is the IV dose of heparin", "50 units", "Give heparin 50 units IV"),
        ("What is the content for top drawer", "Airway devices of all sizes", "Top drawer Airway devices"),
        ("By whom is the seal broken", "code team", "The seal is broken only by the code team."),
    ],
)
def test_each_pattern_asks_what_the_place_answers(drafts: QuestionSet, words: str, must_have: str, quote: str) -> None:
    question = find(drafts, words)
    assert must_have in question.must_have
    assert quote in question.gold[0].quote
    assert question.question.endswith("?")


def test_a_definition_is_asked_by_its_term(drafts: QuestionSet) -> None:
    assert find(drafts, "What is meant by “Dwell time”").category == "definition"


def test_nothing_is_asked_of_an_empty_cell_or_a_column_of_notes(drafts: QuestionSet) -> None:
    asked = " ".join(question.question for question in drafts.questions)
    assert "pediatric" not in asked.lower()
    assert "notes" not in asked.lower()


def test_a_sentence_that_refers_back_or_names_several_times_is_not_asked_for(drafts: QuestionSet) -> None:
    quotes = [gold.quote for question in drafts.questions for gold in question.gold if "time_limit" in question.tags]
    assert not any(quote.startswith(("It is", "This is", "The locked lumen")) for quote in quotes)


def test_a_prohibition_is_no_permission(drafts: QuestionSet) -> None:
    allowed = {question.question for question in drafts.questions if "who_may" in question.tags}
    assert len(allowed) == 2
    assert not any(word in " ".join(allowed) for word in ("stylet", "silence", "shorten"))


def test_what_two_places_answer_differently_is_not_asked(drafts: QuestionSet) -> None:
    assert not any("pump" in question.question for question in drafts.questions)


def test_what_is_not_in_force_is_not_asked_about(drafts: QuestionSet) -> None:
    assert "splint" not in draft_yaml(drafts).lower()


def test_the_document_is_named_where_the_words_do_not_tell_it(drafts: QuestionSet) -> None:
    assert find(drafts, "How often is the insertion site").question.endswith("assessed (Midline Catheters, Adults)?")
    assert find(drafts, "How often is the emergency cart").question == "How often is the emergency cart checked?"


def test_every_draft_is_marked_and_says_what_it_was_read_from(drafts: QuestionSet) -> None:
    assert all("draft" in question.tags for question in drafts.questions)
    assert all(question.notes.startswith(("Drafted from ", "Decide whether ")) for question in drafts.questions)
    assert (
        find(drafts, "How often is the insertion").notes
        == "Drafted from a sentence with a time: “every 4 hours”, under “Care”."
    )


def test_the_gold_of_every_draft_is_proven_against_the_documents(kb: KnowledgeBase, drafts: QuestionSet) -> None:
    errors = [p for p in check_question_set(drafts, kb) if p.severity is Severity.ERROR]
    assert not errors


def test_drafts_of_one_section_are_one_group(drafts: QuestionSet) -> None:
    care = {question.group for question in drafts.questions if question.gold and question.gold[0].section == "Care"}
    assert len(care) == 1
    assert care != {""}


def test_a_near_miss_asks_for_what_no_document_names_and_is_for_a_person_to_decide(drafts: QuestionSet) -> None:
    misses = [question for question in drafts.questions if "decide" in question.tags]
    assert misses
    for question in misses:
        assert not question.answerable
        assert "stands in no document" in question.notes or "none of the" in question.notes
    asked = " ".join(question.question.lower() for question in misses)
    assert "heparin" not in asked
    assert "warfarin" not in asked, "the documents name it"


@pytest.fixture
def midlines(kb: KnowledgeBase) -> Source:
    [row] = [row for row in kb.documents(user=NURSE) if row.reference_number == "VA-7"]
    return Source(row, kb.document(row.document_id, user=NURSE))


def test_a_medicine_is_exchanged_for_one_of_its_class_that_no_document_names(midlines: Source) -> None:
    known = {"warfarin", "lovenox"}  # a brand name of enoxaparin: the documents speak of it
    [miss, *_] = near_misses("What is the IV dose of heparin?", midlines, lambda words: words in known, lambda _: [])
    assert miss.question == "What is the IV dose of apixaban?"


@pytest.mark.parametrize(("found", "count"), [(["Adults only."], 1), (["Newborns as well."], 0), ([], 0)])
def test_the_other_population_is_asked_for_where_no_passage_speaks_of_it(
    midlines: Source, found: list[str], count: int
) -> None:
    misses = list(near_misses("How often is the site assessed?", midlines, lambda _: True, lambda _: found))
    assert [miss.question for miss in misses] == ["How often is the site assessed in a newborn?"][:count]


def test_what_a_person_may_not_read_is_not_asked_about(kb: KnowledgeBase, drafts: QuestionSet) -> None:
    assert "inquiry" not in draft_yaml(drafts).lower()
    pharmacist = draft_questions(kb, user=User("p", roles={"pharmacist"}))
    assert "How soon after the count is the inquiry opened" in draft_yaml(pharmacist)
    assert pharmacist.questions[0].roles == ("pharmacist",)


def test_few_drafts_are_spread_over_the_documents(kb: KnowledgeBase) -> None:
    few = draft_questions(kb, limit=4, user=NURSE, kinds=["table", "time_limit"])
    assert Counter(q.gold[0].document for q in few.questions) == {"midlines.md": 2, "carts.md": 2}


def test_only_the_kinds_that_were_asked_for_are_drafted(kb: KnowledgeBase) -> None:
    assert {q.tags[-1] for q in draft_questions(kb, user=NURSE, kinds=["dose"]).questions} == {"dose"}
    with pytest.raises(EvaluationError, match="the kinds are table"):
        draft_questions(kb, user=NURSE, kinds=["poem"])


def test_documents_that_suggest_nothing_are_an_error_that_says_what_to_do(kb: KnowledgeBase) -> None:
    with pytest.raises(EvaluationError, match="other roles"):
        draft_questions(kb, user=None)


def test_the_file_is_read_back_as_the_same_set(drafts: QuestionSet, tmp_path: Path) -> None:
    path = write_draft(drafts, tmp_path / "new" / "draft.yaml")
    assert load_question_set(path).questions == drafts.questions
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Drafted questions: nobody has accepted them yet.")
    assert text.count("# accept, edit or delete") + text.count("# decide:") == len(drafts.questions)


def test_a_file_that_somebody_may_have_edited_is_never_overwritten(drafts: QuestionSet, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text("mine")
    with pytest.raises(EvaluationError, match="somebody may have edited it"):
        write_draft(drafts, path)
    assert path.read_text() == "mine"


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(grammar) == (0, 3)


@pytest.mark.parametrize(
    "sentence",
    [
        "it is removed within 2 hours", "they must be filed", "the form, which is long, must be filed",
        "the following must be recorded", "neurologic checks", "the goal is departure within an hour",
    ],
)  # fmt: skip
def test_a_sentence_that_cannot_be_turned_safely_gives_no_question(sentence: str) -> None:
    assert take_apart(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("notify the supervisor", "When do you notify the supervisor"),
        ("the report must be filed", "When must the report be filed"),
        ("the pharmacist verifies the order", "When does the pharmacist verify the order"),
        ("two nurses check the dose", "When do two nurses check the dose"),
    ],
)
def test_a_simple_sentence_is_turned_round(sentence: str, question: str) -> None:
    clause = take_apart(sentence)
    assert clause is not None
    assert clause.question("When") == question

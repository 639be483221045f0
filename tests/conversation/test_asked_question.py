"""What becomes of a question before anything else sees it."""

from __future__ import annotations

import pytest

from ragkit.conversation.asked_question import earlier_questions, read_question
from ragkit.errors import QuestionError


def test_identifiers_are_taken_out_of_the_question_and_of_those_before_it() -> None:
    asked = read_question("and for Mrs. Vandermolen?", ["How often is Mr. Quimby's (MRN 4491200) PICC flushed?"])
    assert asked.as_asked == "and for Mrs. Vandermolen?"
    assert asked.identifiers == {"name": 2, "record_number": 1}
    assert asked.confined
    for hidden in ("Vandermolen", "Quimby", "4491200"):
        assert hidden not in asked.text


def test_a_question_is_made_self_contained_after_its_identifiers_are_gone() -> None:
    asked = read_question("and in children?", ["max dose of tylenol for Harold Quimby, an adult?"])
    assert asked.standalone == asked.text
    assert "children" in asked.text and "tylenol" in asked.text and "Quimby" not in asked.text


def test_a_complete_question_without_identifiers_is_what_was_asked() -> None:
    asked = read_question("How often is a PICC flushed?", ["Is the cafeteria open?"])
    assert (asked.text, asked.standalone, asked.identifiers, asked.confined) == (asked.as_asked, None, {}, False)


def test_whether_it_stays_on_premises_is_decided_with_whether_identifiers_were_found() -> None:
    told: list[bool] = []

    def confined(found: bool) -> bool:
        told.append(found)
        return found

    read_question("why?", ["Mr. Quimby fell, who is told?"], confined=confined)
    read_question("why?", ["Somebody fell, who is told?"], confined=confined)
    assert told == [True, False]


def test_control_characters_are_no_part_of_what_was_asked() -> None:
    assert read_question("How\u200b often\x00?").as_asked == "How often?"


@pytest.mark.parametrize("wrong", ["and in children?", ["one", 2], [None]])
def test_earlier_questions_are_a_list_of_texts(wrong: object) -> None:
    with pytest.raises(QuestionError, match="previous_questions"):
        earlier_questions(wrong)  # type: ignore[arg-type]
    assert earlier_questions(["one", " ", "two"]) == ("one", "two")

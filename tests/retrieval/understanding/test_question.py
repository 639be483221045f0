"""The question as a whole."""

from __future__ import annotations

import pytest

from ragkit.errors import QuestionError
from ragkit.retrieval.query import Population
from ragkit.retrieval.understanding import understand


def test_invisible_characters_are_taken_out_and_the_rest_is_kept() -> None:
    question = "who\u200b may\x00 sign\n the \u202eform\u202c? \ufb01rst"
    assert understand(question).text == "who may sign the form? first"


def test_line_breaks_and_tabs_part_words() -> None:
    assert understand("who\tmay\nsign").text == "who may sign"


def test_full_width_and_typographic_characters_become_plain() -> None:
    assert understand("Policy ４１２ — “scrubs”").text == 'Policy 412 - "scrubs"'


@pytest.mark.parametrize("question", ["", "   ", "\x00\x01", "?!…", "\u200b"])
def test_a_question_without_words_is_refused_with_advice(question: str) -> None:
    with pytest.raises(QuestionError, match="Ask in a sentence"):
        understand(question)


def test_a_reference_number_weighs_most_and_is_no_ordinary_number() -> None:
    query = understand("policy 412: 3 visitors per bed?")
    assert query.reference_numbers == ("412",)
    weights = {term.text: term.weight for term in query.terms}
    assert weights["412"] == max(weights.values())
    assert weights["3"] < weights["visitors"]


def test_a_medicine_weighs_more_than_a_plain_word_and_a_common_word_less() -> None:
    weights = {term.text: term.weight for term in understand("patient refuses heparin").terms}
    assert weights["heparin"] > weights["refuses"] > weights["patient"]


def test_words_without_content_are_no_terms() -> None:
    assert [term.text for term in understand("what do we do with the forceps").terms] == ["forceps"]


def test_everything_is_understood_at_once() -> None:
    query = understand("Ref. 973 - 6yo, zofran how much?")
    assert query.reference_numbers == ("973",)
    assert query.populations == (Population.PEDIATRIC,)
    assert query.kinds[0] == "dose"
    assert query.expanded_text == "Ref. 973 - 6yo, ondansetron how much?"


def test_a_question_of_many_thousand_words_is_understood() -> None:
    assert len(understand("catheter care " * 4000).terms) == 2


def test_a_question_in_another_language_is_searched_for_as_it_is() -> None:
    assert {term.text for term in understand("¿Cuánto tiempo dura el aislamiento?").terms} >= {"tiempo", "aislamiento"}

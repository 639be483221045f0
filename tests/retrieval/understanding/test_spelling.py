"""Misspellings are mended from the words of the documents, and never into another medicine by two slips."""

from __future__ import annotations

import pytest

from ragkit.retrieval.understanding import CorpusVocabulary, understand
from ragkit.retrieval.understanding.spelling import american_form
from ragkit.retrieval.understanding.vocabulary import clinical_vocabulary


def corpus(*words: str) -> CorpusVocabulary:
    return CorpusVocabulary(count_words=lambda: dict.fromkeys(words, 3))


def terms(question: str, *known: str) -> set[str]:
    return {term.text for term in understand(question, corpus(*known)).terms}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("recieving", "receiving"), ("catether", "catheter"), ("isollation", "isolation"), ("transfusin", "transfusion")],
)
def test_one_slip_is_mended(typed: str, meant: str) -> None:
    assert meant in terms(f"{typed} form", meant, "form")


def test_the_person_is_told_what_was_mended() -> None:
    query = understand("tourniqet time", corpus("tourniquet", "time"))
    assert query.caveats == ("'tourniqet' was read as 'tourniquet'.",)
    assert query.expanded_text == "tourniquet time"


def test_two_slips_in_a_long_word_are_mended() -> None:
    assert "documentation" in terms("documantasion", "documentation")


def test_a_word_of_the_documents_is_never_changed() -> None:
    assert "oxgyen" in terms("oxgyen", "oxgyen", "oxygen")


def test_a_mended_abbreviation_or_name_is_expanded() -> None:
    [found] = understand("ketorlac", corpus()).terms
    assert (found.text, "toradol" in found.variants) == ("ketorolac", True)


@pytest.mark.parametrize(
    ("asked", "near"),
    [("dopamine", "dobutamine"), ("quinine", "quinidine"), ("vincristine", "vinblastine"), ("cefoxitin", "cefotetan")],
)
def test_one_medicine_is_never_mended_into_another(asked: str, near: str) -> None:
    assert terms(f"{asked} rate", near, "rate") == {asked, "rate"}


def test_an_unknown_medicine_is_not_reached_over_two_slips() -> None:
    assert "midazolam" not in terms("midozolan", "midazolam")


def test_without_documents_nothing_is_mended() -> None:
    assert {term.text for term in understand("catether").terms} == {"catether"}


@pytest.mark.parametrize("word", ["xq", "qwrtz", "abc123", "zzzzz"])
def test_short_and_hopeless_words_stay_as_they_are(word: str) -> None:
    assert word in terms(word, "catheter", "isolation")


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("anaesthetist", "anesthetist"),
        ("oedematous", "edematous"),
        ("ischaemic", "ischemic"),
        ("catheterised", "catheterized"),
        ("labelling", "labeling"),
        ("colours", "colors"),
        ("centres", "centers"),
    ],
)
def test_british_spelling_is_searched_for_in_american_too(british: str, american: str) -> None:
    assert american_form(british, clinical_vocabulary()) == american


@pytest.mark.parametrize(
    "word", ["dialysis", "paralysis", "analysis", "diagnosis", "four", "hours", "raised", "exercise"]
)
def test_words_that_both_share_are_left_alone(word: str) -> None:
    assert american_form(word, clinical_vocabulary()) is None


@pytest.mark.parametrize(("word", "near"), [("rabies", "babies"), ("parking", "packing"), ("vacation", "vacations")])
def test_an_english_word_is_not_a_misspelling_of_what_the_documents_happen_to_hold(word: str, near: str) -> None:
    query = understand(f"when do I need {word}?", corpus(near))
    assert query.caveats == ()
    assert word in {term.text for term in query.terms}


def test_a_medicine_is_known_as_one_by_each_of_its_names() -> None:
    terms = {term.text: term.medicine for term in understand("Ativan or digoxin for a nurse?").terms}
    assert terms == {"ativan": True, "digoxin": True, "nurse": False}

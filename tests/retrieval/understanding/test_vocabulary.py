"""The clinical vocabulary as data: large enough, well formed, and safe."""

from __future__ import annotations

import pytest

from ragkit.retrieval.understanding.vocabulary import EntryKind, clinical_vocabulary, load_data
from ragkit.retrieval.words import STOP_WORDS

LISTS = ("abbreviations", "lay_words")


def entries_of(name: str) -> list[tuple[str, object]]:
    return [item for section in load_data(name).values() for item in section.items()]


def forms_of(body: object) -> list[str]:
    means = body["means"] if isinstance(body, dict) else body
    return [means] if isinstance(means, str) else list(means)


def test_there_are_at_least_four_hundred_abbreviations() -> None:
    assert len(entries_of("abbreviations")) + len(load_data("ambiguous")) >= 400


def test_every_field_of_the_hospital_is_covered() -> None:
    assert len(load_data("abbreviations")) >= 12
    assert len(load_data("drugs")["same_substance"]) >= 150
    assert len(entries_of("lay_words")) >= 200


@pytest.mark.parametrize("name", LISTS)
def test_every_phrase_and_form_is_plain_lower_case_text(name: str) -> None:
    for phrase, body in entries_of(name):
        for text in (phrase, *forms_of(body)):
            assert isinstance(text, str)
            assert text == text.lower().strip()
            assert "  " not in text


def test_no_phrase_is_a_word_without_content() -> None:
    """Such a word would be expanded in nearly every question; capitals and context are what may permit it."""
    ambiguous = load_data("ambiguous")
    offenders = [
        phrase
        for name in LISTS
        for phrase, body in entries_of(name)
        if phrase in STOP_WORDS and not (isinstance(body, dict) and body.get("upper"))
    ]
    offenders += [phrase for phrase, body in ambiguous.items() if phrase in STOP_WORDS and not body.get("upper")]
    assert offenders == []


def test_an_ambiguous_abbreviation_stands_in_no_other_list_of_abbreviations() -> None:
    single = {phrase for phrase, _ in entries_of("abbreviations")}
    assert single & set(load_data("ambiguous")) == set()


def test_no_word_decides_for_two_meanings_that_are_both_medicines() -> None:
    for body in load_data("ambiguous").values():
        medicines = [
            set(sense["when"])
            for sense in body["senses"]
            if any(
                entry.kind is EntryKind.MEDICINE
                for form in sense["means"]
                for entry in clinical_vocabulary().entries.get(form, ())
            )
        ]
        for position, words in enumerate(medicines):
            for others in medicines[position + 1 :]:
                # words that both have decide for neither; what is left must tell them apart
                assert words - others
                assert others - words


def test_a_name_stands_for_one_medicine_only() -> None:
    seen: dict[str, str] = {}
    for generic, names in load_data("drugs")["same_substance"].items():
        for name in (generic, *names):
            assert seen.setdefault(name, generic) == generic


def test_medicines_that_look_alike_are_never_equated() -> None:
    pairs = [
        ("hydralazine", "hydroxyzine"),
        ("dopamine", "dobutamine"),
        ("epinephrine", "norepinephrine"),
        ("epinephrine", "ephedrine"),
        ("morphine", "hydromorphone"),
        ("vinblastine", "vincristine"),
        ("prednisone", "prednisolone"),
        ("insulin lispro", "insulin glargine"),
        ("alteplase", "tenecteplase"),
        ("heparin", "enoxaparin"),
        ("oxycodone", "hydrocodone"),
        ("clonidine", "clonazepam"),
    ]
    vocabulary = clinical_vocabulary()
    for left, right in pairs:
        for name, other in ((left, right), (right, left)):
            forms = {form for entry in vocabulary.entries.get(name, ()) for form in entry.forms}
            assert other not in forms


def test_a_combination_is_not_searched_for_when_one_of_its_parts_is_asked_for() -> None:
    vocabulary = clinical_vocabulary()
    for combination, parts in load_data("drugs")["combinations"].items():
        for part in parts:
            forms = {form for entry in vocabulary.entries.get(part, ()) for form in entry.forms}
            assert combination not in forms

"""Abbreviations, other names, and the stop rule for what has several meanings."""

from __future__ import annotations

import pytest

from ragkit.retrieval.query import QueryTerm
from ragkit.retrieval.understanding import understand


def term(question: str, text: str) -> QueryTerm:
    return next(term for term in understand(question).terms if term.text == text)


@pytest.mark.parametrize(
    ("question", "written", "meant"),
    [
        ("ABG before extubation?", "abg", "arterial blood gas"),
        ("toradol before surgery", "toradol", "ketorolac"),
        ("ketorolac before surgery", "ketorolac", "toradol"),
        ("zofran for nausea", "zofran", "ondansetron"),
        ("versed for the MRI", "versed", "midazolam"),
        ("narcan kit", "narcan", "naloxone"),
        ("her water broke", "water broke", "rupture of membranes"),
        ("on a blood thinner", "blood thinner", "anticoagulant"),
        ("heart attack on the ward", "heart attack", "myocardial infarction"),
        ("diver with the bends", "the bends", "decompression illness"),
        ("found after drowning", "drowning", "submersion"),
        ("paediatric ward", "paediatric", "pediatric"),
        ("pediatric ward", "pediatric", "paediatric"),
        ("haemorrhage after birth", "haemorrhage", "hemorrhage"),
        ("hemorrhage after birth", "hemorrhage", "haemorrhage"),
        ("adrenaline autoinjector", "adrenaline", "epinephrine"),
        ("catheter associated urinary tract infection bundle", "catheter associated urinary tract infection", "cauti"),
    ],
)
def test_what_means_the_same_is_searched_for_too(question: str, written: str, meant: str) -> None:
    assert meant in term(question, written).variants


def test_an_abbreviation_is_spelt_out_for_the_dense_search() -> None:
    assert understand("TXA in PPH").expanded_text == "tranexamic acid in postpartum hemorrhage"


@pytest.mark.parametrize(
    ("question", "written", "meant"),
    [
        ("PT and OT eval before discharge, gait unsteady", "pt", "physical therapy"),
        ("PT/INR before warfarin", "pt", "prothrombin time"),
        ("give MS 4 mg IV for pain", "ms", "morphine"),
        ("MS flare, interferon?", "ms", "multiple sclerosis"),
        ("DC the foley", "dc", "discontinue"),
        ("DC instructions in Spanish", "dc", "discharge"),
        ("RT to wean the vent", "rt", "respiratory therapist"),
        ("CP and diaphoretic, ekg first?", "cp", "chest pain"),
        ("CP with spasticity, baclofen pump", "cp", "cerebral palsy"),
        ("took viagra for ED, chest pain", "ed", "erectile dysfunction"),
        ("crash cart in the OR, surgeon asks", "or", "operating room"),
        ("IV site care", "iv", "intravenous"),
        ("HR above 150 in an infant", "hr", "heart rate"),
        ("who in HR approves leave", "hr", "human resources"),
        ("SI joint block", "si", "sacroiliac"),
        ("SSI bundle, incision dressing", "ssi", "surgical site infection"),
        ("SSI insulin scale", "ssi", "sliding scale insulin"),
    ],
)
def test_context_decides_for_one_meaning(question: str, written: str, meant: str) -> None:
    assert meant in term(question, written).variants


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("MS in triage", "ms"),
        ("DC at noon", "dc"),
        ("RT on nights", "rt"),
        ("CP in bed four", "cp"),
        ("class IV", "iv"),
    ],
)
def test_without_context_an_ambiguous_abbreviation_stays_as_written(question: str, written: str) -> None:
    assert term(question, written).variants == ()
    assert understand(question).expanded_text == question


def test_where_a_wrong_reading_could_harm_the_person_is_told() -> None:
    [caveat] = understand("MS at bedtime").caveats
    assert "morphine sulfate" in caveat
    assert "multiple sclerosis" in caveat


def test_words_that_decide_for_two_meanings_alike_decide_for_none() -> None:
    assert term("DC home, what about the foley", "dc").variants == ()


@pytest.mark.parametrize("question", ["is it safe or not", "all staff in one room", "who can care for us"])
def test_ordinary_words_are_not_taken_for_abbreviations(question: str) -> None:
    variants = {form for term in understand(question).terms for form in term.variants}
    assert not variants & {"operating room", "intranasal", "ultrasound", "information technology"}


def test_in_a_question_all_in_capitals_capitals_say_nothing() -> None:
    variants = {form for term in understand("WHO CLEANS THE ROOM OR THE BED").terms for form in term.variants}
    assert "operating room" not in variants


def test_a_word_that_needs_its_context_is_left_alone_without_it() -> None:
    assert understand("pull the chart").terms[0].variants == ()
    assert "remove" in understand("pull the foley").terms[0].variants


def test_a_meaning_of_the_capitals_is_not_taken_in_small_letters() -> None:
    assert term("pt refuses therapy, gait unsteady", "pt").variants == ("patient",)


def test_an_abbreviation_in_capitals_that_ends_in_s_is_no_plural() -> None:
    assert "automated external defibrillator" in term("where are the AEDs", "aeds").variants
    assert "c reactive protein" not in term("CRPS taper", "crps").variants
    assert term("the CSFS form", "csfs").variants == ()


@pytest.mark.parametrize(
    "question", ["the mask fits the toddler", "he smokes a pack a day", "the specimen sat in the room", "evidence bag"]
)
def test_everyday_uses_of_clinical_words_are_left_alone(question: str) -> None:
    variants = {form for term in understand(question).terms for form in term.variants}
    assert not variants & {"seizures", "smoke inhalation", "oxygen saturation", "evidense"}

"""Policy numbers in questions, and the numbers that are none."""

from __future__ import annotations

import pytest

from ragkit.retrieval.understanding.reference_numbers import find_reference_numbers


def numbers(text: str) -> list[str]:
    return [reference.number for reference in find_reference_numbers(text)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what does policy 412 say about visitors?", ["412"]),
        ("Ref. 973 - who signs?", ["973"]),
        ("protocol no. 2207-P, first drug?", ["2207-P"]),
        ("IC-310: when do I gown up?", ["IC-310"]),
        ("nur-118 turning schedule", ["nur-118"]),
        ("under 608.07 can a student draw blood", ["608.07"]),
        ("what does 9040 say about latex?", ["9040"]),
        ("per 641 how long is the badge good for", ["641"]),
        ("417: who chairs the committee?", ["417"]),
        ("which paragraph of 655 covers interpreters?", ["655"]),
        ("policies 302, 304 and 310 on restraints", ["302", "304", "310"]),
        ("is it the same in 1411 and 1411-P?", ["1411", "1411-P"]),
        ("#2115 fall risk", ["2115"]),
    ],
)
def test_a_number_that_names_a_document_is_found(question: str, expected: list[str]) -> None:
    assert numbers(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "can I give 500 mg in 100 mL over 30 minutes",
        "bp 180/110, pulse 112, sats 88%",
        "call 555-0142 or 911?",
        "the 2019 version of the policy",
        "does 2021 count",
        "a 105 year old man",
        "glucose of 480 this morning",
        "COVID-19 visitors",
        "1,000 mL of saline",
        "she weighs 150 pounds",
        "give 0.5 mg of atropine at 10:30",
        "at least 120 hours of training per year",
        "$350 fine",
        "in 250 patients",
        "does 250 mL count as a bolus",
        "per 100 patients",
    ],
)
def test_doses_pressures_years_and_telephone_numbers_are_no_references(question: str) -> None:
    assert numbers(question) == []

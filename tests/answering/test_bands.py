"""The line for the patient that the question describes, and no other."""

from __future__ import annotations

import pytest

from ragkit.answering.bands import band_fit, patient_quantities

WEIGHT = ["Weight (kg)", "Bolus (units)"]


@pytest.mark.parametrize(
    ("question", "cells", "headers", "fits"),
    [
        ("bolus for a 72 kg adult?", ["70 to 79", "6,000"], WEIGHT, True),
        ("bolus for a 72 kg adult?", ["60 to 69", "5,000"], WEIGHT, False),
        ("bolus for a 72kg adult?", ["70–79 kg", "6,000"], ["Band", "Bolus"], True),
        ("a child of 18 kg", ["16.4 to 21.7", "240"], ["Weight in kg", "Dose (mg)"], True),
        ("a child of 40 lb", ["16.4 to 21.7", "240"], ["Weight in kg", "Dose (mg)"], True),
        ("a 12 year old", ["9 to 17 years", "2 hours"], ["Age", "Order lasts"], True),
        ("a 12 y/o", ["18 years and older", "4 hours"], ["Age", "Order lasts"], False),
        ("scan shows 550 mL", ["500 mL or more", "Any", "Catheter"], ["Volume", "Symptoms", "Action"], True),
        ("scan shows 550 mL", ["300 to 499 mL", "None", "Wait"], ["Volume", "Symptoms", "Action"], False),
        ("scan shows 550 mL", ["Below 300 mL", "Any", "Wait"], ["Volume", "Symptoms", "Action"], False),
        ("BP 204/110, how much?", ["Two sprays for SBP ≥ 180 mmHg"], [], True),
        ("BP 164/92, how much?", ["Two sprays for SBP ≥ 180 mmHg"], [], False),
        ("an 8 month old", ["Under 1 year: 2 mL"], [], True),
        ("a 3 year old", ["From 1 year up to 6 years: 3 mL"], [], True),
        ("a 6 year old", ["From 1 year up to 6 years: 3 mL"], [], False),
        ("78 years old, 75 kg", ["70 to under 80", "40", "20"], ["Weight (kg)", "Dose (mg)", "mL"], True),
        ("78 years old, 80 kg", ["70 to under 80", "40", "20"], ["Weight (kg)", "Dose (mg)", "mL"], False),
        ("a 72 kg adult", ["Give 5 mg in 10 mL"], [], None),
        ("how much for an adult?", ["70 to 79", "6,000"], WEIGHT, None),
    ],
)
def test_a_line_holds_the_patient_or_leaves_them_out(
    question: str, cells: list[str], headers: list[str], fits: bool | None
) -> None:
    assert band_fit(question, cells, headers) is fits


def test_a_duration_since_something_is_no_property_of_the_patient() -> None:
    assert patient_quantities("a drain that was put in 3 days ago") == ()

"""What the list of conditions, devices and routes finds in a text."""

from __future__ import annotations

import pytest

from ragkit.answering.bands import band_fit
from ragkit.answering.labels import missing_label
from ragkit.answering.medicine_classes import names_member
from ragkit.answering.subjects import groups


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Tenecteplase for ischemic stroke", {"stroke"}),
        ("Cooling after heat stroke", {"heat_illness"}),
        ("non-ST-elevation myocardial infarction", {"nstemi"}),
        ("Acute coronary syndrome: STEMI", {"stemi"}),
        ("PE or DVT", {"pulmonary_embolism", "deep_vein_thrombosis"}),
        ("pe class", set()),
        ("Seizures and alcohol withdrawal", {"seizure", "alcohol_withdrawal"}),
    ],
)
def test_the_most_particular_conditions_are_found(text: str, families: set[str]) -> None:
    assert groups()["conditions"].families_in(text) == families


def test_a_case_of_a_condition_fits_it_and_its_sister_does_not() -> None:
    conditions = groups()["conditions"]
    assert conditions.compatible({"pulmonary_embolism"}, {"venous_thromboembolism"})
    assert not conditions.compatible({"pulmonary_embolism"}, {"deep_vein_thrombosis"})


def test_a_symptom_counts_only_where_something_is_given_for_it() -> None:
    conditions = groups()["conditions"]
    assert conditions.asked_in("ketamine dose for pain") == {"pain"}
    assert conditions.asked_in("still in a lot of pain after fentanyl, how soon can I repeat") == set()


@pytest.mark.parametrize("question", ["no IV, glucagon dose?", "no IV access, midazolam dose"])
def test_a_route_that_is_not_to_be_had_is_not_asked_for(question: str) -> None:
    assert groups()["routes"].asked_in(question) == set()


def test_every_family_lies_within_families_that_exist() -> None:
    for group in groups().values():
        for wider in group.wider.values():
            assert wider <= set(group.wider)


def test_levels_in_a_table_column_and_open_ranges_are_levels() -> None:
    assert not missing_label("review of harm level 3", "Level 1 is minor.", {"Harm level": "1\n2\n3"})
    assert not missing_label("who is told at level 4", "Level 2 or more: the director.")
    assert missing_label(
        "review of harm level 7", "Harm of level 2 or more: tell.", {"Harm level": "1\n2\n3\nin 7 days"}
    )
    assert missing_label("who is told at level 4", "Levels 1 to 3: the director.")
    assert not missing_label("level II trauma center", "Level I and level 2 centers.")


def test_how_long_something_lasts_is_nobodys_age() -> None:
    assert band_fit("no fever for 5 days", ["Ages 3 to 14: 2 weeks"]) is None
    assert band_fit("5 year old without fever", ["Ages 3 to 14: 2 weeks"]) is True
    assert band_fit("life expectancy of 7 years", ["with 5 to 10 years of life expectancy"]) is True
    assert band_fit("40 year old man", ["Ages 3 to 14: 2 weeks. Over 14: 1 week"]) is True


def test_a_question_that_names_a_class_is_about_its_medicines() -> None:
    assert names_member("Tenecteplase is given once.", {"lytics"})
    assert not names_member("Tenecteplase is given once.", {"pressor"})
    assert not names_member("Heparin is given.", {"enoxaparin"})

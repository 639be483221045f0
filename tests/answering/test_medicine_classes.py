"""The name of a class speaks of its medicines, and of no others."""

from __future__ import annotations

from ragkit.answering.medicine_classes import speaks_of_class


def test_the_class_of_a_medicine_speaks_of_it() -> None:
    assert speaks_of_class("While a thrombolytic is infusing, a nurse stays with the patient.", {"tpa", "alteplase"})
    assert speaks_of_class("Opiates are not given in labor.", {"fent", "fentanyl"})


def test_another_class_does_not() -> None:
    assert not speaks_of_class("Opiates are not given in labor.", {"heparin"})
    assert not speaks_of_class("Antibiotics are given within an hour.", {"an unknown medicine"})

"""The age that stays of a birth date."""

from __future__ import annotations

from datetime import date

import pytest

from ragkit.privacy.birth_ages import age_in_words

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "age"),
    [
        ("DOB 03/14/1961", "65 years old"),
        ("born 11/25/2008", "17 years old"),
        ("born 11/24/2008", "18 years old"),
        ("1948-07-02", "78 years old"),
        ("19480702", "78 years old"),
        ("March 14, 2019", "7 years old"),
        ("14 Mar 2019", "7 years old"),
        ("14th of March 2019", "7 years old"),
        ("20 Nov 2026", "newborn"),
        ("Jan 3 2026", "infant"),
        ("07/02/1930", "over 89 years old"),
        ("3/14/61", "65 years old"),
    ],
)
def test_a_birth_date_amounts_to_an_age(written: str, age: str) -> None:
    assert age_in_words(written, TODAY) == age


def test_a_day_that_can_be_read_in_two_ways_gives_no_age_of_which_one_is_wrong() -> None:
    assert age_in_words("12/01/2010", TODAY) == "child"  # 15 on the American reading, 16 on the European one
    assert age_in_words("12/01/1961", TODAY) == "adult"
    assert age_in_words("12/01/2008", TODAY) == ""  # 17 or 18


def test_a_year_of_two_digits_that_may_be_of_either_century_gives_no_age() -> None:
    assert age_in_words("03/14/25", TODAY) == ""  # one year old, or 101
    assert age_in_words("03/14/19", TODAY) == ""


@pytest.mark.parametrize("written", ["DOB 3/14", "born in 1961", "", "31/31/1999", "12/12/2030"])
def test_what_says_too_little_or_nothing_possible_gives_no_age(written: str) -> None:
    assert age_in_words(written, TODAY) == ""

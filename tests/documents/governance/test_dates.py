from __future__ import annotations

from datetime import date

import pytest

from ragkit.documents.governance.dates import DateOrder, Precision, find_dates, order_written, parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3-16-11", date(2011, 3, 16)),
        ("10/01/2024", date(2024, 10, 1)),
        ("01-02-22", date(2022, 1, 2)),
        ("2024-10-01", date(2024, 10, 1)),
        ("2024/10/01", date(2024, 10, 1)),
        ("31/12/2024", date(2024, 12, 31)),
        ("December 1, 2014", date(2014, 12, 1)),
        ("December 1st, 2014", date(2014, 12, 1)),
        ("April 11,2024", date(2024, 4, 11)),
        ("September 8. 2022", date(2022, 9, 8)),
        ("September 14 2023", date(2023, 9, 14)),
        ("1 Dec 2014", date(2014, 12, 1)),
        ("1st of December 2014", date(2014, 12, 1)),
        ("01-Dec-2014", date(2014, 12, 1)),
        ("Dec. 2014", date(2014, 12, 1)),
        ("May, 1984", date(1984, 5, 1)),
        ("06/2026", date(2026, 6, 1)),
        ("03-01-86", date(1986, 3, 1)),
        ("2003", date(2003, 1, 1)),
        ("1/99", date(1999, 1, 1)),
    ],
)
def test_a_date_is_read_in_every_way_policies_write_it(text, expected):
    assert parse_date(text) == expected


def test_an_ambiguous_date_follows_the_order_of_the_institution():
    assert parse_date("03/04/2024") == date(2024, 3, 4)
    assert parse_date("03/04/2024", DateOrder.DAY_MONTH_YEAR) == date(2024, 4, 3)


@pytest.mark.parametrize("order", DateOrder)
def test_a_number_above_twelve_decides_for_itself(order):
    assert parse_date("25/04/2024", order) == date(2024, 4, 25)
    assert parse_date("04/25/2024", order) == date(2024, 4, 25)


@pytest.mark.parametrize("text", ["02-30-24", "February 29, 2027", "13/13/2024", "2024-00-10", "31 Apr 2024"])
def test_a_day_that_does_not_exist_is_found_but_has_no_value(text):
    [found] = find_dates(text)
    assert found.value is None
    assert found.text == text


@pytest.mark.parametrize("text", ["555-123-4567", "1.2.3", "Ref. 12-345", "mg/kg 5/10", "version 10.4.2", "2024-25"])
def test_figures_that_are_no_dates_are_left_alone(text):
    assert find_dates(text) == []


def test_a_bare_year_or_short_month_counts_only_behind_a_label():
    assert find_dates("2003") == []
    assert find_dates("3/02") == []
    assert find_dates("2003", labelled=True)[0].precision is Precision.YEAR


def test_a_month_covers_all_its_days():
    [found] = find_dates("February 2028")
    assert (found.value, found.last_day) == (date(2028, 2, 1), date(2028, 2, 29))


def test_several_dates_are_found_in_their_order():
    assert [found.text for found in find_dates("from 1/2/2020 until March 3, 2021")] == ["1/2/2020", "March 3, 2021"]


def test_the_order_is_learned_from_dates_that_leave_no_choice():
    assert order_written("issued 31/12/2023, revised 03/04/2024") is DateOrder.DAY_MONTH_YEAR
    assert order_written("issued 12/31/2023") is DateOrder.MONTH_DAY_YEAR
    assert order_written("03/04/2024") is None
    assert order_written("31/12/2023 and 12/31/2023") is None

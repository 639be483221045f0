import pytest

from ragkit.grounding.rules.measures import Bound, Measure, measures


def only(text: str) -> Measure:
    (measure,) = measures(text)
    return measure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.5 mg", "500 mcg"),
        ("1 g", "1,000 mg"),
        (".5 mL", "0.50 ml"),
        ("10 cc", "10 mL"),
        ("60 minutes", "one hour"),
        ("1 day", "twenty-four (24) hours"),
        ("12 months", "1 year"),
        ("38 °C", "100.4 °F"),
        ("60 mg/h", "1 mg/min"),
        ("1-2 mg", "1 to 2 mg"),
        ("between 2 and 4 mg", "2–4 mg"),
        ("2 mg to 4 mg", "2-4 mg"),
        ("every 4 hours", "q4h"),
        ("every 4 hours", "six times a day"),
        ("BID", "twice daily"),
        ("two times per week", "twice weekly"),
        ("annually", "every 12 months"),
        ("15-minute intervals", "every 15 minutes"),
        ("three working days", "3 business days"),
        ("two-thirds", "two thirds"),
        ("110 lb", "49.9 kg"),
        ("0.1 mg per kg", "100 mcg/kg"),
    ],
)
def test_one_quantity_in_two_spellings(one: str, other: str) -> None:
    assert only(one).equals(only(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 mg", "50 mg"),
        ("5 mg", "5 mcg"),
        ("5 mg", "5 mL"),
        ("5 mg", "5 mg/kg"),
        ("5 mg", "2-10 mg"),
        ("2-4 mg", "2-5 mg"),
        ("3 days", "3 working days"),
        ("18 G", "18 g/L"),
        ("q4h", "q6h"),
        ("1:1,000", "1:10,000"),
        ("120/80", "120/90"),
    ],
)
def test_two_quantities(one: str, other: str) -> None:
    assert not only(one).equals(only(other))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("at least 5 mg", Bound.AT_LEAST),
        ("5 mg or more", Bound.AT_LEAST),
        ("65 years and older", Bound.AT_LEAST),
        ("≥ 5 mg", Bound.AT_LEAST),
        ("no less than 5 mg", Bound.AT_LEAST),
        ("no more than 5 mg", Bound.AT_MOST),
        ("up to 5 mg", Bound.AT_MOST),
        ("a maximum of 5 mg", Bound.AT_MOST),
        ("must not exceed 5 mg", Bound.AT_MOST),
        ("within 5 minutes", Bound.AT_MOST),
        ("after 5 minutes", Bound.MORE),
        ("above 5 mg", Bound.MORE),
        ("under 5 mg", Bound.LESS),
        ("< 5 mg", Bound.LESS),
        ("over 5 minutes", Bound.NONE),
        ("5 mg", Bound.NONE),
    ],
)
def test_bounds(text: str, bound: Bound) -> None:
    assert only(text).bound is bound


@pytest.mark.parametrize(
    "text",
    ["HbA1c and vitamin B12", "COVID-19", "Policy 4.12", "Ref. No. 502", "in 2019", "no one", "half of the patients"],
)
def test_what_measures_nothing(text: str) -> None:
    assert measures(text) == ()


def test_listed_numbers_share_the_unit_of_the_last() -> None:
    assert [(m.low, m.dimension) for m in measures("5, 10 or 15 mg")] == [(5, "mass"), (10, "mass"), (15, "mass")]


def test_a_bare_number_knows_what_it_counts() -> None:
    assert "attempt" in only("no more than three (3) attempts").nouns


def test_a_number_with_a_scale_word() -> None:
    assert only("32million people").low == 32_000_000

import pytest

from ragkit.grounding.quantities import Quantity, missing_quantities, quantities


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("0.50 mg/kg", "0.5", "mg/kg"),
        (".5ml", "0.5", "ml"),
        ("1,000 mL", "1000", "ml"),
        ("fifteen (15) minutes", "15", "min"),
        ("2 grams", "2", "g"),
        ("5 micrograms", "5", "mcg"),
        ("30-day", "30", "day"),
        ("10 mcg/kg/min", "10", "mcg/kg/min"),
        ("90%", "90", "%"),
        ("2.0 L", "2", "l"),
    ],
)
def test_one_quantity_has_one_reading(text: str, number: str, unit: str) -> None:
    assert quantities(text) == (Quantity(number, unit),)


def test_digits_inside_words_are_no_quantities() -> None:
    assert quantities("HbA1c and vitamin B12") == ()


def test_a_number_with_a_unit_is_not_found_in_a_bare_number() -> None:
    assert missing_quantities("5 mg", "step 5") == (Quantity("5", "mg"),)


def test_the_same_quantity_in_another_spelling_is_found() -> None:
    assert missing_quantities("0.5 mL within two hours", "Give .50 ml within 2 hrs") == ()

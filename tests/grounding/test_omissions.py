import pytest

from ragkit.grounding.omissions import omissions

SOURCE = "Give ketorolac 15 mg IV every 6 hours for pain, unless the patient is pregnant."


@pytest.mark.parametrize(
    "statement",
    [
        SOURCE,
        "Ketorolac 15 mg IV is given q6h for pain, unless the patient is pregnant.",
        "For pain, 15 milligrams of Toradol are given intravenously q6h, except when the patient is pregnant.",
        "Unless the patient is pregnant, give ketorolac 15 mg IV every 6 hours for pain.",
    ],
)
def test_a_line_in_other_words_leaves_nothing_out(statement: str) -> None:
    assert omissions(SOURCE, [statement]) == ()


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("Give ketorolac IV every 6 hours for pain, unless the patient is pregnant.", "15 mg"),
        ("Give ketorolac 15 mg every 6 hours for pain, unless the patient is pregnant.", "IV"),
        ("Give ketorolac 15 mg IV for pain, unless the patient is pregnant.", "every 6 hours"),
        ("Give 15 mg IV every 6 hours for pain, unless the patient is pregnant.", "ketorolac"),
        ("Give ketorolac 15 mg IV every 6 hours for pain.", "unless the patient is pregnant"),
    ],
)
def test_what_is_left_out_is_named(statement: str, missing: str) -> None:
    assert any(missing in entry for entry in omissions(SOURCE, [statement]))


def test_a_lost_negation_is_an_omission() -> None:
    assert omissions("Do not use the port for blood.", ["Use the port for blood."])
    assert not omissions("Do not use the port for blood.", ["The port must not be used for blood."])


def test_a_lost_item_of_a_list_is_an_omission_and_the_numbers_of_items_are_none() -> None:
    steps = "Before discharge:\n1. Check the pulse.\n2. Remove the cannula.\n3. Call the ward."
    assert omissions(steps, ["Before discharge, check the pulse, remove the cannula and call the ward."]) == ()
    [missing] = omissions(steps, ["Before discharge, check the pulse and call the ward."])
    assert "cannula" in missing


def test_several_statements_carry_a_line_together() -> None:
    line = "4.2 Clean the hub with alcohol for 15 seconds, then let it dry."
    assert omissions(line, ["Clean the hub with alcohol for 15 seconds.", "Then let it dry."]) == ()
    assert omissions(line, ["Clean the hub with alcohol for 15 seconds."])

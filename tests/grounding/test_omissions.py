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


@pytest.mark.parametrize(
    ("line", "statement", "missing"),
    [
        (
            "The lock is opened only by the pharmacist, or by the shift lead when both seals are whole and signed.",
            "The lock is opened only by the pharmacist, and when both seals are whole and signed.",
            "shift",
        ),
        (
            "Drills last no longer than 3 hours, with 15 minutes of rest every 45 minutes.",
            "Drills last 3 hours, with 15 minutes of rest every 45 minutes.",
            "3 hours",
        ),
        (
            "Drills last no longer than 3 hours, with 15 minutes of rest every 45 minutes.",
            "Drills last no longer than 3 hours, with 15 minutes of rest.",
            "every 45 minutes",
        ),
        ("Close the valve 2 hours before the pump is stopped.", "Close the valve 2 hours before the pump.", "stopped"),
        ("Log the batch, each reading with both names, and any leak.", "Log the batch and any leak.", "names"),
        ("Two nurses or two pharmacists count the box.", "Two nurses count the box.", "pharmacists"),
        ("The nurse and the senior nurse sign the sheet.", "The nurse signs the sheet.", "nurse"),
        ("Turn the warmer off before transport.", "Turn the warmer before transport.", "off"),
        ("Check the seal before and after the transfer.", "Check the seal before the transfer.", "after"),
        ("Visitors may bring food, except raw fish.", "Visitors may bring food.", "except raw fish"),
        ("Store the kit away from heat, whichever room it is in.", "Store the kit away from heat.", "room"),
        ("Portable scale\tDepot\tNo\tYes", "Portable scale: Depot, yes.", "“no”"),
        ("Call the depot. It answers until 18:00.", "Call the depot.", "18:00"),
        ("Stop when the test is met and signed.", "Stop when the test meets and signed.", "met"),
        ("Trolleys older than 6 years are replaced.", "Trolleys are replaced.", "6 years"),
    ],
)
def test_each_thing_a_line_says_has_to_be_there(line: str, statement: str, missing: str) -> None:
    found = " ".join(omissions(line, [statement]))
    assert found, "what was left out was not noticed"
    assert missing in found


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("Change the filter every 12 hours unless it is sealed.", "Unless sealed, the filter is changed q12h."),
        ("At least two nurses must check the pump.", "The pump must be checked by at least 2 nurses."),
        ("Do not reuse the tubing or the clamp.", "The tubing or the clamp must not be reused."),
        ("Notify the physician immediately.", "Inform the doctor at once."),
        ("Discard the vial after 28 days.", "The vial is thrown away after 28 days."),
    ],
)
def test_another_order_voice_or_word_leaves_nothing_out(line: str, statement: str) -> None:
    assert omissions(line, [statement]) == ()


def test_what_is_said_once_does_not_stand_for_what_is_written_twice() -> None:
    line = "Give 2 mL at the start and 2 mL at the end of the transfer."
    assert any("2 mL" in entry for entry in omissions(line, ["Give 2 mL at the start and the end of the transfer."]))


def test_a_lead_in_may_lose_the_words_that_announce_its_list_but_no_denial_and_no_number() -> None:
    lead = "Do not open the box in any of these rooms above 20 °C:"
    assert omissions(lead, ["Do not open the box in the wash room above 20 °C."], leads_in=True) == ()
    assert omissions(lead, ["Do not open the box in the wash room."], leads_in=True)
    assert omissions(lead, ["Open the box in the wash room above 20 °C."], leads_in=True)

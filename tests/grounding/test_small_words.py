import pytest

from ragkit.grounding.small_words import is_small, small_words_left_out


@pytest.mark.parametrize(
    ("source", "text", "group"),
    [
        ("The seal or the tag is checked.", "The seal, the tag is checked.", "or"),
        ("Open it only in the depot.", "Open it in the depot.", "only"),
        ("Open it unless it is warm.", "Open it if it is warm.", "unless"),
        ("Keep it closed until it is dry.", "Keep it closed while it is dry.", "until"),
        ("Clean it before use.", "Clean it in use.", "before"),
        ("Staff may open it.", "Staff open it.", "may"),
        ("Both seals are checked.", "Seals are checked.", "both"),
        ("Rinse it, then dry it.", "Rinse it, dry it.", "then"),
        ("The lamp is not higher than the bed.", "The lamp is higher than the bed.", "no"),
        ("Call at 7 a.m. and p.m.", "Call at 7 a.m.", "morning"),
    ],
)
def test_a_small_word_that_is_gone_is_named_by_its_group(source: str, text: str, group: str) -> None:
    assert group in small_words_left_out(source, text)
    assert group not in small_words_left_out(source, source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Open it unless it is warm.", "Open it except when it is warm."),
        ("Clean it prior to use.", "Clean it before use."),
        ("Staff may open it.", "Staff are allowed to open it."),
        ("Check every seal.", "Check each seal."),
        ("Check it every 4 hours, at least 2 times.", "Check it q4h, no less than 2 times."),
        ("Do not open it.", "Never open it."),
    ],
)
def test_another_word_of_the_group_takes_its_place_and_quantities_are_compared_elsewhere(
    source: str, text: str
) -> None:
    assert small_words_left_out(source, text) == {}


def test_a_condition_elsewhere_does_not_stand_for_the_one_that_is_gone() -> None:
    assert "if" in small_words_left_out("If it is wet, dry it if there is time.", "Dry it if there is time.")


def test_words_that_carry_meaning_are_no_small_words() -> None:
    assert is_small("whenever") and is_small("Unless")
    assert not is_small("seal") and not is_small("pharmacist")

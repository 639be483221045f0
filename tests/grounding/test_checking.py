import pytest

from ragkit.grounding.checking import check_claim
from ragkit.grounding.verdict import Verdict


def test_the_cited_words_support_themselves_whatever_the_line_breaks() -> None:
    check = check_claim("Flush with 10 mL.\nCap the port.", ["Flush\n with 10 mL.", "Cap the   port."])
    assert check.verdict is Verdict.SUPPORTED
    assert check.support == 1.0


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Give 5 mg.", "Give 50 mg."),
        ("Give 5 mg.", "Give 5 mcg."),
        ("Give 0.5 mg.", "Give 5 mg."),
        ("Call within 2 hours.", "Call within 2 days."),
    ],
)
def test_another_number_or_unit_contradicts(claim: str, evidence: str) -> None:
    assert check_claim(claim, [evidence]).verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Nurses may remove the port.", "Nurses may not remove the port."),
        ("Never warm the bag.", "Warm the bag."),
    ],
)
def test_a_lost_or_added_negation_contradicts(claim: str, evidence: str) -> None:
    assert check_claim(claim, [evidence]).verdict is Verdict.CONTRADICTED


def test_a_fragment_that_leaves_out_the_negation_before_it_is_not_supported() -> None:
    assert check_claim("remove the port", ["Nurses may not remove the port."]).verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "evidence"), [("Give 5", "Give 5.5 mg"), ("Give 5 mg", "Give 5 mgs"), ("2 mL", "12 mL")]
)
def test_a_fragment_that_cuts_a_number_or_a_word_is_not_supported(claim: str, evidence: str) -> None:
    assert check_claim(claim, [evidence]).verdict is not Verdict.SUPPORTED


def test_other_words_with_the_same_numbers_are_not_supported() -> None:
    assert check_claim("Discard the bag after 24 hours.", ["Warm it for 24 hours."]).verdict is Verdict.UNSUPPORTED


def test_nothing_supports_an_empty_claim_and_nothing_is_supported_by_no_evidence() -> None:
    assert check_claim(" ", ["Warm the bag."]).verdict is Verdict.UNSUPPORTED
    assert check_claim("Warm the bag.", []).verdict is Verdict.UNSUPPORTED


def test_a_list_shown_whole_is_supported_although_an_item_before_another_is_negated() -> None:
    whole = "Stop when all are met:\n1. Arrest not witnessed\n2. No shock given\n3. No pulse at any time"
    assert check_claim(whole, [whole]).verdict is Verdict.SUPPORTED
    assert check_claim(whole, whole.split("\n", 1)).verdict is Verdict.SUPPORTED


def test_a_table_row_under_one_with_a_negation_is_supported_when_both_are_shown() -> None:
    rows = "Sepsis, no shock\t3 hours\nSeptic shock\t1 hour"
    assert check_claim(rows, [rows]).verdict is Verdict.SUPPORTED

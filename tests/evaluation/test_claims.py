import pytest

from ragkit.evaluation.claims import citation_marks, claims_of, split_claims
from ragkit.evaluation.metrics import toy


def test_each_sentence_is_a_claim_and_a_dose_is_not_cut() -> None:
    assert split_claims("Give 0.5 mL I.M. at once. Wait e.g. 30 min. before the next.") == (
        "Give 0.5 mL I.M. at once.",
        "Wait e.g. 30 min. before the next.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "## Flushing ports\nFlush every 8 hours.",
        "**Flushing ports**\nFlush every 8 hours.",
        "FLUSHING\nFlush every 8 hours.",
        "Flushing Of Ports\nFlush every 8 hours.",
        "3. Flushing ports\nFlush every 8 hours.",
        "3. Flushing ports\n3.1 Flush every 8 hours.",
        "2. Flushing ports\n2.4 Flush every 8 hours.",
        "3. Flushing ports\n1. Flush every 8 hours.",
        "-----\nFlush every 8 hours.",
        "Flush every 8 hours.\nTable 2. Flushing by type of port",
    ],
)
def test_a_heading_is_no_claim(text: str) -> None:
    [claim] = split_claims(text)
    assert claim.lstrip("1234. ") == "Flush every 8 hours."


@pytest.mark.parametrize("text", ["1. Airway\n2. Breathing", "a) Airway\nb) Breathing", "i. Airway\nii. Breathing"])
def test_a_short_item_of_a_numbered_list_is_a_claim_and_keeps_its_number(text: str) -> None:
    assert split_claims(text) == tuple(text.splitlines())


def test_a_dose_line_is_no_heading_although_it_has_no_full_stop() -> None:
    assert split_claims("EPINEPHRINE 0.5 MG\nRepeat once.") == ("EPINEPHRINE 0.5 MG", "Repeat once.")


def test_an_item_carries_the_heading_or_lead_in_that_it_stands_under() -> None:
    assert split_claims("Contraindications\n• asthma\n• age under 2") == (
        "Contraindications\nasthma",
        "Contraindications\nage under 2",
    )
    assert split_claims("With a port:\n1. for adults:\n- saline 10 mL") == (
        "With a port:\n1. for adults:\nsaline 10 mL",
    )


def test_a_lead_in_ends_with_its_list() -> None:
    assert split_claims("Do not give to:\n- infants\nCall the pharmacy.") == (
        "Do not give to:\ninfants",
        "Call the pharmacy.",
    )


def test_lines_without_marks_carry_their_lead_in_too_until_the_next_one() -> None:
    assert split_claims("Before surgery:\nFor stridor:\nGive 5 mL.\nWait.\nAfter surgery:\nFlush.") == (
        "Before surgery:\nFor stridor:\nGive 5 mL.",
        "Before surgery:\nFor stridor:\nWait.",
        "After surgery:\nFlush.",
    )


def test_an_item_of_two_sentences_is_two_claims() -> None:
    assert split_claims("Always:\n- Wash. Then flush.") == ("Always:\nWash.", "Always:\nThen flush.")


def test_a_table_row_is_a_claim_with_its_caption_and_its_header() -> None:
    assert split_claims("Table 1. Doses\nWeight\tDose\n10 kg\t100 mg\n20 kg\t200 mg") == (
        "Table 1. Doses\nWeight\tDose\n10 kg\t100 mg",
        "Table 1. Doses\nWeight\tDose\n20 kg\t200 mg",
    )
    assert split_claims("10 kg\t100 mg") == ("10 kg\t100 mg",)
    assert split_claims("| Weight | Dose |\n|---|---|\n| 10 kg | 100 mg |") == (
        "| Weight | Dose |\n| 10 kg | 100 mg |",
    )


def test_words_that_are_nothing_but_a_heading_are_one_claim() -> None:
    assert split_claims("## Flushing ports") == ("## Flushing ports",)


@pytest.mark.parametrize("text", ["", "  \n ", "-----"])
def test_nothing_claims_nothing(text: str) -> None:
    assert split_claims(text) == ()


def test_marks_at_the_end_of_a_line_are_no_words_and_others_are() -> None:
    assert split_claims("Flush it [1][2].\nSee [3] there.") == ("Flush it.", "See [3] there.")
    assert citation_marks("Flush it [1][2]. Wait [2, 13].") == (1, 2, 13)


def test_a_claim_knows_its_statement_and_the_numbers_it_cites() -> None:
    got = toy.answer(("Wash. Flush.", 1), ("Wait.", 2, 9), quotes=["Wash. Flush.", "Wait."])
    assert [(claim.text, claim.statement, claim.citations) for claim in claims_of(got)] == [
        ("Wash.", 0, (1,)),
        ("Flush.", 0, (1,)),
        ("Wait.", 1, (2, 9)),
    ]
    assert claims_of(toy.refusal()) == ()

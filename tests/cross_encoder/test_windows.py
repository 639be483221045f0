"""Which part of long evidence is read."""

from __future__ import annotations

from ragkit.cross_encoder.inputs import MAX_TOKENS, evidence_text, line_in_context
from ragkit.cross_encoder.windows import estimated_tokens, evidence_window, room_for_evidence

FILLER = [f"The garden on level {n} is open to visitors in the afternoon and closes at dusk." for n in range(40)]
CLAIM = "Heparin is flushed with 10 mL of saline before blood is drawn."
DECIDING = "Before blood is drawn, the heparin lock is flushed with 10 mL of saline."


def test_evidence_that_fits_is_left_as_it_is() -> None:
    lines = ["Sedation | Adults | 5 mg, once.", DECIDING]
    assert evidence_window(CLAIM, lines) == lines


def test_the_sentence_that_decides_is_read_wherever_it_stands_in_a_long_line() -> None:
    for place in (0, 20, 40):
        text = " ".join([*FILLER[:place], DECIDING, *FILLER[place:]])
        assert DECIDING in evidence_text(evidence_window(CLAIM, [text]))


def test_the_sentence_that_decides_is_read_wherever_its_line_stands() -> None:
    for place in (0, 20, 40):
        assert DECIDING in evidence_window(CLAIM, [*FILLER[:place], DECIDING, *FILLER[place:]])


def test_what_is_kept_fits_beside_the_claim() -> None:
    kept = evidence_window(CLAIM, [" ".join([*FILLER, DECIDING])])
    assert estimated_tokens(evidence_text(kept)) <= room_for_evidence(CLAIM) < MAX_TOKENS


def test_a_second_sentence_on_the_matter_goes_before_one_that_has_nothing_of_it() -> None:
    denial = "Heparin is never flushed with saline."
    kept = evidence_text(evidence_window(CLAIM, [*FILLER[:20], DECIDING, *FILLER[20:], denial]))
    assert DECIDING in kept
    assert denial in kept


def test_a_line_that_loses_its_beginning_keeps_what_stands_above_it() -> None:
    line = line_in_context(" ".join([*FILLER, DECIDING]), title="Central lines", section=["Adults"])
    kept = evidence_window(CLAIM, [line])
    assert kept[0].startswith("Central lines | Adults | ")
    assert DECIDING in evidence_text(kept)


def test_the_order_of_the_lines_stays() -> None:
    first, second = "Heparin comes first here.", "Saline comes second here."
    kept = evidence_window("Heparin, then saline.", [first, *FILLER, second])
    assert kept.index(first) < kept.index(second)


def test_a_sentence_longer_than_the_room_is_read_in_parts() -> None:
    endless = "item " * 400 + "heparin is flushed with 10 mL of saline before blood is drawn " + "item " * 400
    assert "heparin is flushed" in evidence_text(evidence_window(CLAIM, [endless]))


def test_evidence_that_shares_no_word_is_read_from_its_beginning() -> None:
    assert evidence_window("Xenon", FILLER)[0] == FILLER[0]


def test_no_lines_give_no_window() -> None:
    assert evidence_window(CLAIM, []) == []
    assert evidence_window(CLAIM, ["", "  "]) == []


def test_longer_words_and_numbers_count_for_more_tokens() -> None:
    assert estimated_tokens("flush the line") == 3
    assert estimated_tokens("hydrocortisone") == 2
    assert estimated_tokens("12345 mg/kg") == 2 + 3

from __future__ import annotations

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.text import read_text

from .reading import block, context, lines

POLICY = """\
POLICY NO: N-12
EFFECTIVE: 5/1/2024
OWNER: Surgery

CARE OF DRAINS
==============

1. Purpose

To keep every drain
clean and the patient safe; ask about hypo-
tension first.

2. PROCEDURE

Call the doctor when:
  a) the pulse is high
     - at rest
     - asleep, unless this
       was known before
  b) the drain leaks

Drug        Adult dose   Child dose
Alpha       5 mg         1 mg
Beta        6 mg         2 mg

Sign the chart.
"""


def test_headings_are_underlined_numbered_or_in_capitals():
    parsed = read_text(POLICY.encode())
    assert lines(parsed, BlockKind.HEADING) == ["CARE OF DRAINS", "1. Purpose", "2. PROCEDURE"]
    assert block(parsed, "Sign the chart.").section == ("CARE OF DRAINS", "2. PROCEDURE")


def test_the_header_block_is_kept_line_by_line():
    parsed = read_text(POLICY.encode())
    assert lines(parsed, BlockKind.HEADER_BLOCK) == ["POLICY NO: N-12", "EFFECTIVE: 5/1/2024", "OWNER: Surgery"]


def test_lines_are_joined_to_paragraphs_and_broken_words_to_words():
    parsed = read_text(POLICY.encode())
    assert "To keep every drain clean and the patient safe; ask about hypotension first." in lines(parsed)


def test_indented_lists_are_nested():
    parsed = read_text(POLICY.encode())
    assert context(parsed, "- asleep, unless this was known before") == [
        "Call the doctor when:",
        "a) the pulse is high",
    ]
    assert block(parsed, "b) the drain leaks").level == 1


def test_columns_drawn_with_spaces_are_a_table():
    parsed = read_text(POLICY.encode())
    assert context(parsed, "Beta\t6 mg\t2 mg") == ["Drug\tAdult dose\tChild dose"]


def test_columns_drawn_with_tabs_are_a_table():
    parsed = read_text(b"Doses follow.\n\nDrug\tDose\nAlpha\t5 mg\nBeta\t6 mg\n")
    assert context(parsed, "Beta\t6 mg") == ["Drug\tDose"]


def test_form_feeds_are_page_breaks():
    parsed = read_text(b"First page.\n\fSecond page.\n")
    assert [entry.page for entry in parsed.blocks] == [1, 2]
    assert parsed.text[parsed.page_starts[1] :].strip() == "Second page."


def test_text_without_form_feeds_has_no_pages():
    assert read_text(b"Only this.").page_starts == ()


def test_windows_text_with_its_own_quotes_is_read():
    assert read_text("The patient’s drain – 5 µg".encode("cp1252")).text == "The patient’s drain – 5 µg"


def test_utf16_text_is_read():
    assert read_text("Give 5 µg.".encode("utf-16")).text == "Give 5 µg."


def test_a_cell_that_goes_on_in_the_next_line_is_one_cell():
    parsed = read_text(
        b"Drug      Note\n--------------------\nAlpha     Give slowly, over\n          ten minutes.\nBeta      None\n"
    )
    assert lines(parsed) == ["Drug\tNote", "Alpha\tGive slowly, over ten minutes.", "Beta\tNone"]


def test_an_item_further_left_ends_the_inner_list():
    parsed = read_text(b"Check:\n  - name\n    * maiden name\n  - date\n")
    assert [entry.level for entry in parsed.blocks] == [0, 1, 2, 1]
    assert context(parsed, "- date") == ["Check:"]


def test_items_at_one_indent_are_nested_by_their_markers():
    parsed = read_text(b"1. Wash:\na. with soap\nb. with water\n2. Dry.\n")
    assert [entry.level for entry in parsed.blocks] == [1, 2, 2, 1]


def test_an_item_with_a_new_marker_further_left_is_not_nested_below_the_inner_one():
    parsed = read_text(b"1. Wash:\n      - soap\n   a. water\n")
    assert [entry.level for entry in parsed.blocks] == [1, 2, 2]


def test_a_cell_that_is_left_empty_stays_empty():
    parsed = read_text(
        b"Drug      Dose      Note\nAlpha     5 mg      slowly\nBeta                none\nGamma     7 mg      fast\n"
    )
    assert lines(parsed)[2] == "Beta\t\tnone"

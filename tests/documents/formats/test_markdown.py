from __future__ import annotations

import pytest

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.markdown import read_markdown
from ragkit.documents.parsed import UnreadableDocumentError

from .reading import block, context, excluded, lines

POLICY = """---
title: Care of drains
reference_number: N-12
roles: [nurse]
---

# Care of drains

## When to call

Call the doctor when:

- the pulse is high
  - at rest
  - asleep
- the drain leaks

| Drug  | Adult | Child |
|-------|-------|-------|
| Alpha | 5 mg  | 1 mg  |
"""


def test_front_matter_is_data_and_no_text():
    parsed = read_markdown(POLICY.encode())
    assert parsed.front_matter == {"title": "Care of drains", "reference_number": "N-12", "roles": ["nurse"]}
    assert parsed.text.startswith("Care of drains\n\nWhen to call")


def test_lists_nested_by_two_spaces_are_nested():
    parsed = read_markdown(POLICY.encode())
    assert block(parsed, "• asleep").level == 2
    assert context(parsed, "• asleep") == ["Call the doctor when:", "• the pulse is high"]


def test_a_table_row_needs_its_header():
    parsed = read_markdown(POLICY.encode())
    assert context(parsed, "Alpha\t5 mg\t1 mg") == ["Drug\tAdult\tChild"]
    assert block(parsed, "Drug\tAdult\tChild").kind is BlockKind.TABLE_HEADER


def test_struck_words_are_left_out():
    parsed = read_markdown(b"Give ~~10 mg~~ 5 mg daily.\n")
    assert parsed.text == "Give 5 mg daily."
    assert excluded(parsed) == [("struck", "10 mg")]


def test_html_inside_is_read_with_the_same_care():
    parsed = read_markdown(
        b"Give 5 mg.\n\n<!-- The dose used to be ten times as high -->\n\n<p hidden>Give more.</p>\n"
    )
    assert parsed.text == "Give 5 mg."
    assert len(parsed.excluded) == 2


def test_a_document_with_broken_front_matter_is_not_read_since_it_may_say_who_may_read_it():
    with pytest.raises(UnreadableDocumentError) as caught:
        read_markdown(b"---\ntitle: X\nroles: [unclosed\n---\nGive 5 mg.\n", source="drains.md")
    assert "drains.md, line" in caught.value.problem.message


def test_a_rule_at_the_top_is_no_front_matter():
    parsed = read_markdown(b"---\n\nGive 5 mg.\n\n---\n\nThen wait.\n")
    assert lines(parsed) == ["Give 5 mg.", "Then wait."]


def test_numbers_of_lists_are_kept():
    parsed = read_markdown(b"3. wash\n4. dry\n")
    assert lines(parsed) == ["3. wash", "4. dry"]


def test_the_labels_of_a_header_block_stay_on_lines_of_their_own():
    parsed = read_markdown(
        b"# Drains\n\n**Policy No:** N-12\n**Effective date:** 1 May 2024\n\nEmpty the drain\ntwice a day.\n"
    )
    assert lines(parsed) == ["Drains", "Policy No: N-12", "Effective date: 1 May 2024", "Empty the drain twice a day."]


def test_a_header_block_may_be_a_list():
    parsed = read_markdown(b"# Drains\n\n- **Policy No:** N-12\n- **Effective date:** 1 May 2024\n\nEmpty it.\n")
    assert lines(parsed, BlockKind.HEADER_BLOCK) == ["Policy No: N-12", "Effective date: 1 May 2024"]

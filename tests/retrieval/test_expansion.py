"""Lists and tables that a passage cuts into are made whole for the reader."""

from __future__ import annotations

from ragkit.documents.document import Block, BlockKind, Document
from ragkit.retrieval.expansion import complete_passage, completed_span
from ragkit.retrieval.passage import Passage
from tests.retrieval.library import document

LISTED = document(
    "list",
    "Hands are cleaned often.",
    "Clean your hands:",
    "- before touching a patient",
    "- after touching a patient",
    "- after gloves come off",
    "Nails are short.",
)


def span_of(given: Document, first: str, last: str | None = None) -> tuple[int, int]:
    start = given.text.index(first)
    last = last or first
    return start, given.text.index(last) + len(last)


def test_a_list_item_brings_its_lead_in_and_the_other_items() -> None:
    start, end = completed_span(LISTED, *span_of(LISTED, "- after touching a patient"))
    assert LISTED.text[start:end].startswith("Clean your hands:")
    assert LISTED.text[start:end].endswith("- after gloves come off")


def test_a_lead_in_brings_its_list() -> None:
    start, end = completed_span(LISTED, *span_of(LISTED, "Clean your hands:"))
    assert (start, end) == span_of(LISTED, "Clean your hands:", "- after gloves come off")


def test_a_paragraph_stays_as_it_is() -> None:
    assert completed_span(LISTED, *span_of(LISTED, "Nails are short.")) == span_of(LISTED, "Nails are short.")


def test_a_list_that_would_be_too_long_is_left_as_it_is() -> None:
    span = span_of(LISTED, "- after touching a patient")
    assert completed_span(LISTED, *span, most_characters=30) == span


def test_two_lists_with_a_lead_in_each_stay_apart() -> None:
    given = document("two", "Bring:", "- a pen", "- a form", "Leave:", "- the keys", "- the badge")
    start, end = completed_span(given, *span_of(given, "- the keys"))
    assert given.text[start:end].split("\n") == ["Leave:", "", "- the keys", "- the badge"]


def test_a_table_row_brings_the_header_and_the_other_rows() -> None:
    text = "Weight\tDose\nup to 10 kg\t5 mL\n11 to 20 kg\t10 mL\n\nAsk the pharmacist."
    kinds = (BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.TABLE_ROW, BlockKind.PARAGRAPH)
    blocks, at = [], 0
    for kind, line in zip(kinds, (line for line in text.split("\n") if line), strict=True):
        at = text.index(line)
        context = (0,) if kind is BlockKind.TABLE_ROW else ()
        blocks.append(Block(kind=kind, start=at, end=at + len(line), context=context))
    given = LISTED.model_copy(update={"text": text, "blocks": tuple(blocks)})
    start, end = completed_span(given, *span_of(given, "11 to 20 kg\t10 mL"))
    assert given.text[start:end] == "Weight\tDose\nup to 10 kg\t5 mL\n11 to 20 kg\t10 mL"


def test_the_completed_passage_is_the_verbatim_span() -> None:
    start, end = span_of(LISTED, "- after touching a patient")
    passage = Passage(
        text="- after touching a patient",
        score=1.0,
        document_id="d",
        version="1",
        title="t",
        source="s",
        start=start,
        end=end,
        chunk_index=0,
    )
    completed = complete_passage(passage, LISTED)
    assert completed.text == LISTED.text[completed.start : completed.end]
    assert completed.text != passage.text
    assert complete_passage(completed, LISTED) is completed

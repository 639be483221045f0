"""How a document's structure decides what a chunk holds."""

from __future__ import annotations

import pytest

from ragkit.chunking.chunk import Chunk
from ragkit.chunking.structure import chunk_document
from ragkit.documents.document import BlockKind, Document

from .documents import Line, document_of, heading, item, paragraph, row, words

LIMIT = 40


def sentence(number: int, length: int = 9) -> str:
    return f"Rule {number} " + " ".join(["holds"] * (length - 3)) + " here."


def chunks_of(*lines: Line, limit: int = LIMIT) -> tuple[Document, list[Chunk]]:
    document = document_of(lines)
    return document, chunk_document(document, words, limit)


def test_a_document_without_words_has_no_chunks() -> None:
    assert chunk_document(document_of([]), words, LIMIT) == []
    assert chunk_document(document_of([paragraph("  ")]), words, LIMIT) == []


def test_small_neighbouring_blocks_of_a_section_are_packed_together() -> None:
    _, chunks = chunks_of(heading("Flushing"), *(paragraph(sentence(i, 6), "Flushing") for i in range(4)))
    assert len(chunks) == 1
    assert chunks[0].text.startswith("Flushing\n\nRule 0")


def test_a_chunk_does_not_reach_into_the_next_section() -> None:
    long_enough = [paragraph(sentence(i, 10), "Flushing") for i in range(2)]
    other = [paragraph(sentence(i, 10), "Removal") for i in range(2, 4)]
    _, chunks = chunks_of(heading("Flushing"), *long_enough, heading("Removal"), *other)
    assert [chunk.text.split()[0] for chunk in chunks] == ["Flushing", "Removal"]


def test_tiny_sections_under_one_heading_share_a_chunk() -> None:
    _, chunks = chunks_of(
        heading("Contact"),
        heading("Day", "Contact"),
        paragraph("Call the charge nurse.", "Contact", "Day"),
        heading("Night", "Contact"),
        paragraph("Call the house supervisor.", "Contact", "Night"),
    )
    assert len(chunks) == 1
    assert "Day" in chunks[0].text
    assert "Night" in chunks[0].text


def test_tiny_sections_of_different_parents_do_not_share_a_chunk() -> None:
    _, chunks = chunks_of(
        heading("Adults"),
        heading("Dose", "Adults"),
        paragraph("Give 10 mL.", "Adults", "Dose"),
        heading("Children"),
        heading("Dose", "Children"),
        paragraph("Give 3 mL.", "Children", "Dose"),
    )
    assert ["10 mL" in chunk.text for chunk in chunks] == [True, False]
    assert ["3 mL" in chunk.text for chunk in chunks] == [False, True]


def test_columns_that_only_their_trail_tells_apart_do_not_share_a_chunk() -> None:
    _, chunks = chunks_of(
        heading("Epinephrine"),
        paragraph("Give 0.5 mg.", "Epinephrine", "Adult"),
        paragraph("Give 0.01 mg/kg.", "Epinephrine", "Pediatric"),
    )
    assert [chunk.section for chunk in chunks] == [("Epinephrine", "Adult"), ("Epinephrine", "Pediatric")]
    assert [chunk.text for chunk in chunks] == ["Epinephrine\n\nGive 0.5 mg.", "Give 0.01 mg/kg."]
    assert chunks[0].embedding_text.startswith("IC-204 Peripheral IV Care > Adult\nEpinephrine\n")
    assert chunks[1].embedding_text.startswith("IC-204 Peripheral IV Care > Epinephrine > Pediatric\n")


def test_a_heading_goes_with_what_follows_it() -> None:
    lines = [heading("Care")]
    for number in range(6):
        name = f"{number}. Step"
        lines += [heading(name, "Care"), *(paragraph(sentence(i, 13), "Care", name) for i in range(number % 3 + 1))]
    document, chunks = chunks_of(*lines)
    assert len(chunks) > 3
    for chunk in chunks:
        assert document.blocks[chunk.last_block].kind is not BlockKind.HEADING


def test_a_heading_goes_with_a_paragraph_that_must_be_cut() -> None:
    long = " ".join(sentence(i, 20) for i in range(8))
    document, chunks = chunks_of(heading("Care of the peripheral site"), paragraph(long, "Care"))
    assert chunks[0].text.startswith("Care of the peripheral site\n\nRule 0")
    assert document.blocks[chunks[0].last_block].kind is BlockKind.PARAGRAPH


def test_a_heading_with_nothing_under_it_stays_with_what_comes_before() -> None:
    _, chunks = chunks_of(heading("Care"), paragraph("Assess the site.", "Care"), heading("Appendix"))
    assert [chunk.text for chunk in chunks] == ["Care\n\nAssess the site.\n\nAppendix"]


def test_a_list_item_is_never_without_its_lead_in() -> None:
    lines = [paragraph("Replace the catheter when:", "Care")]
    lines += [item(f"{i}. " + sentence(i), "Care", context=(0,)) for i in range(12)]
    document, chunks = chunks_of(*lines)
    assert len(chunks) > 2
    for chunk in chunks:
        assert "Replace the catheter when:" in chunk.text
    for chunk in chunks[1:]:
        assert chunk.context_spans == ((document.blocks[0].start, document.blocks[0].end),)
        assert chunk.text.startswith("Replace the catheter when:\n")


def test_an_inner_list_item_is_never_without_the_items_above_it() -> None:
    lines = [
        paragraph("Replace the catheter when:", "Care"),
        item("a. The site shows one of these:", "Care", context=(0,)),
    ]
    lines += [item(f"({i}) " + sentence(i), "Care", context=(0, 1), level=2) for i in range(12)]
    _, chunks = chunks_of(*lines)
    assert len(chunks) > 2
    for chunk in chunks[1:]:
        assert chunk.text.startswith("Replace the catheter when:\na. The site shows one of these:\n(")


def test_a_table_row_is_never_without_its_caption_and_header() -> None:
    lines = [
        Line(BlockKind.CAPTION, "Table 1. Flush volumes", ("Flushing",)),
        Line(BlockKind.TABLE_HEADER, "Device\tVolume", ("Flushing",)),
    ]
    lines += [row(f"Device {i}\t{i} mL of saline before use", "Flushing", context=(0, 1)) for i in range(12)]
    document, chunks = chunks_of(*lines)
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.text.startswith("Table 1. Flush volumes\n")
        assert "Device\tVolume\n" in chunk.text
        assert document.blocks[chunk.last_block].kind is BlockKind.TABLE_ROW


def test_a_list_is_cut_between_its_outer_items_rather_than_inside_one() -> None:
    lines = [paragraph("Before the procedure:", "Care")]
    for outer in range(3):
        parent = len(lines)
        lines.append(item(f"{outer}. Prepare the following", "Care", context=(0,)))
        lines += [item(sentence(i, 5), "Care", context=(0, parent), level=2) for i in range(2)]
    document, chunks = chunks_of(*lines)
    assert [document.blocks[chunk.first_block].level for chunk in chunks] == [0, 1]


def test_a_lead_in_is_not_left_behind_at_the_end_of_a_chunk() -> None:
    filler = [paragraph(sentence(i, 9), "Care") for i in range(3)]
    lines = [*filler, paragraph("Stop the infusion if:", "Care")]
    lines += [item(f"{i}. " + sentence(i, 8), "Care", context=(3,)) for i in range(3)]
    _, chunks = chunks_of(*lines)
    assert not any(chunk.text.endswith("Stop the infusion if:") for chunk in chunks)


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    document, chunks = chunks_of(paragraph(" ".join(sentence(i, 15) for i in range(10)), "Care"))
    assert len(chunks) > 3
    for chunk in chunks:
        assert chunk.text.startswith("Rule")
        assert chunk.text.endswith("here.")
        assert document.text[chunk.start : chunk.end] == chunk.text


def test_a_sentence_longer_than_the_limit_is_cut_at_words() -> None:
    document, chunks = chunks_of(paragraph(" ".join(f"word{i}" for i in range(100))))
    assert [word for chunk in chunks for word in chunk.text.split()] == document.text.split()


def test_a_word_longer_than_the_limit_is_cut_too() -> None:
    document = document_of([paragraph("x" * 100)])
    chunks = chunk_document(document, len, 16)
    assert "".join(chunk.text for chunk in chunks) == document.text
    assert all(chunk.token_count <= 16 for chunk in chunks)


def test_a_context_that_is_too_long_is_shortened_to_its_last_part() -> None:
    lead_in = "Rule 0 applies always. " + " ".join(["really"] * 30) + " long. Replace the catheter when:"
    lines = [paragraph(lead_in, "Care"), *(item(sentence(i, 30), "Care", context=(0,)) for i in range(3))]
    document, chunks = chunks_of(*lines)
    items = [chunk for chunk in chunks if document.blocks[chunk.first_block].kind is BlockKind.LIST_ITEM]
    assert items
    for chunk in items:
        assert chunk.token_count <= LIMIT
        assert chunk.text.split("\n")[0].endswith("Replace the catheter when:")
        assert not chunk.text.startswith("Rule 0 applies")


def test_the_header_block_is_a_chunk_of_its_own() -> None:
    _, chunks = chunks_of(
        Line(BlockKind.HEADER_BLOCK, "POLICY NO. IC-204"),
        Line(BlockKind.HEADER_BLOCK, "EFFECTIVE: 2024-03-01"),
        paragraph("Assess the site every 8 hours."),
    )
    assert [chunk.text for chunk in chunks] == [
        "POLICY NO. IC-204\n\nEFFECTIVE: 2024-03-01",
        "Assess the site every 8 hours.",
    ]


def test_title_number_and_section_trail_are_embedded_but_not_quoted() -> None:
    _, chunks = chunks_of(paragraph("Assess the site every 8 hours.", "B. Care", "1. Assessment"))
    assert chunks[0].text == "Assess the site every 8 hours."
    assert chunks[0].embedding_text == (
        "IC-204 Peripheral IV Care > B. Care > 1. Assessment\nAssess the site every 8 hours."
    )
    assert chunks[0].section == ("B. Care", "1. Assessment")


def test_a_title_that_is_also_the_first_heading_is_said_once() -> None:
    _, chunks = chunks_of(paragraph("Assess the site.", "PERIPHERAL IV CARE", "B. Care"))
    assert chunks[0].embedding_text == "IC-204 Peripheral IV Care > B. Care\nAssess the site."


def test_a_trail_that_is_too_long_loses_its_outer_headings_first() -> None:
    outer, inner = "Very long outer heading " * 3, "Flushing"
    _, chunks = chunks_of(paragraph(sentence(1, 30), outer, inner))
    assert chunks[0].embedding_text.startswith("IC-204 Peripheral IV Care > Flushing\n")


@pytest.mark.parametrize(("starts", "page"), [((), None), ((0, 3), 2)])
def test_a_chunk_knows_the_page_on_which_it_starts(starts: tuple[int, ...], page: int | None) -> None:
    document = document_of([paragraph(" Pg")]).model_copy(update={"page_starts": starts, "text": "   Pg"})
    block = document.blocks[0].model_copy(update={"start": 3, "end": 5})
    chunks = chunk_document(document.model_copy(update={"blocks": (block,)}), words, LIMIT)
    assert chunks[0].page == page

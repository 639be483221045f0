from reportlab.pdfbase.pdfmetrics import stringWidth

from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, block_with, blocks_of, text_of


def test_lines_of_a_paragraph_become_one_block():
    parsed = DrawnPdf().lines(72, 100, *PROSE).read()
    assert blocks_of(parsed, BlockKind.PARAGRAPH) == [" ".join(PROSE)]


def test_lines_wrap_at_the_edge_of_a_narrow_page_whatever_the_width_of_its_running_head():
    lines = [f"Number {n} of the lines that end at the column" for n in range(9)]
    drawn = DrawnPdf()
    for body in ([*PROSE * 4], [*lines, "The nurses of the ward report to the Blankets", "Committee once a month."]):
        drawn.text(72, 50, "Warm Blankets").text(340, 50, "Policy WB-12").text(72, 760, "Printed").text(
            440, 760, "Ward 7"
        )
        drawn.lines(72, 100, *body).page()
    assert "to the Blankets Committee once" in drawn.read().text


def test_a_gap_parts_two_paragraphs():
    parsed = DrawnPdf().lines(72, 100, *PROSE).lines(72, 170, *PROSE).read()
    assert blocks_of(parsed, BlockKind.PARAGRAPH) == [" ".join(PROSE)] * 2


def test_two_columns_are_read_one_after_the_other():
    left = [f"Left column line {n} goes up to the gutter" for n in range(1, 9)]
    right = [f"Right column line {n} goes up to the edge" for n in range(1, 9)]
    drawn = DrawnPdf().lines(72, 100, *PROSE).lines(60, 170, *left).lines(320, 170, *right)
    text = drawn.read().text
    assert text.index("reports changes") < text.index("Left column line 1")
    assert text.index("Left column line 8") < text.index("Right column line 1")


def test_columns_whose_lines_stand_on_different_heights_are_read_one_after_the_other():
    left = [f"Left column line {n} goes up to the gutter" for n in range(1, 9)]
    right = [f"Right column line {n} goes up to the edge" for n in range(1, 9)]
    parsed = DrawnPdf().lines(60, 120, *left).lines(320, 126.5, *right).read()
    assert parsed.text.index("Left column line 8") < parsed.text.index("Right column line 1")


def test_labels_beside_their_text_are_no_columns():
    drawn = DrawnPdf()
    for index, label in enumerate(("Scope:", "Owner:", "Goal:", "Limit:", "Risk:", "Cost:")):
        drawn.text(72, 100 + 30 * index, label).text(180, 100 + 30 * index, f"The words that explain number {index}.")
    text = drawn.read().text
    assert "Scope: The words that explain number 0." in text
    assert text.index("number 0") < text.index("Owner:")


def test_a_paragraph_that_runs_over_the_page_stays_one_block_and_its_pages_are_known():
    drawn = DrawnPdf().lines(72, 600, *PROSE[:2]).page().lines(72, 100, *PROSE[2:]).read()
    [paragraph] = [block for block in drawn.blocks if block.kind is BlockKind.PARAGRAPH]
    assert text_of(drawn, paragraph) == " ".join(PROSE)
    assert paragraph.page == 1
    assert drawn.text[drawn.page_starts[1] :].startswith("reports changes")


def test_a_word_broken_at_the_line_end_is_joined():
    parsed = (
        DrawnPdf()
        .lines(72, 100, "The medication room is locked at all times when nobody attends it; the medi-")
        .lines(72, 113.5, "cation keys are handed over in person and signed for in the shift book by both.")
        .read()
    )
    assert "the medication keys are handed over" in parsed.text


def test_a_word_broken_over_the_page_is_joined_and_each_page_has_its_part():
    first = ("The medication room is locked at all times when nobody attends it; the medi-",)
    second = ("cation keys are handed over in person and signed for in the shift book by both.",)
    parsed = DrawnPdf().lines(72, 700, *first).page().lines(72, 100, *second).read()
    [paragraph] = [block for block in parsed.blocks if block.kind is BlockKind.PARAGRAPH]
    assert "the medication keys are handed over" in text_of(parsed, paragraph)
    assert parsed.text[parsed.page_starts[1] :].startswith("cation keys")


def test_a_compound_over_the_page_and_a_hyphen_that_nothing_follows_are_kept():
    first = "New staff work beside an experienced colleague for the whole of a two-"
    second = "week period, or for two further weeks where the week was cut short by leave."
    assert "a two-week period" in DrawnPdf().lines(72, 700, first).page().lines(72, 100, second).read().text
    alone = DrawnPdf().lines(72, 700, first).page().text(72, 100, "1. Leave", bold=True, size=14).read().text
    assert "of a two-\n" in alone


def test_a_compound_at_the_line_end_keeps_its_hyphen():
    parsed = (
        DrawnPdf()
        .lines(72, 100, "New staff work beside an experienced colleague for the whole of a two-")
        .lines(72, 113.5, "week period, or for two further weeks where the week was cut short by leave.")
        .read()
    )
    assert "a two-week period" in parsed.text


def test_a_raised_number_stays_on_its_line():
    end = 72 + stringWidth("Place the 2", "Helvetica", 11)
    parsed = (
        DrawnPdf().text(72, 100, "Place the 2").text(end, 96, "nd", size=7).text(end + 11, 100, "line below.").read()
    )
    assert "Place the 2nd line below." in parsed.text


def test_letter_spaced_words_are_joined():
    drawn = DrawnPdf().lines(72, 150, *PROSE)
    for index, letter in enumerate("TRANSFER"):
        drawn.text(72 + 16 * index, 110, letter, bold=True)
    assert blocks_of(drawn.read(), BlockKind.HEADING) == ["TRANSFER"]


def test_empty_form_lines_and_dotted_leaders_are_kept_short():
    parsed = DrawnPdf().text(72, 100, "Name: " + "_" * 50).text(72, 130, "Purpose " + "." * 60 + " 3").read()
    assert parsed.text.split("\n\n") == ["Name: ___", "Purpose ... 3"]


def test_a_page_that_is_shown_turned_is_read_as_it_is_seen():
    drawn = DrawnPdf()
    drawn.canvas.setPageRotation(90)
    for index, line in enumerate(PROSE):
        drawn.canvas.saveState()
        drawn.canvas.translate(100 + 14 * index, 72)
        drawn.canvas.rotate(90)
        drawn.canvas.setFont("Helvetica", 11)
        drawn.canvas.drawString(0, 0, line)
        drawn.canvas.restoreState()
    assert blocks_of(drawn.read(), BlockKind.PARAGRAPH) == [" ".join(PROSE)]


def test_headings_make_the_section_trail():
    parsed = (
        DrawnPdf()
        .text(72, 90, "Care of Lines", size=18, bold=True)
        .text(72, 120, "Daily checks", bold=True)
        .lines(72, 140, *PROSE)
        .text(72, 200, "Removal", bold=True)
        .lines(72, 220, "The line is removed without delay when it is no longer needed.")
        .read()
    )
    assert blocks_of(parsed, BlockKind.HEADING) == ["Care of Lines", "Daily checks", "Removal"]
    assert block_with(parsed, "Every unit").section == ("Care of Lines", "Daily checks")
    assert block_with(parsed, "without delay").section == ("Care of Lines", "Removal")


def test_a_label_in_capitals_before_its_text_is_a_heading():
    parsed = (
        DrawnPdf()
        .item(72, 100, "I.", "PURPOSE: To keep patients safe during their stay.")
        .item(72, 130, "II.", "POLICY:")
        .item(90, 150, "A.", "Hands are cleaned before each contact with a patient.")
        .read()
    )
    assert blocks_of(parsed, BlockKind.HEADING) == ["I. PURPOSE:", "II. POLICY:"]
    assert block_with(parsed, "To keep patients safe").section == ("I. PURPOSE:",)
    assert block_with(parsed, "Hands are cleaned").section == ("II. POLICY:",)


def test_a_numbered_order_in_bold_is_no_heading():
    parsed = DrawnPdf().lines(72, 90, *PROSE).item(72, 140, "4.", "Give 5 mg by mouth once", bold=True).read()
    assert block_with(parsed, "Give 5 mg").kind is BlockKind.LIST_ITEM


def test_what_is_filled_into_form_fields_is_read():
    drawn = DrawnPdf().text(72, 100, "Revised:")
    drawn.canvas.acroForm.textfield(
        name="revised", x=130, y=687, width=120, height=16, value="3 May 2024", borderWidth=0
    )
    assert "Revised: 3 May 2024" in drawn.read().text


def test_usual_section_names_with_a_colon_are_headings_however_they_are_written():
    parsed = (
        DrawnPdf()
        .text(72, 100, "Purpose:")
        .text(150, 100, "To keep patients safe.")
        .lines(150, 113.5, "And their visitors.")
        .text(72, 150, "Procedure:")
        .item(90, 170, "1.", "Clean the hands.")
        .text(72, 200, "Remember: nobody is perfect.")
        .read()
    )
    assert blocks_of(parsed, BlockKind.HEADING) == ["Purpose:", "Procedure:"]
    assert block_with(parsed, "Clean the hands").section == ("Procedure:",)


def test_a_page_whose_text_runs_upwards_is_read_as_if_it_were_turned():
    drawn = DrawnPdf()
    for index, line in enumerate(PROSE):
        drawn.canvas.saveState()
        drawn.canvas.translate(100 + 14 * index, 72)
        drawn.canvas.rotate(90)
        drawn.canvas.setFont("Helvetica", 11)
        drawn.canvas.drawString(0, 0, line)
        drawn.canvas.restoreState()
    assert blocks_of(drawn.read(), BlockKind.PARAGRAPH) == [" ".join(PROSE)]

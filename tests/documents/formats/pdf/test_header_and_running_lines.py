from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, blocks_of


def policy(pages: int = 3) -> DrawnPdf:
    drawn = DrawnPdf()
    for number in range(1, pages + 1):
        drawn.text(72, 50, "SUBJECT:").text(140, 50, "TRANSFER OF PATIENTS", bold=True).text(
            440, 50, "REFERENCE NO. 77"
        )
        drawn.rule(72, 62, 540, 62)
        drawn.lines(72, 100, f"Section {number * 11} of the plan.").lines(72, 130, "abc"[number - 1] * 9 + " is done.")
        drawn.rule(72, 700, 540, 700)
        if number == 1:
            drawn.text(72, 715, "EFFECTIVE: 3-12-11").text(72, 729, "REVISED:   09-02-24").text(
                72, 743, "SUPERSEDES: 01-01-22"
            )
        drawn.text(470, 715, f"PAGE {number} OF {pages}")
        if number < pages:
            drawn.page()
    return drawn


def test_running_heads_are_in_the_text_once_as_header_block():
    parsed = policy().read()
    assert parsed.text.count("TRANSFER OF PATIENTS") == 1
    assert "SUBJECT: TRANSFER OF PATIENTS" in blocks_of(parsed, BlockKind.HEADER_BLOCK)
    assert "REFERENCE NO. 77" in blocks_of(parsed, BlockKind.HEADER_BLOCK)
    assert "SUBJECT: TRANSFER OF PATIENTS REFERENCE NO. 77" in parsed.running_lines


def test_page_numbers_of_later_pages_are_removed():
    parsed = policy().read()
    assert "PAGE 2 OF 3" not in parsed.text
    assert "PAGE 3 OF 3" not in parsed.text


def test_dates_in_the_foot_of_the_first_page_stay_with_their_labels():
    header = blocks_of(policy().read(), BlockKind.HEADER_BLOCK)
    assert [line for line in header if line.startswith(("EFF", "REV", "SUP"))] == [
        "EFFECTIVE: 3-12-11",
        "REVISED: 09-02-24",
        "SUPERSEDES: 01-01-22",
    ]


def test_a_header_table_becomes_label_and_value_lines():
    drawn = DrawnPdf().grid([72, 380, 540], [60, 95, 130]).lines(72, 180, *PROSE)
    drawn.text(170, 75, "Policy Title:").text(150, 89, "Transfer of Patients").text(420, 75, "Policy Number").text(
        450, 89, "77"
    )
    drawn.text(80, 110, "Date Revised:").text(180, 110, "May 3, 2024").text(80, 124, "Review Date:").text(
        180, 124, "May 31, 2027"
    )
    drawn.text(390, 117, "Effective Date: June 1, 2024")
    assert blocks_of(drawn.read(), BlockKind.HEADER_BLOCK) == [
        "Policy Title: Transfer of Patients",
        "Policy Number 77",
        "Date Revised: May 3, 2024",
        "Review Date: May 31, 2027",
        "Effective Date: June 1, 2024",
    ]


def test_a_sentence_that_several_pages_end_with_is_no_running_foot():
    drawn = DrawnPdf()
    for number in range(3):
        drawn.lines(72, 100, *PROSE).text(72, 400, "The supervisor is told.").lines(
            72, 430, f"Case {'abc'[number]} is closed."
        )
        if number < 2:
            drawn.page()
    assert drawn.read().text.count("The supervisor is told.") == 3


def test_a_header_table_with_labels_and_values_in_cells_of_their_own_is_paired():
    drawn = DrawnPdf().grid([72, 180, 306, 420, 540], [60, 80, 100]).lines(72, 180, *PROSE)
    for y, row in (
        (74, ("Policy number", "QX-12", "Effective date", "06/01/2024")),
        (94, ("Owner", "Pharmacy", "Supersedes", "QX-9")),
    ):
        for x, cell in zip((77, 185, 311, 425), row, strict=True):
            drawn.text(x, y, cell, size=10)
    assert blocks_of(drawn.read(), BlockKind.HEADER_BLOCK) == [
        "Policy number QX-12",
        "Effective date 06/01/2024",
        "Owner Pharmacy",
        "Supersedes QX-9",
    ]


def test_lines_that_count_the_pages_are_running_whatever_else_they_say():
    drawn = DrawnPdf()
    for number, chapter in enumerate(("Admission", "Transfer", "Transfer", "Discharge"), start=1):
        drawn.text(72, 40, f"Chapter on {chapter}").text(530, 40, str(number))
        drawn.lines(72, 100, f"What is written on sheet {'abcd'[number - 1]} of this plan.")
        drawn.page()
    text = drawn.read().text
    assert "Chapter on Discharge" not in text
    assert text.count("Chapter on") <= 1


def test_a_footnote_does_not_part_the_text_that_goes_on_over_the_page():
    drawn = DrawnPdf().lines(72, 100, "Sedation* is recorded.").lines(72, 640, *PROSE[:2])
    drawn.text(72, 720, "* Sedation means any medicine that calms.", size=9)
    parsed = drawn.page().lines(72, 100, *PROSE[2:]).read()
    assert " ".join(PROSE) in parsed.text
    assert blocks_of(parsed, BlockKind.FOOTNOTE) == ["* Sedation means any medicine that calms."]


def test_a_frame_around_the_page_is_no_table():
    drawn = DrawnPdf()
    for number in (1, 2):
        drawn.grid([60, 552], [40, 80, 720]).text(70, 64, "MERIDIAN CLINIC")
        if number == 1:
            drawn.text(80, 110, "Daily checks", bold=True).lines(80, 640, *PROSE[:2]).page()
    parsed = drawn.lines(80, 110, *PROSE[2:]).text(80, 200, "Removal", bold=True).read()
    assert " ".join(PROSE) in parsed.text
    assert parsed.text.count("MERIDIAN CLINIC") == 1
    assert blocks_of(parsed, BlockKind.HEADING) == ["Daily checks", "Removal"]


def test_a_watermark_across_the_page_is_a_running_line_and_leaves_the_text_whole():
    drawn = DrawnPdf()
    drawn.canvas.saveState()
    drawn.canvas.setFont("Helvetica-Bold", 90)
    drawn.canvas.setFillGray(0.85)
    drawn.canvas.translate(150, 450)
    drawn.canvas.rotate(45)
    drawn.canvas.drawString(0, 0, "DRAFT")
    drawn.canvas.restoreState()
    parsed = drawn.lines(72, 100, *(PROSE * 5)).read()
    assert parsed.running_lines == ("DRAFT",)
    assert "DRAFT" not in parsed.text
    assert " ".join(PROSE) in parsed.text


def test_words_along_the_edge_are_not_lost():
    drawn = DrawnPdf().lines(72, 100, *PROSE)
    drawn.canvas.translate(30, 300)
    drawn.canvas.rotate(90)
    drawn.canvas.drawString(0, 0, "Keep this sheet in the record")
    assert drawn.read().text.endswith("Keep this sheet in the record")

from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, block_with, blocks_of, context_of, text_of

LEFT, RIGHT = 60, 320
DOSES = (("Weight", "Dose"), ("Under 10 kg", "1 tablet"), ("Over 10 kg", "2 tablets"))


def column(name: str, first: int, last: int) -> list[str]:
    return [f"{name} column line {n} goes up to the gutter" for n in range(first, last + 1)]


def table(drawn: DrawnPdf, x: float, top: float) -> DrawnPdf:
    """A ruled table of two columns and three rows, 230 points wide and 60 high."""
    for index, (weight, dose) in enumerate(DOSES):
        bold = index == 0
        drawn.text(x + 6, top + 14 + 20 * index, weight, bold=bold).text(
            x + 121, top + 14 + 20 * index, dose, bold=bold
        )
    return drawn.grid([x, x + 115, x + 230], [top, top + 20, top + 40, top + 60])


def order_of(text: str, *words: str) -> list[str]:
    return sorted(words, key=text.index)


def test_a_table_in_the_right_column_is_read_with_that_column():
    drawn = DrawnPdf().lines(LEFT, 120, *column("Left", 1, 20)).lines(RIGHT, 120, *column("Right", 1, 5))
    text = table(drawn, RIGHT, 200).lines(RIGHT, 290, *column("Right", 6, 12)).read().text
    sought = ("Left column line 1 ", "Left column line 20", "Right column line 5", "Under 10 kg", "Right column line 6")
    assert order_of(text, *sought) == list(sought)


def test_a_table_in_the_left_column_is_read_before_the_right_column():
    drawn = DrawnPdf().lines(LEFT, 120, *column("Left", 1, 5)).lines(RIGHT, 120, *column("Right", 1, 20))
    text = table(drawn, LEFT, 200).lines(LEFT, 290, *column("Left", 6, 12)).read().text
    sought = (
        "Left column line 5",
        "Under 10 kg",
        "Left column line 12",
        "Right column line 1 ",
        "Right column line 20",
    )
    assert order_of(text, *sought) == list(sought)


def test_a_table_that_ends_the_left_column_is_read_before_a_shorter_right_column():
    drawn = DrawnPdf().lines(LEFT, 120, *column("Left", 1, 12)).lines(RIGHT, 120, *column("Right", 1, 8))
    text = table(drawn, LEFT, 300).read().text
    sought = ("Left column line 12", "Under 10 kg", "Right column line 1 ", "Right column line 8")
    assert order_of(text, *sought) == list(sought)


def test_text_across_the_page_above_and_below_stays_outside_the_columns():
    drawn = DrawnPdf().lines(LEFT, 100, *PROSE).lines(LEFT, 160, *column("Left", 1, 12))
    drawn = table(drawn.lines(RIGHT, 160, *column("Right", 1, 5)), RIGHT, 240)
    drawn.text(LEFT, 350, "2. Closing words", bold=True).lines(LEFT, 375, *PROSE[:1], "which nobody may shorten.")
    text = drawn.read().text
    sought = ("reports changes", "Left column line 12", "Right column line 5", "Under 10 kg", "Closing", "may shorten")
    assert order_of(text, *sought) == list(sought)


def test_a_table_across_both_columns_parts_the_page():
    drawn = DrawnPdf().lines(LEFT, 120, *column("Left", 1, 6)).lines(RIGHT, 120, *column("Right", 1, 6))
    drawn.text(66, 224, "Wide left cell").text(326, 224, "Wide right cell").grid([60, 320, 550], [210, 230])
    text = drawn.lines(LEFT, 250, *column("Left", 7, 12)).lines(RIGHT, 250, *column("Right", 7, 12)).read().text
    sought = (
        "Left column line 6",
        "Right column line 6",
        "Wide left cell",
        "Left column line 7",
        "Right column line 7",
    )
    assert order_of(text, *sought) == list(sought)


def test_the_caption_in_a_column_belongs_to_the_rows_and_not_to_a_heading_beside_it():
    drawn = DrawnPdf().text(LEFT, 120, "1. Principle", bold=True, size=13).lines(LEFT, 140, *column("Left", 1, 20))
    drawn.text(RIGHT, 120, "Table 1. Tablets by weight", bold=True)
    parsed = table(drawn, RIGHT, 126).lines(RIGHT, 220, *column("Right", 1, 8)).read()
    assert blocks_of(parsed, BlockKind.HEADING) == ["1. Principle"]
    assert context_of(parsed, "Under 10 kg") == ["Table 1. Tablets by weight", "Weight\tDose"]


def test_a_paragraph_in_a_column_wraps_at_the_edge_of_its_column():
    drawn = DrawnPdf().lines(LEFT, 120, *column("Left", 1, 20)).lines(RIGHT, 200, *column("Right", 1, 8))
    parsed = table(drawn, RIGHT, 112).read()
    assert text_of(parsed, block_with(parsed, "Right column line 1 ")) == " ".join(column("Right", 1, 8))
    assert text_of(parsed, block_with(parsed, "Left column line 1 ")) == " ".join(column("Left", 1, 20))


def test_a_narrow_table_with_a_few_words_beside_it_is_no_column():
    drawn = DrawnPdf().lines(LEFT, 100, *PROSE)
    parsed = table(drawn, LEFT, 160).text(RIGHT, 174, "See the back.").lines(LEFT, 240, *PROSE).read()
    assert blocks_of(parsed, BlockKind.TABLE_ROW) == ["Under 10 kg\t1 tablet", "Over 10 kg\t2 tablets"]
    assert blocks_of(parsed, BlockKind.PARAGRAPH).count(" ".join(PROSE)) == 2


def test_a_label_in_bold_at_the_top_of_a_column_does_not_go_on_with_the_column_before():
    drawn = DrawnPdf().lines(LEFT, 120, *column("Left", 1, 20)).lines(RIGHT, 140, *column("Right", 1, 19))
    parsed = drawn.text(RIGHT, 120, "Monitoring", bold=True).read()
    assert blocks_of(parsed, BlockKind.HEADING) == ["Monitoring"]

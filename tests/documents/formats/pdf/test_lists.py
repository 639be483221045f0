from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, block_with, blocks_of, context_of, text_of


def nested_list() -> DrawnPdf:
    return (
        DrawnPdf()
        .text(72, 100, "Replace the catheter when:")
        .item(
            90,
            116,
            "1.",
            "The site shows one of the following signs of infection, seen by the nurse who",
            "inspects it:",
        )
        .item(108, 146, "a.", "Redness")
        .item(108, 162, "b.", "Pus")
        .item(90, 178, "2.", "It leaks")
        .item(108, 194, "•", "at the hub")
        .item(126, 210, "o", "even after it was tightened")
        .text(72, 240, "Document the reason.")
    )


def test_levels_follow_marks_and_indents():
    parsed = nested_list().read()
    levels = {
        w: block_with(parsed, w).level for w in ("The site", "Redness", "Pus", "It leaks", "at the hub", "even after")
    }
    assert levels == {"The site": 1, "Redness": 2, "Pus": 2, "It leaks": 1, "at the hub": 2, "even after": 3}


def test_a_list_item_is_never_without_its_lead_in():
    parsed = nested_list().read()
    item = "1. The site shows one of the following signs of infection, seen by the nurse who inspects it:"
    assert context_of(parsed, "It leaks") == ["Replace the catheter when:"]
    assert context_of(parsed, "b. Pus") == ["Replace the catheter when:", item]
    assert context_of(parsed, "even after") == ["Replace the catheter when:", "2. It leaks", "• at the hub"]


def test_the_paragraph_after_a_list_stands_alone():
    parsed = nested_list().read()
    assert block_with(parsed, "Document the reason").context == ()


def test_a_list_goes_on_over_the_page():
    parsed = (
        DrawnPdf()
        .text(72, 650, "Call the physician for:")
        .item(90, 666, "1.", "Chest pain")
        .page()
        .item(90, 80, "2.", "Breathlessness")
        .read()
    )
    assert block_with(parsed, "Breathlessness").level == 1
    assert context_of(parsed, "Breathlessness") == ["Call the physician for:"]


def test_letter_i_goes_on_after_h_and_roman_i_begins_a_list():
    drawn = DrawnPdf().text(72, 80, "Routes:")
    for index, letter in enumerate("abcdefghi"):
        drawn.item(90, 96 + 16 * index, f"{letter}.", f"Route number {index}")
    drawn.item(108, 240, "i.", "Only with consent")
    parsed = drawn.read()
    assert block_with(parsed, "Route number 8").level == 1
    assert block_with(parsed, "Only with consent").level == 2


def test_a_wrapped_line_that_begins_with_a_number_is_no_item():
    parsed = (
        DrawnPdf()
        .item(
            72,
            100,
            "A.",
            "The form is sent to the committee, which answers in writing within a period of",
            "30. days at most.",
        )
        .read()
    )
    assert [b.kind for b in parsed.blocks] == [BlockKind.LIST_ITEM]


def test_orders_under_an_item_keep_the_item_as_their_context():
    parsed = (
        DrawnPdf()
        .item(72, 100, "4.", "For a severe reaction:", "Adrenaline 0.5 mg into the muscle", "Call for help")
        .item(72, 150, "5.", "Give oxygen")
        .read()
    )
    assert context_of(parsed, "Adrenaline 0.5 mg") == ["4. For a severe reaction:"]
    assert context_of(parsed, "Call for help") == ["4. For a severe reaction:"]
    assert block_with(parsed, "Give oxygen").context == ()


def test_a_figure_and_its_unit_that_went_to_the_next_line_together_go_on_with_the_sentence():
    # "12" alone would have fitted into the first line; a no-break space keeps it with "months"
    parsed = (
        DrawnPdf()
        .lines(72, 100, *PROSE)
        .lines(72, 170, "Only nurses who passed the test of new skills within the last")
        .lines(72, 183.5, "12 months may warm blankets. Students may watch them.")
        .read()
    )
    assert "the last 12 months may warm blankets" in text_of(parsed, block_with(parsed, "Only nurses"))


def test_the_next_number_of_a_list_is_an_item_even_after_a_full_line_without_a_stop():
    first = "Warm the blanket in the cabinet on the ward and carry it to the patient"
    parsed = DrawnPdf().item(72, 100, "1.", first).item(72, 113.5, "2.", "days later count all of them again").read()
    assert len(blocks_of(parsed, BlockKind.LIST_ITEM)) == 2


def test_an_area_code_is_no_mark():
    parsed = DrawnPdf().text(72, 100, "Pharmacy on call").text(72, 130, "(555) 010-7788 day and night").read()
    assert block_with(parsed, "010-7788").kind is BlockKind.PARAGRAPH


def test_a_letter_whose_full_stop_was_forgotten_goes_on_with_the_list():
    drawn = DrawnPdf().item(72, 100, "A.", "Assess", hang=36).item(72, 116, "B.", "Inform", hang=36)
    parsed = drawn.item(72, 132, "C", "Record", hang=36).read()
    assert [(text_of(parsed, b), b.level) for b in parsed.blocks] == [
        ("A. Assess", 1),
        ("B. Inform", 1),
        ("C Record", 1),
    ]


def test_weight_bands_on_lines_of_their_own_are_blocks_of_their_own():
    parsed = (
        DrawnPdf()
        .lines(
            72,
            100,
            "Less than 24 kg: give the solution slowly by weight and measure the glucose again after it",
            size=11,
        )
        .lines(72, 113.5, ">24 kg: give the whole bag and measure the glucose again.")
        .read()
    )
    assert len(parsed.blocks) == 2

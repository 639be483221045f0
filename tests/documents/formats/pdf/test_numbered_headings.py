"""Numbered headings among paragraphs, lead-ins and lists that begin at the same left edge."""

from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, block_with, blocks_of, context_of


def test_a_numbered_heading_in_larger_type_may_have_figures_in_it():
    drawn = DrawnPdf().text(72, 100, "1. Blankets after 40 minutes: warmer ones", bold=True, size=13)
    parsed = drawn.lines(72, 120, *PROSE).read()
    assert block_with(parsed, "plan for the transfer").section == ("1. Blankets after 40 minutes: warmer ones",)


def test_a_numbered_heading_in_larger_type_may_begin_with_a_time():
    drawn = DrawnPdf().text(72, 100, "2. 5 to 20 minutes: warm", bold=True, size=13).lines(72, 120, *PROSE)
    assert block_with(drawn.read(), "plan for the transfer").section == ("2. 5 to 20 minutes: warm",)


def test_a_numbered_order_in_bold_stays_an_item():
    drawn = DrawnPdf().lines(72, 60, *PROSE).item(72, 120, "1.", "Warm blanket for 40 minutes", bold=True)
    assert blocks_of(drawn.read(), BlockKind.LIST_ITEM) == ["1. Warm blanket for 40 minutes"]


def test_a_numbered_heading_ends_the_lead_in_of_the_section_before():
    drawn = DrawnPdf().text(72, 100, "1. Warming", bold=True, size=13)
    drawn.lines(72, 120, "A blanket is warmed when either holds:").item(90, 136, "•", "the patient is cold;")
    drawn.item(90, 152, "•", "the patient asks for it.").text(72, 180, "2. Cooling", bold=True, size=13)
    parsed = drawn.lines(72, 200, *PROSE).read()
    assert context_of(parsed, "the patient is cold") == ["A blanket is warmed when either holds:"]
    assert context_of(parsed, "plan for the transfer") == []


def test_numbered_headings_that_a_lead_in_announces_keep_it_as_context():
    drawn = DrawnPdf().lines(72, 60, "A ward that warms blankets shall:")
    for index, label in enumerate(("CABINETS", "LOGS", "CHECKS")):
        drawn.item(72, 90 + 50 * index, f"{index + 1}.", label, bold=True)
        drawn.text(90, 106 + 50 * index, f"Keep what is needed for {label.lower()} on the ward.")
    parsed = drawn.read()
    for label in ("cabinets", "logs", "checks"):
        assert context_of(parsed, f"needed for {label}") == ["A ward that warms blankets shall:"]

from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, block_with, blocks_of, context_of, text_of

XS = [72.0, 200.0, 330.0, 540.0]


def dose_rows(drawn: DrawnPdf, top: float, rows: list[tuple[str, str, str]]) -> DrawnPdf:
    drawn.grid(XS, [top + 20 * n for n in range(len(rows) + 1)])
    for n, row in enumerate(rows):
        for x, cell in zip(XS, row, strict=False):
            drawn.text(x + 5, top + 14 + 20 * n, cell, size=10, bold=n == 0 and row[0] == "Drug")
    return drawn


HEADER = ("Drug", "Adult dose", "Remarks")


def test_a_row_is_one_block_with_its_header_as_context():
    parsed = dose_rows(DrawnPdf(), 100, [HEADER, ("Alphacillin", "500 mg", "slowly"), ("Betacillin", "1 g", "")]).read()
    assert blocks_of(parsed, BlockKind.TABLE_HEADER) == ["Drug\tAdult dose\tRemarks"]
    assert blocks_of(parsed, BlockKind.TABLE_ROW) == ["Alphacillin\t500 mg\tslowly", "Betacillin\t1 g\t"]
    assert context_of(parsed, "Betacillin") == ["Drug\tAdult dose\tRemarks"]


def test_a_caption_belongs_to_every_row():
    drawn = DrawnPdf().text(72, 90, "Table 2: Doses before surgery", bold=True)
    parsed = dose_rows(drawn, 100, [HEADER, ("Alphacillin", "500 mg", "slowly"), ("Betacillin", "1 g", "-")]).read()
    assert context_of(parsed, "Betacillin")[0] == "Table 2: Doses before surgery"
    assert parsed.blocks[0].kind is BlockKind.CAPTION


def test_a_table_goes_on_over_the_page_with_its_header_said_once():
    drawn = DrawnPdf().lines(72, 500, *PROSE)
    dose_rows(drawn, 600, [HEADER, ("Alphacillin", "500 mg", "slowly"), ("Betacillin", "1 g", "-")]).page()
    dose_rows(drawn, 80, [HEADER, ("Gammacillin", "250 mg", "in the fridge")])
    parsed = drawn.read()
    assert blocks_of(parsed, BlockKind.TABLE_HEADER) == ["Drug\tAdult dose\tRemarks"]
    assert context_of(parsed, "Gammacillin") == ["Drug\tAdult dose\tRemarks"]
    assert block_with(parsed, "Gammacillin").page == 2


def test_a_table_without_repeated_header_goes_on_too():
    drawn = dose_rows(DrawnPdf(), 600, [HEADER, ("Alphacillin", "500 mg", "slowly"), ("Betacillin", "1 g", "-")]).page()
    dose_rows(drawn, 80, [("Gammacillin", "250 mg", "in the fridge"), ("Deltacillin", "2 g", "-")])
    assert context_of(drawn.read(), "Deltacillin") == ["Drug\tAdult dose\tRemarks"]


def test_a_cell_that_spans_rows_is_context_of_the_rows_beside_it():
    drawn = DrawnPdf().grid([200, 330, 540], [100, 120, 140, 160]).rule(72, 100, 72, 160)
    for y in (100, 120, 160):
        drawn.rule(72, y, 200, y)
    for x, cell in zip((77, 205, 335), HEADER, strict=True):
        drawn.text(x, 114, cell, size=10, bold=True)
    drawn.text(77, 134, "Alphacillin", size=10).text(205, 134, "500 mg", size=10).text(335, 134, "day one", size=10)
    drawn.text(205, 154, "250 mg", size=10).text(335, 154, "from day two", size=10)
    parsed = drawn.read()
    assert context_of(parsed, "from day two") == ["Drug\tAdult dose\tRemarks", "Alphacillin\t500 mg\tday one"]


def layout_table() -> DrawnPdf:
    drawn = DrawnPdf().text(220, 80, "Wheeze", size=16, bold=True)
    drawn.grid([72, 306, 540], [100, 120])
    drawn.text(160, 114, "ADULT", bold=True).text(390, 114, "PEDIATRIC", bold=True)
    drawn.box(72, 120, 540, 140, (0.8, 0.9, 1), stroke=1).text(250, 134, "Standing Orders", bold=True)
    drawn.grid([72, 306, 540], [140, 260])
    drawn.text(78, 155, "Oxygen as needed").text(312, 155, "Oxygen as needed")
    drawn.text(78, 180, "Salbumol:").text(312, 180, "Salbumol:")
    drawn.item(90, 196, "•", "Inhaled 5 mg").item(90, 212, "•", "Repeat twice")
    drawn.item(324, 196, "•", "Inhaled 2.5 mg").item(324, 212, "•", "Repeat once")
    return drawn


def test_a_layout_table_is_read_column_by_column_with_its_headings_in_the_trail():
    parsed = layout_table().read()
    assert block_with(parsed, "Inhaled 5 mg").section[-2:] == ("Standing Orders", "ADULT")
    assert block_with(parsed, "Inhaled 2.5 mg").section[-2:] == ("Standing Orders", "PEDIATRIC")
    assert parsed.text.index("Repeat twice") < parsed.text.index("Inhaled 2.5 mg")


def test_lists_in_a_layout_table_keep_their_lead_in():
    parsed = layout_table().read()
    assert block_with(parsed, "Inhaled 2.5 mg").kind is BlockKind.LIST_ITEM
    lead = block_with(parsed, "Inhaled 2.5 mg").context
    assert [text_of(parsed, parsed.blocks[i]) for i in lead] == ["Salbumol:"]
    assert parsed.blocks[lead[0]].section[-1] == "PEDIATRIC"


def test_text_after_a_layout_table_is_out_of_its_sections():
    parsed = layout_table().lines(72, 300, *PROSE).read()
    assert "ADULT" not in block_with(parsed, "Every unit").section
    assert "Standing Orders" not in block_with(parsed, "Every unit").section


def test_rows_without_rules_are_rows():
    drawn = DrawnPdf().lines(72, 90, *PROSE)
    for n, (name, number) in enumerate(
        (("Hand hygiene", "101"), ("Isolation", "102.1"), ("Waste", "103"), ("Linen", "104"))
    ):
        drawn.text(72, 160 + 15 * n, name).text(400, 160 + 15 * n, number)
    parsed = drawn.read()
    assert blocks_of(parsed, BlockKind.TABLE_ROW) == [
        "Hand hygiene\t101",
        "Isolation\t102.1",
        "Waste\t103",
        "Linen\t104",
    ]


def test_the_boxes_of_a_flowchart_are_reported():
    drawn = DrawnPdf()
    for n, words in enumerate(("Is the patient awake?", "Call for help", "Check the pulse", "Start compressions")):
        drawn.box(200, 100 + 60 * n, 360, 130 + 60 * n, stroke=1).text(210, 119 + 60 * n, words)
    parsed = drawn.read()
    assert [(p.kind.value, p.pages) for p in parsed.problems] == [("lost_table", (1,))]
    assert "Check the pulse" in parsed.text


def test_a_row_that_is_a_sub_item_has_the_row_it_belongs_to_as_context():
    drawn = DrawnPdf().grid([72, 440, 490, 540], [100, 120, 140, 160, 180])
    drawn.text(450, 114, "YES", bold=True, size=10).text(500, 114, "NO", bold=True, size=10)
    drawn.item(77, 134, "1.", "The unit names a physician who shall:", size=10)
    drawn.item(95, 154, "a.", "be on the premises.", size=10)
    drawn.item(77, 174, "2.", "The unit keeps a log.", size=10)
    parsed = drawn.read()
    header, parent = "\tYES\tNO", "1. The unit names a physician who shall:\t\t"
    assert context_of(parsed, "on the premises") == [header, parent]
    assert context_of(parsed, "keeps a log") == [header]

"""A value of the header block that runs over two lines keeps its second line."""

import pytest

from ragkit.documents.document import BlockKind

from .drawn_pages import PROSE, DrawnPdf, blocks_of

TOPS = [90, 112, 134, 168, 190]
PAIRS = (
    (("Policy number", "WB-12"), ("Effective date", "03/04/2025")),
    (("Owner", "Nursing"), ("Review date", "03/04/2027")),
    (("Approved by", "Blankets and Bedding\nCommittee"), ("Applies to", "adult patients and\nchildren")),
    (("Original date", "01/02/2019"), ("Date revised", "02/03/2025")),
)
APPROVED, APPLIES = "Approved by Blankets and Bedding Committee", "Applies to adult patients and children"


def header_of(edges: list[float], cells: list[list[str]], *, ruled: bool) -> list[str]:
    drawn = DrawnPdf().text(220, 70, "Warm Blankets", size=16, bold=True).lines(72, 300, *PROSE)
    for top, row in zip(TOPS, cells, strict=False):
        for x, cell in zip(edges, row, strict=False):
            drawn.lines(x + 5, top + 14, *cell.split("\n"), size=9, pitch=12)
    if ruled:
        drawn.grid(edges, TOPS)
    return blocks_of(drawn.read(), BlockKind.HEADER_BLOCK)


@pytest.mark.parametrize("ruled", [True, False])
def test_in_a_cell_of_its_own(ruled: bool):
    cells = [[text for pair in row for text in pair] for row in PAIRS]
    header = header_of([60, 150, 300, 390, 552], cells, ruled=ruled)
    assert APPROVED in header
    assert APPLIES in header


@pytest.mark.parametrize("ruled", [True, False])
def test_behind_its_label(ruled: bool):
    cells = [[f"{label}: {value}" for label, value in row] for row in PAIRS]
    # without rules nothing but the words shows that the line was wrapped
    cells[2][0] = "Approved by: Blankets and\nBedding Committee"
    header = header_of([60, 300, 552], cells, ruled=ruled)
    assert APPROVED.replace(" by", " by:") in header
    assert APPLIES.replace(" to", " to:") in header


def test_in_a_narrow_cell_where_the_next_word_did_not_fit():
    cells = [["Effective date: 03/04/2025"], ["Review date: 03/04/2027"], ["Approved by: Blankets Board\nCommittee"]]
    assert "Approved by: Blankets Board Committee" in header_of([60, 210], cells, ruled=True)


def test_a_line_under_a_whole_value_stays_a_line_of_its_own():
    drawn = DrawnPdf().lines(60, 90, "NUMBER: WB-12", "EFFECTIVE: 03-04-25", "OWNER: Nursing", "Warm Blankets")
    header = blocks_of(drawn.rule(60, 150, 552, 150).lines(72, 200, *PROSE).read(), BlockKind.HEADER_BLOCK)
    assert header == ["NUMBER: WB-12", "EFFECTIVE: 03-04-25", "OWNER: Nursing", "Warm Blankets"]

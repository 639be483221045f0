from __future__ import annotations

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.html import read_html
from ragkit.documents.parsed import ParsedSource

from .reading import block, context, lines


def read(*rows: str, start: str = "") -> ParsedSource:
    return read_html(f"<html><body>{start}<table>{''.join(rows)}</table></body></html>".encode())


def row(*cells: str, tag: str = "td") -> str:
    return f"<tr>{''.join(cell if cell.startswith('<td') else f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


LIST = "<ul><li>{} mg</li><li>repeat once</li></ul>"


def test_a_text_over_two_columns_belongs_to_both():
    parsed = read(
        row("Adult", "Child", tag="th"),
        row(LIST.format(10), LIST.format(1)),
        row("<td colspan=2><ul><li>call for help</li><li>stay</li></ul></td>"),
    )
    assert block(parsed, "• 1 mg").section == ("Child",)
    assert block(parsed, "• stay").section == ()


def test_a_text_over_some_columns_is_named_after_them():
    parsed = read(
        row("Step", "Adult", "Child", "Infant", tag="th"),
        row("Dose", LIST.format(10), LIST.format(2), LIST.format(1)),
        row("Route", "<td colspan=2><ul><li>nose</li><li>muscle</li></ul></td>", LIST.format(3)),
    )
    assert block(parsed, "• nose").section == ("Route", "Adult / Child")
    assert block(parsed, "• 3 mg").section == ("Route", "Infant")


def test_the_short_cells_of_a_row_stay_with_its_long_ones():
    parsed = read(
        row("Drug", "Route", "Dose", tag="th"),
        row("Alpha", "vein", LIST.format(5)),
        row("Beta", "mouth", "6 mg"),
    )
    assert context(parsed, "• 5 mg") == ["Drug\tRoute\tDose", "Alpha\tvein\t"]
    assert block(parsed, "• 5 mg").section == ("Alpha", "Dose")
    assert context(parsed, "Beta\tmouth\t6 mg") == ["Drug\tRoute\tDose"]


def test_a_row_over_the_whole_table_heads_the_texts_below_it():
    parsed = read(
        row("Adult", "Child", tag="th"),
        row("<td colspan=2>First hour</td>"),
        row(LIST.format(10), LIST.format(1)),
        row("<td colspan=2>Later</td>"),
        row(LIST.format(20), LIST.format(2)),
    )
    assert block(parsed, "• 2 mg").section == ("Later", "Child")


def test_a_table_inside_a_cell_keeps_its_rows():
    inner = f"<table>{row('Weight', 'Dose', tag='th')}{row('10 kg', '1 mg')}{row('20 kg', '2 mg')}</table>"
    parsed = read(row("Adult", "Child", tag="th"), row("10 mg", inner))
    assert context(parsed, "20 kg\t2 mg") == ["Adult\tChild", "Weight\tDose"]
    assert block(parsed, "20 kg\t2 mg").section == ("Child",)
    assert block(parsed, "10 mg").section == ("Adult",)


def test_a_header_of_two_rows_names_columns_by_both():
    parsed = read(
        "<thead>" + row("<td rowspan=2>Drug</td>", "<td colspan=2>Dose</td>") + row("Adult", "Child") + "</thead>",
        row("Alpha", "5 mg", "1 mg"),
    )
    assert lines(parsed, BlockKind.TABLE_HEADER) == ["Drug\tDose\tDose", "Drug\tAdult\tChild"]
    assert len(context(parsed, "Alpha\t5 mg\t1 mg")) == 2


def test_a_title_row_above_the_header_is_part_of_it():
    parsed = read(
        row("<td colspan=2>Doses of pain relief</td>"),
        row("<b>Drug</b>", "<b>Dose</b>"),
        row("Alpha", "5 mg"),
        row("Beta", "6 mg"),
    )
    assert context(parsed, "Beta\t6 mg") == ["Doses of pain relief", "Drug\tDose"]


def test_a_first_row_like_all_others_is_no_header():
    parsed = read(row("Pulse", "60 to 100"), row("Rate", "12 to 20"), row("Pressure", "90 to 140"))
    assert lines(parsed, BlockKind.TABLE_HEADER) == []


def test_a_table_needs_the_line_that_announces_it():
    parsed = read(row("Drug", "Dose", tag="th"), row("Alpha", "5 mg"), start="<p>Give one of these:</p>")
    assert context(parsed, "Alpha\t5 mg") == ["Give one of these:", "Drug\tDose"]


def test_a_frame_around_text_is_not_a_table():
    parsed = read(row("<td><p>Warning.</p><ul><li>Never alone.</li></ul></td>"))
    assert [entry.kind for entry in parsed.blocks] == [BlockKind.PARAGRAPH, BlockKind.LIST_ITEM]


def test_an_empty_table_leaves_nothing():
    assert read(row("", "")).text == ""

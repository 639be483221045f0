from policies import PolicyWriter

from ragkit.answering.units import Layout, Unit, UnitKind
from ragkit.documents.document import BlockKind, Document


def shown(document: Document, unit: Unit) -> str:
    return "|".join(document.text[start:end] for start, end in unit.all_spans)


def units(document: Document, kind: UnitKind) -> list[str]:
    layout = Layout(document)
    return [
        shown(document, unit)
        for index in range(len(document.blocks))
        for unit in layout.units_of(index)
        if unit.kind is kind
    ]


def test_every_sentence_of_a_paragraph_is_a_unit() -> None:
    writer = PolicyWriter()
    writer.line("Flush the port daily. Use 10 mL of saline.")
    assert units(writer.document(), UnitKind.SENTENCE) == ["Flush the port daily.", "Use 10 mL of saline."]


def test_a_list_item_is_never_without_its_lead_in() -> None:
    document = PolicyWriter().bullets("Remove the port when:", "a. it leaks", "b. it is red").document()
    assert units(document, UnitKind.LIST_ITEM) == [
        "Remove the port when:|a. it leaks",
        "Remove the port when:|b. it is red",
    ]


def test_a_nested_item_brings_all_lead_ins_above_it() -> None:
    writer = PolicyWriter()
    outer = writer.line("Before use:")
    inner = writer.line("1. Check the bag for:", BlockKind.LIST_ITEM, (outer,))
    writer.line("a. leaks", BlockKind.LIST_ITEM, (outer, inner))
    assert units(writer.document(), UnitKind.LIST_ITEM)[-1] == "Before use:|1. Check the bag for:|a. leaks"


def test_only_the_last_sentence_of_a_paragraph_leads_in() -> None:
    document = PolicyWriter().bullets("Ports are common. Remove them when:", "a. they leak").document()
    assert units(document, UnitKind.LIST_ITEM) == ["Remove them when:|a. they leak"]


def test_a_list_with_its_nested_items_is_one_unit() -> None:
    writer = PolicyWriter()
    outer = writer.line("Before use:")
    inner = writer.line("1. Check:", BlockKind.LIST_ITEM, (outer,))
    writer.line("a. leaks", BlockKind.LIST_ITEM, (outer, inner))
    writer.line("2. Label.", BlockKind.LIST_ITEM, (outer,))
    assert "Before use:|1. Check:|a. leaks|2. Label." in units(writer.document(), UnitKind.LIST)


def test_a_table_row_comes_with_its_header() -> None:
    document = PolicyWriter().table("Drug\tDose", "Alphazine\t5 mg", "Betazine\t9 mg").document()
    assert units(document, UnitKind.TABLE_ROW) == ["Drug\tDose|Alphazine\t5 mg", "Drug\tDose|Betazine\t9 mg"]


def test_a_long_row_is_split_but_keeps_its_first_cell() -> None:
    sentence = "Give the first bag slowly and watch the patient closely for any sign of overload. "
    document = PolicyWriter().table("Stage\tCare", "Stage 1\t" + sentence * 6).document()
    found = units(document, UnitKind.TABLE_ROW)
    assert len(found) == 6
    assert all(text.startswith("Stage\tCare|Stage 1|Give") for text in found)


def test_lines_under_a_short_heading_are_one_unit_with_the_heading() -> None:
    writer = PolicyWriter().heading("Contraindications")
    writer.line("Known allergy", BlockKind.LIST_ITEM)
    writer.line("Age under 2 years", BlockKind.LIST_ITEM)
    assert units(writer.document(), UnitKind.SECTION_LIST) == ["Contraindications|Known allergy|Age under 2 years"]


def test_definitions_under_one_heading_are_no_list() -> None:
    writer = PolicyWriter().heading("DEFINITIONS:")
    writer.line("Port: a device under the skin.")
    writer.line("Flush: a rinse with saline.")
    assert units(writer.document(), UnitKind.SECTION_LIST) == []


def test_every_offset_of_every_unit_lies_in_the_text() -> None:
    document = PolicyWriter().bullets("Remove when:", "a. leak", "b. red").table("A\tB", "1\t2").document()
    layout = Layout(document)
    for index in range(len(document.blocks)):
        for unit in layout.units_of(index):
            assert all(0 <= start < end <= len(document.text) for start, end in unit.all_spans)

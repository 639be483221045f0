from __future__ import annotations

import io
import zipfile

import pytest

from ragkit.documents.document import BlockKind, ProblemKind
from ragkit.documents.formats.docx import read_docx
from ragkit.documents.parsed import UnreadableDocumentError

from .reading import block, context, excluded, lines, problem_kinds
from .word_files import NUMBERED, cell, item, p, r, table, word_file


def test_headings_make_the_trail_of_sections():
    parsed = read_docx(
        word_file(
            p("Care of drains", "Title") + p("Procedure", "Heading1") + p("Emptying", "Heading2") + p("Wear gloves.")
        )
    )
    assert block(parsed, "Wear gloves.").section == ("Procedure", "Emptying")
    assert block(parsed, "Emptying").level == 2
    assert block(parsed, "Emptying").section == ("Procedure",)


def test_the_number_that_word_keeps_out_of_the_text_is_written_into_it():
    body = item("Wash hands.", 1) + item("Open the set:", 1) + item("drape", 1, 1) + item("gloves", 1, 1)
    parsed = read_docx(word_file(body + item("Begin.", 1), numbering=NUMBERED))
    assert lines(parsed) == ["1. Wash hands.", "2. Open the set:", "a) drape", "b) gloves", "3. Begin."]
    assert [entry.level for entry in parsed.blocks] == [1, 1, 2, 2, 1]


def test_a_list_item_is_never_without_its_lead_in_and_the_items_above_it():
    body = p("Call the doctor when:") + item("the pulse is", 2) + item("over 120", 2, 1) + item("the drain leaks", 2)
    parsed = read_docx(word_file(body, numbering=NUMBERED))
    assert context(parsed, "• over 120") == ["Call the doctor when:", "• the pulse is"]
    assert context(parsed, "• the drain leaks") == ["Call the doctor when:"]


def test_numbers_go_on_inside_tables_as_word_counts_them():
    body = item("First.", 1) + table(["Step", item("Second.", 1)], ["Note", "None"]) + item("Third.", 1)
    parsed = read_docx(word_file(body, numbering=NUMBERED))
    assert lines(parsed) == ["1. First.", "Step\t2. Second.", "Note\tNone", "3. Third."]


def test_numbered_headings_keep_their_number():
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    parsed = read_docx(word_file(p("Purpose", "Heading1", numbered) + p("To be safe."), numbering=NUMBERED))
    assert block(parsed, "1. Purpose").kind is BlockKind.HEADING
    assert block(parsed, "To be safe.").section == ("1. Purpose",)


def test_a_tracked_deletion_is_struck_and_an_unaccepted_insertion_is_a_draft():
    runs = (
        r("Flush every ")
        + '<w:del w:id="1" w:author="x"><w:r><w:delText>12</w:delText></w:r></w:del>'
        + f'<w:ins w:id="2" w:author="x">{r("6")}</w:ins>'
        + r(" 8 hours.")
    )
    parsed = read_docx(word_file(p(runs=runs)))
    assert parsed.text == "Flush every 8 hours."
    assert excluded(parsed) == [("struck", "12"), ("unaccepted", "6")]
    assert problem_kinds(parsed) == ["struck_text", "unaccepted_text"]
    assert {parsed.text[: entry.position] for entry in parsed.excluded} == {"Flush every "}


def test_moved_text_stays_where_it_was_until_the_move_is_accepted():
    body = (
        p(runs=f'<w:moveFrom w:id="1" w:author="x">{r("Wash hands.")}</w:moveFrom>')
        + p("Then begin.")
        + p(runs=f'<w:moveTo w:id="2" w:author="x">{r("Wash hands.")}</w:moveTo>')
    )
    parsed = read_docx(word_file(body))
    assert lines(parsed) == ["Wash hands.", "Then begin."]
    assert excluded(parsed) == [("unaccepted", "Wash hands.")]


@pytest.mark.parametrize("properties", ["<w:strike/>", "<w:dstrike/>", '<w:strike w:val="true"/>'])
def test_a_line_through_the_text_takes_it_out_of_force(properties):
    parsed = read_docx(word_file(p(runs=r("Give 5 mg ") + r("10 mg ", properties) + r("daily."))))
    assert parsed.text == "Give 5 mg daily."
    assert excluded(parsed) == [("struck", "10 mg")]


@pytest.mark.parametrize(
    "properties",
    ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/>', '<w:sz w:val="1"/>'],
)
def test_words_that_a_reader_cannot_see_are_left_out_and_reported(properties):
    parsed = read_docx(word_file(p(runs=r("Give 5 mg ") + r("or 50 mg ", properties) + r("daily."))))
    assert parsed.text == "Give 5 mg daily."
    assert excluded(parsed) == [("hidden", "or 50 mg")]
    assert problem_kinds(parsed) == ["hidden_text"]


def test_a_switched_off_property_strikes_and_hides_nothing():
    off = '<w:strike w:val="0"/><w:vanish w:val="false"/>'
    parsed = read_docx(word_file(p(runs=r("All of this counts.", off))))
    assert parsed.text == "All of this counts."
    assert not parsed.excluded


def test_white_text_on_a_dark_cell_can_be_read():
    shaded = '<w:shd w:val="clear" w:fill="1F3864"/>'
    white = p(runs=r("Drug", '<w:color w:val="FFFFFF"/>'))
    body = table([f"<w:tc><w:tcPr>{shaded}</w:tcPr>{white}</w:tc>", "Dose"], ["Alpha", "5 mg"])
    parsed = read_docx(word_file(body))
    assert "Drug\tDose" in parsed.text
    assert not parsed.excluded


def test_a_deleted_table_row_is_struck():
    gone = "<w:tr><w:trPr><w:del w:id='1' w:author='x'/></w:trPr>" + cell("Beta") + cell("9 mg") + "</w:tr>"
    body = table(["Drug", "Dose"], ["Alpha", "5 mg"]).replace("</w:tbl>", gone + "</w:tbl>")
    parsed = read_docx(word_file(body))
    assert lines(parsed) == ["Drug\tDose", "Alpha\t5 mg"]
    assert excluded(parsed) == [("struck", "Beta 9 mg")]


def test_content_controls_links_fields_and_smart_tags_are_read():
    runs = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{r('Adults ')}</w:sdtContent></w:sdt>"
        f'<w:hyperlink r:id="rId1">{r("get ")}</w:hyperlink>'
        f'<w:fldSimple w:instr="REF x">{r("one ")}</w:fldSimple>'
        f'<w:smartTag w:element="e">{r("tablet ")}</w:smartTag>'
        "<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>"
    )
    block_control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('A paragraph in a control.')}</w:sdtContent></w:sdt>"
    parsed = read_docx(word_file(p(runs=runs) + block_control))
    assert lines(parsed) == ["Adults get one tablet x+1", "A paragraph in a control."]


def test_the_prompt_of_an_empty_content_control_is_no_text():
    control = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + r("Click here to enter text.")
        + "</w:sdtContent></w:sdt>"
    )
    assert read_docx(word_file(p("Owner of the ward", runs=control))).text == "Owner of the ward"


def test_symbols_of_special_fonts_become_characters():
    runs = r("Saturation ") + '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + r(" 94 % and 5 \uf06dg")
    assert read_docx(word_file(p(runs=runs))).text == "Saturation ≥ 94 % and 5 µg"


def test_a_raised_number_does_not_join_the_number_before_it():
    runs = r("Platelets above 50 x 10") + r("9", '<w:vertAlign w:val="superscript"/>') + r("/L")
    assert read_docx(word_file(p(runs=runs))).text == "Platelets above 50 x 10⁹/L"


def test_a_text_box_is_read_once_after_its_paragraph():
    box = f"<w:txbxContent>{p('Call the crash team.')}</w:txbxContent>"
    runs = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic><a:graphicData>"
        f"<wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert lines(read_docx(word_file(p("In an emergency", runs=runs) + p("Then wait.")))) == [
        "In an emergency",
        "Call the crash team.",
        "Then wait.",
    ]


def test_a_footnote_stands_below_the_paragraph_that_refers_to_it():
    runs = r("Give slowly") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r(".")
    note = f'<w:footnote w:id="2">{p("Over ten minutes.")}</w:footnote>'
    separator = f'<w:footnote w:id="0" w:type="separator">{p("---")}</w:footnote>'
    parsed = read_docx(word_file(p(runs=runs) + p("Then flush."), footnotes=separator + note))
    assert lines(parsed) == ["Give slowly[1].", "[1] Over ten minutes.", "Then flush."]
    assert block(parsed, "[1] Over ten minutes.").kind is BlockKind.FOOTNOTE


def test_pages_are_those_that_the_last_editor_saved():
    runs = (
        r("Begins here ") + "<w:r><w:lastRenderedPageBreak/>" + '<w:t xml:space="preserve">and ends here.</w:t></w:r>'
    )
    parsed = read_docx(word_file(p("First page.") + p(runs=runs) + p("Second page.")))
    assert [entry.page for entry in parsed.blocks] == [1, 1, 2]
    assert parsed.text[parsed.page_starts[1] :].startswith("and ends here.")


def test_without_saved_page_breaks_there_are_no_pages():
    parsed = read_docx(word_file(p("Only this.") + p(runs='<w:r><w:br w:type="page"/></w:r>') + p("And this.")))
    assert parsed.page_starts == ()
    assert {entry.page for entry in parsed.blocks} == {None}


def test_a_page_break_in_a_row_counts_once_however_many_cells_repeat_it():
    broken = p(runs=r("One ") + "<w:r><w:lastRenderedPageBreak/><w:t>two</w:t></w:r>")
    parsed = read_docx(word_file(table(["Drug", "Dose"], [broken, broken]) + p("After.")))
    assert block(parsed, "After.").page == 2


def test_a_table_row_needs_its_header_and_caption():
    body = p("Table 1. Doses", "Caption") + table(["Drug", "Dose"], ["Alpha", "5 mg"], ["Beta", "6 mg"], header_rows=1)
    parsed = read_docx(word_file(body))
    assert context(parsed, "Beta\t6 mg") == ["Table 1. Doses", "Drug\tDose"]
    assert block(parsed, "Drug\tDose").kind is BlockKind.TABLE_HEADER


def test_the_value_of_a_merged_cell_is_repeated():
    rows = (
        "<w:tr>" + cell(p("Alpha"), '<w:vMerge w:val="restart"/>') + cell("IV") + cell("5 mg") + "</w:tr>"
        "<w:tr>" + cell(p(), "<w:vMerge/>") + cell(p("oral and rectal: 9 mg"), '<w:gridSpan w:val="2"/>') + "</w:tr>"
    )
    body = table(["Drug", "Route", "Dose"], header_rows=1).replace("</w:tbl>", rows + "</w:tbl>")
    parsed = read_docx(word_file(body))
    assert lines(parsed)[1:] == ["Alpha\tIV\t5 mg", "Alpha\toral and rectal: 9 mg\toral and rectal: 9 mg"]


def test_columns_of_whole_texts_are_read_one_after_the_other_below_their_heading():
    adult = p("Give:") + item("10 mg", 2) + item("oxygen", 2)
    child = p("Give:") + item("1 mg", 2)
    parsed = read_docx(word_file(table(["Adult", "Child"], [adult, child]), numbering=NUMBERED))
    assert block(parsed, "• 10 mg").section == ("Adult",)
    assert block(parsed, "• 1 mg").section == ("Child",)
    assert context(parsed, "• 1 mg") == ["Adult\tChild", "Give:"]


def test_the_header_table_becomes_lines_of_label_and_value():
    body = p("Care of drains", "Title") + table(
        ["Policy number", "N-12", "Effective date", "1 May 2024"], ["Owner:", "Surgery", "Review date", "1 May 2026"]
    )
    parsed = read_docx(word_file(body + p("Drains are emptied daily.")))
    assert lines(parsed, BlockKind.HEADER_BLOCK) == [
        "Policy number\tN-12",
        "Effective date\t1 May 2024",
        "Owner: Surgery",
        "Review date\t1 May 2026",
    ]


def test_running_heads_keep_label_and_value_side_by_side_and_stay_out_of_the_text():
    header = table(["Policy number", "N-12"]) + p(runs=r("Effective:") + "<w:r><w:tab/></w:r>" + r("1 May 2024"))
    parsed = read_docx(word_file(p("Text."), header=header))
    assert parsed.text == "Text."
    assert parsed.running_lines == ("Policy number\tN-12", "Effective:\t1 May 2024")


def test_document_properties_are_read():
    parsed = read_docx(word_file(p("Text."), title="Care of drains", author="Surgery", keywords="drain"))
    assert parsed.properties["title"] == "Care of drains"
    assert parsed.properties["author"] == "Surgery"
    assert parsed.properties["keywords"] == "drain"


def test_lines_in_bold_or_capitals_are_headings_but_warnings_are_not():
    bold = "<w:b/>"
    body = (
        p("PURPOSE")
        + p("To be safe.")
        + p(runs=r("Equipment", bold))
        + p("A clamp.")
        + p(runs=r("Never cut the drain", bold))
        + p("Ask first.")
    )
    parsed = read_docx(word_file(body))
    assert lines(parsed, BlockKind.HEADING) == ["PURPOSE", "Equipment"]
    assert block(parsed, "Ask first.").section == ("PURPOSE", "Equipment")


def test_a_bold_lead_in_stays_with_its_list():
    body = p(runs=r("Replace the whole set when:", "<w:b/>")) + item("it leaks", 2) + item("it is old", 2)
    parsed = read_docx(word_file(body, numbering=NUMBERED))
    assert context(parsed, "• it is old") == ["Replace the whole set when:"]


def test_bullets_that_were_typed_are_list_items():
    body = p("Check:") + p("• name") + p("• date") + p("Then sign.")
    parsed = read_docx(word_file(body))
    assert lines(parsed, BlockKind.LIST_ITEM) == ["• name", "• date"]
    assert context(parsed, "• date") == ["Check:"]


def test_columns_made_of_tabs_are_a_table():
    tab = "<w:r><w:tab/></w:r>"
    rows = [("Drug", "Dose", "Route"), ("Alpha", "5 mg", "IV"), ("Beta", "6 mg", "oral")]
    body = "".join(p(runs=tab.join(r(text) for text in row)) for row in rows)
    parsed = read_docx(word_file(body))
    assert context(parsed, "Beta\t6 mg\toral") == ["Drug\tDose\tRoute"]


def test_the_table_of_contents_is_left_out():
    body = p("Purpose\t3", "TOC1") + p("Purpose", "Heading1") + p("To be safe.")
    styles = word_file(body)
    with zipfile.ZipFile(io.BytesIO(styles)) as archive:
        names = {name: archive.read(name) for name in archive.namelist()}
    toc = b'<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style></w:styles>'
    names["word/styles.xml"] = names["word/styles.xml"].replace(b"</w:styles>", toc)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    assert lines(read_docx(buffer.getvalue())) == ["Purpose", "To be safe."]


def test_a_damaged_file_is_reported_with_what_to_do():
    data = word_file(p("Text."))
    with pytest.raises(UnreadableDocumentError) as caught:
        read_docx(data[: len(data) // 2], source="drains.docx")
    assert caught.value.problem.kind is ProblemKind.BROKEN
    assert "drains.docx" in caught.value.problem.message
    assert "repair" in caught.value.problem.message


def test_labels_and_values_parted_by_tabs_stay_together():
    tab = "<w:r><w:tab/></w:r>"
    line = r("Policy No:") + tab + r("N-12") + tab + r("Effective:") + tab + r("1 May 2024")
    parsed = read_docx(word_file(p("Drains", "Title") + p(runs=line) + p("Empty the drain.")))
    assert lines(parsed, BlockKind.HEADER_BLOCK) == ["Policy No:\tN-12", "Effective:\t1 May 2024"]


def test_a_value_that_looks_like_a_label_is_still_the_value():
    body = table(["Policy number", "N-12"], ["Approved by", "Chief Medical Officer"], ["Owner", "Surgery"])
    parsed = read_docx(word_file(p("Drains", "Title") + body + p("Empty the drain.")))
    assert lines(parsed, BlockKind.HEADER_BLOCK)[1] == "Approved by\tChief Medical Officer"


def test_numbered_titles_of_sections_are_headings_but_steps_are_a_list():
    sections = item("Purpose", 1) + p("To be safe.") + item("Scope", 1) + p("All wards.")
    parsed = read_docx(word_file(sections, numbering=NUMBERED))
    assert block(parsed, "All wards.").section == ("2. Scope",)
    steps = item("Oxygen", 1) + item("Access", 1) + item("Fluid", 1) + p("Then call.")
    parsed = read_docx(word_file(steps, numbering=NUMBERED))
    assert lines(parsed, BlockKind.HEADING) == []


def test_a_first_line_in_bold_is_the_heading_of_the_lines_below_it():
    children = r("Children", "<w:b/>") + "<w:r><w:br/></w:r>" + r("Give 10 mL/kg.")
    body = p(runs=r("Adults", "<w:b/>")) + p("Give 500 mL.") + p(runs=children)
    parsed = read_docx(word_file(body))
    assert block(parsed, "Give 500 mL.").section == ("Adults",)
    assert block(parsed, "Give 10 mL/kg.").section == ("Children",)


def test_an_item_that_was_only_proposed_does_not_count():
    proposed = (
        item("", 1)
        .replace("</w:pPr>", '<w:rPr><w:ins w:id="1" w:author="x"/></w:rPr></w:pPr>')
        .replace("</w:p>", f'<w:ins w:id="2" w:author="x">{r("Smoke.")}</w:ins></w:p>')
    )
    parsed = read_docx(word_file(item("Wash.", 1) + proposed + item("Dry.", 1), numbering=NUMBERED))
    assert lines(parsed) == ["1. Wash.", "2. Dry."]
    assert excluded(parsed) == [("unaccepted", "Smoke.")]


@pytest.mark.parametrize(
    "kind",
    [
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ],
)
def test_files_with_macros_and_templates_are_read(kind):
    plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file(p("Text.")))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(plain, kind))
    assert read_docx(buffer.getvalue()).text == "Text."


def test_numbers_that_come_from_a_style_are_written():
    linked = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
    buffer = io.BytesIO()
    data = word_file(p("Purpose", "Heading1") + p("To be safe.") + p("Scope", "Heading1"), numbering=NUMBERED)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/styles.xml":
                head, rest = content.split(b'w:styleId="Heading1"', 1)
                before, after = rest.split(b"<w:pPr>", 1)
                content = head + b'w:styleId="Heading1"' + before + linked[:-8].encode() + after
            new.writestr(name, content)
    assert lines(read_docx(buffer.getvalue())) == ["1. Purpose", "To be safe.", "2. Scope"]


def test_the_words_of_a_drawn_flowchart_are_read():
    graphic = "http://schemas.openxmlformats.org/drawingml/2006"
    shapes = "".join(
        f"<dgm:pt type='{kind}'><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>"
        for kind, text in [("node", "Pulse?"), ("parTrans", "ignored"), ("node", "Start compressions.")]
    )
    data = f"<dgm:dataModel xmlns:dgm='{graphic}/diagram' xmlns:a='{graphic}/main'>{shapes}</dgm:dataModel>"
    runs = (
        "<w:r><w:drawing><wp:inline><a:graphic><a:graphicData>"
        f"<dgm:relIds xmlns:dgm='{graphic}/diagram' r:dm='DIAGRAM'/>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    body = p("Steps:") + p(runs=runs) + p("Then call.")
    parsed = read_docx(word_file(body, diagram=data))
    assert lines(parsed) == ["Steps:", "Pulse?", "Start compressions.", "Then call."]


def test_a_typed_list_comes_back_to_its_outer_level():
    indented = '<w:ind w:left="1440"/>'
    body = p("Check:") + p("• name") + p("o maiden name", properties=indented) + p("• date")
    parsed = read_docx(word_file(body))
    assert [entry.level for entry in parsed.blocks] == [0, 1, 2, 1]

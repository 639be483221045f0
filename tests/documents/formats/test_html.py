from __future__ import annotations

import pytest

from ragkit.documents.document import BlockKind
from ragkit.documents.formats.html import read_html
from ragkit.documents.parsed import ParsedSource

from .reading import block, context, excluded, lines, problem_kinds


def read(body: str, head: str = "") -> ParsedSource:
    return read_html(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode())


def test_headings_make_the_trail_of_sections():
    parsed = read("<h1>Drains</h1><h2>Procedure</h2><p>Wear gloves.</p><h2>Records</h2><p>Sign.</p>")
    assert block(parsed, "Wear gloves.").section == ("Drains", "Procedure")
    assert block(parsed, "Sign.").section == ("Drains", "Records")


def test_nested_lists_keep_numbers_depth_and_lead_ins():
    parsed = read(
        "<p>Call when:</p><ol><li>pulse high:<ol type='a'><li>at rest</li><li>asleep</li></ol></li><li>pain</li></ol>"
    )
    assert lines(parsed) == ["Call when:", "1. pulse high:", "a. at rest", "b. asleep", "2. pain"]
    assert context(parsed, "b. asleep") == ["Call when:", "1. pulse high:"]
    assert context(parsed, "2. pain") == ["Call when:"]


@pytest.mark.parametrize(
    ("opening", "markers"),
    [
        ("<ol start=3>", ["3.", "4."]),
        ("<ol type=I>", ["I.", "II."]),
        ("<ol reversed>", ["2.", "1."]),
        ("<ol style='list-style-type: upper-alpha'>", ["A.", "B."]),
        ("<ul>", ["•", "•"]),
        ("<ul style='list-style: none'>", ["", ""]),
    ],
)
def test_an_item_has_the_marker_that_a_browser_shows(opening, markers):
    parsed = read(f"{opening}<li>wash hands</li><li>put on gloves</li>")
    assert lines(parsed) == [f"{markers[0]} wash hands".strip(), f"{markers[1]} put on gloves".strip()]


def test_a_further_paragraph_of_an_item_belongs_to_it():
    parsed = read("<ul><li><p>Rinse.</p><p>Use warm water.</p></li><li>Dry.</li></ul>")
    assert lines(parsed) == ["• Rinse.", "Use warm water.", "• Dry."]
    assert context(parsed, "Use warm water.") == ["• Rinse."]


@pytest.mark.parametrize(
    "struck",
    [
        "<del>10 mg</del>",
        "<s>10 mg</s>",
        "<strike>10 mg</strike>",
        "<span style='text-decoration: line-through'>10 mg</span>",
        "<span class='old'>10 mg</span>",
    ],
)
def test_struck_words_are_left_out_and_reported(struck):
    parsed = read(f"<p>Give {struck} 5 mg.</p>", "<style>p .old { text-decoration-line: line-through }</style>")
    assert parsed.text == "Give 5 mg."
    assert excluded(parsed) == [("struck", "10 mg")]
    assert problem_kinds(parsed) == ["struck_text"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<span hidden>or 50 mg</span>",
        "<span style='display:none'>or 50 mg</span>",
        "<span style='visibility: hidden'>or 50 mg</span>",
        "<span style='font-size:0'>or 50 mg</span>",
        "<span style='color:#fff'>or 50 mg</span>",
        "<font color='white'>or 50 mg</font>",
        "<span style='position:absolute; left:-9999px'>or 50 mg</span>",
        "<span class='gone'>or 50 mg</span>",
    ],
)
def test_words_that_a_reader_cannot_see_are_left_out_and_reported(hidden):
    parsed = read(f"<p>Give 5 mg {hidden} daily.</p>", "<style>.gone { display: none }</style>")
    assert parsed.text == "Give 5 mg daily."
    assert excluded(parsed) == [("hidden", "or 50 mg")]
    assert problem_kinds(parsed) == ["hidden_text"]


def test_white_words_on_a_dark_ground_can_be_read():
    parsed = read(
        "<div class=band><p style='color:white'>Give 5 mg.</p></div>", "<style>.band{background:#003366}</style>"
    )
    assert parsed.text == "Give 5 mg."
    assert not parsed.excluded


def test_a_comment_with_a_sentence_is_reported_and_one_with_a_name_is_not():
    parsed = read("<!-- end of content --><p>Give 5 mg.</p><!-- Before June the dose was 10 mg twice daily -->")
    assert parsed.text == "Give 5 mg."
    assert excluded(parsed) == [("hidden", "Before June the dose was 10 mg twice daily")]


def test_zero_width_characters_inside_words_are_taken_out_and_reported():
    parsed = read("<p>mor\u200bphine</p>")
    assert parsed.text == "morphine"
    assert problem_kinds(parsed) == ["hidden_text"]


def test_soft_hyphens_and_spaces_of_width_zero_between_words_are_no_problem():
    parsed = read("<p>\u200bhypo\u00adtension\u200b</p>")
    assert parsed.text == "hypotension"
    assert not parsed.problems


def test_contents_of_forms_and_details_are_kept():
    parsed = read("<form><details><summary>Dose</summary><p>Give 5 mg.</p></details><label>Weigh first.</label></form>")
    assert lines(parsed) == ["Dose", "Give 5 mg.", "Weigh first."]


def test_navigation_is_dropped_and_the_foot_is_kept_for_governance():
    parsed = read("<nav>Home</nav><p>Give 5 mg.</p><footer><p>Version 3</p><p>Review due 2027</p></footer>")
    assert parsed.text == "Give 5 mg."
    assert parsed.running_lines == ("Version 3", "Review due 2027")


def test_what_stands_beside_the_main_part_is_the_frame_of_the_web_site():
    parsed = read("<div>Staff portal</div><main><h1>Drains</h1><p>Empty the drain twice a day.</p></main>")
    assert lines(parsed) == ["Drains", "Empty the drain twice a day."]
    assert parsed.running_lines == ("Staff portal",)


def test_merged_cells_are_repeated_and_rows_need_header_and_caption():
    parsed = read(
        "<table><caption>Doses</caption><thead><tr><th>Drug<th>Route<th>Dose</tr></thead>"
        "<tr><td rowspan=2>Alpha<td>IV<td>5 mg<tr><td>oral<td>9 mg<tr><td>Beta<td colspan=2>ask first</table>"
    )
    assert lines(parsed) == [
        "Doses",
        "Drug\tRoute\tDose",
        "Alpha\tIV\t5 mg",
        "Alpha\toral\t9 mg",
        "Beta\task first\task first",
    ]
    assert context(parsed, "Alpha\toral\t9 mg") == ["Doses", "Drug\tRoute\tDose"]


def test_an_empty_corner_does_not_move_the_columns():
    parsed = read(
        "<table><tr><th></th><th>Adult</th><th>Child</th></tr><tr><td>Dose</td><td>5</td><td>1</td></tr></table>"
    )
    assert lines(parsed) == ["\tAdult\tChild", "Dose\t5\t1"]


def test_a_row_across_the_table_is_a_heading_for_the_rows_below_it():
    parsed = read(
        "<table><tr><th>Drug<th>Dose</tr><tr><td colspan=2>Children<tr><td>Alpha<td>1 mg"
        "<tr><td colspan=2>Adults<tr><td>Alpha<td>5 mg</table>"
    )
    assert context(parsed, "Alpha\t5 mg") == ["Drug\tDose", "Adults"]


def test_columns_of_whole_texts_are_read_one_after_the_other():
    parsed = read(
        "<table><tr><th>Adult</th><th>Child</th></tr><tr><td><ul><li>10 mg</li><li>wait</li></ul></td>"
        "<td><ul><li>1 mg</li><li>hold</li></ul></td></tr></table>"
    )
    assert block(parsed, "• 10 mg").section == ("Adult",)
    assert block(parsed, "• hold").section == ("Child",)


def test_a_column_of_labels_names_the_texts_beside_it():
    parsed = read(
        "<table><tr><td>Purpose</td><td><p>To be safe at every step of the way, "
        f"{'always and everywhere, ' * 12}</p><p>And sound.</p></td></tr>"
        "<tr><td>Steps</td><td><ol><li>Wash.</li><li>Dry.</li></ol></td></tr></table>"
    )
    assert block(parsed, "And sound.").section == ("Purpose",)
    assert block(parsed, "2. Dry.").section == ("Steps",)
    assert lines(parsed, BlockKind.HEADING) == ["Purpose", "Steps"]


def test_struck_cells_leave_the_grid_whole():
    parsed = read(
        "<table><tr><th>A<th>B<th>C</tr><tr><td>1<td style='text-decoration:line-through'>2<td>3</tr></table>"
    )
    assert lines(parsed)[1] == "1\t\t3"
    assert excluded(parsed) == [("struck", "2")]


def test_definition_lists_are_tables_of_two_columns():
    parsed = read("<p>Terms:</p><dl><dt>Drain</dt><dd>A tube.</dd><dt>Clamp</dt><dd>Closes it.</dd></dl>")
    assert lines(parsed) == ["Terms:", "Drain\tA tube.", "Clamp\tCloses it."]


def test_line_breaks_that_imitate_a_list_make_a_list():
    parsed = read("<p>Check:<br>• name<br>• date</p><p>Line one.<br><br>Line two.</p>")
    assert lines(parsed) == ["Check:", "• name", "• date", "Line one.", "Line two."]
    assert context(parsed, "• date") == ["Check:"]


def test_lists_of_a_word_processor_keep_their_levels():
    level = "<p style='margin-left:{}in;mso-list:l0 level{} lfo1'>{} {}</p>"
    parsed = read(
        "<p>Check:</p>"
        + level.format(0.5, 1, "·", "name")
        + level.format(1.0, 2, "o", "maiden name")
        + level.format(0.5, 1, "·", "date")
    )
    assert [entry.level for entry in parsed.blocks] == [0, 1, 2, 1]


def test_a_header_block_is_kept_line_by_line():
    parsed = read(
        "<h1>Drains</h1><p>Policy No: N-12<br>Effective date: 1 May 2024<br>Approved by: Surgery</p><p>Empty daily.</p>"
    )
    assert lines(parsed, BlockKind.HEADER_BLOCK) == [
        "Policy No: N-12",
        "Effective date: 1 May 2024",
        "Approved by: Surgery",
    ]


def test_a_section_named_scope_is_no_header_block():
    parsed = read(
        "<h1>Drains</h1><p>Scope: This applies to every nurse who cares for patients with drains on any ward.</p>"
        "<p>Review: Ask the surgeon before the drain is removed, and write down what was said and by whom it was.</p>"
    )
    assert not lines(parsed, BlockKind.HEADER_BLOCK)


def test_raised_digits_stay_raised():
    assert read("<p>50 x 10<sup>9</sup>/L, the 1<sup>st</sup> day</p>").text == "50 x 10⁹/L, the 1st day"


def test_title_and_meta_are_read():
    parsed = read("<p>Text.</p>", "<title>Drains</title><meta name='author' content='Surgery'>")
    assert parsed.properties == {"title": "Drains"}
    assert parsed.front_matter == {"author": "Surgery"}


def test_the_declared_encoding_is_used():
    page = "<html><head><meta charset='iso-8859-1'></head><body><p>Température ≤</p></body></html>"
    parsed = read_html(page.replace("≤", "élevée").encode("iso-8859-1"))
    assert parsed.text == "Température élevée"


def test_no_word_of_a_deep_page_is_lost():
    words = [f"word{number}" for number in range(60)]
    body = ""
    tags = ["p", "div", "section", "span", "li", "td", "blockquote", "font", "article", "b", "custom-tag", "h3"]
    for number, word in enumerate(words):
        tag = tags[number % len(tags)]
        body = f"<{tag}>{word} {body}</{tag}> tail{number}"
        if tag == "td":
            body = f"<table><tr>{body}</tr></table>"
    parsed = read(body)
    seen = parsed.text.split()
    assert sorted(seen.count(word) for word in words) == [1] * len(words)


def test_a_first_line_in_bold_is_the_heading_of_the_lines_below_it():
    parsed = read("<p><b>Adults</b></p><p>Give 500 mL.</p><p><strong>Children</strong><br>Give 10 mL/kg.</p>")
    assert block(parsed, "Give 500 mL.").section == ("Adults",)
    assert block(parsed, "Give 10 mL/kg.").section == ("Children",)


def test_notes_at_the_foot_are_footnotes():
    parsed = read("<p>Give slowly [1].</p><section class='footnotes'><p>[1] Over ten minutes.</p></section>")
    assert block(parsed, "[1] Over ten minutes.").kind is BlockKind.FOOTNOTE


def test_a_list_goes_on_after_a_paragraph_but_not_after_a_heading():
    first = "<p>Call when:</p><ol><li>pain</li><li>fever</li></ol>"
    parsed = read(f"{first}<p>Fever means more than 38.</p><ol start=3><li>bleeding</li></ol>")
    assert context(parsed, "3. bleeding") == ["Call when:"]
    parsed = read(f"{first}<h2>Later</h2><ol start=3><li>bleeding</li></ol>")
    assert context(parsed, "3. bleeding") == []


def test_a_rule_for_elements_inside_others_holds_only_there():
    style = "<style>.draft .note { display: none }</style>"
    parsed = read("<p class=note>Keep.</p><div class=draft><p class=note>Drop.</p></div>", style)
    assert parsed.text == "Keep."


def test_the_place_of_words_left_out_of_an_empty_row_is_inside_the_text():
    parsed = read("<table><tr><td><del>10 mg</del></td><td><del>20 mg</del></td></tr></table>")
    assert [entry.position for entry in parsed.excluded] == [0, 0]

import pytest

from ragkit.evaluation.matching import (
    Cited,
    all_shown,
    contains,
    contains_nugget,
    has_right_source,
    names_document,
    needed_together,
    overlap,
    share_shown,
)
from ragkit.evaluation.questions.question import GoldSpan

LINE = "Flush the port with saline every 8 hours."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Flush every 8 HOURS.", "8 hours"),
        ("Flush every (8) hours", "8 hours."),
        ("Give .5 mL", "0.5 mL"),
        ("Run 1,000 mL", "1000 mL"),
        ("Give 5mg now", "5 mg"),
        ("inject sub-cutaneously", "subcutaneously"),
        ("within thirty\nminutes of it", "thirty minutes"),
        ("Dé la dosis", "dé LA"),
        ("anything", "..."),
    ],
)
def test_case_punctuation_and_spelling_of_numbers_do_not_count(text: str, wanted: str) -> None:
    assert contains(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("every 18 hours", "8 hours"),
        ("give 0.5 mg", "5 mg"),
        ("give 2.5 mg of it", "5 mg of it"),
        ("give 5.25 mg", "5"),
        ("for 24 hours 30", "hours 3"),
        ("10000 units", "1,000 units"),
        ("after 120 minutes", "20 minutes"),
        ("the patient", "patients"),
    ],
)
def test_a_number_inside_another_number_does_not_count(text: str, wanted: str) -> None:
    assert not contains(text, wanted)


def test_any_alternative_of_a_nugget_will_do() -> None:
    assert contains_nugget("within half an hour", ("30 minutes", "half an hour"))
    assert not contains_nugget("within an hour", ("30 minutes", "half an hour"))


def test_overlap_is_the_share_of_the_quote_shown() -> None:
    assert overlap(LINE, ["Flush the port with saline"]) == pytest.approx(0.4)
    assert overlap(LINE, []) == 0.0
    assert overlap("every 8 hours", ["once in every 8 hours"]) == 1.0
    assert overlap("every 8 hours", ["once in every 18 hours"]) == 0.0


def test_a_quote_cut_by_a_page_break_is_found_across_two_citations() -> None:
    assert overlap("one two three four five six", ["one two three", "four five six"]) == 1.0


@pytest.mark.parametrize(
    "name", ["north/port-care.pdf", "Port-Care", "port-care.md", "all/north/port-care", "id-7", "IC-07", "ic – 7"]
)
def test_a_document_is_named_by_path_stem_id_or_number(name: str) -> None:
    assert names_document(name, "north/port-care.html", "id-7", "IC-7")


@pytest.mark.parametrize("name", ["south/port-care.pdf", "port-care-2", "care", "IC-70", "", "7"])
def test_another_document_is_not_meant(name: str) -> None:
    assert not names_document(name, "north/port-care.html", "id-7", "IC-7")


def test_a_dot_in_a_number_is_no_suffix() -> None:
    assert not names_document("8030.2", "8030.1.pdf")
    assert names_document("8030.2", "x/8030.2.pdf")


def gold(*spans: tuple[str, str]) -> list[GoldSpan]:
    return [GoldSpan(document=document, quote=quote) for document, quote in spans]


def test_spans_of_one_document_are_needed_together_and_documents_are_alternatives() -> None:
    spans = gold(("a.pdf", "one"), ("b.pdf", "two"), ("A", "three"))
    assert [[span.quote for span in group] for group in needed_together(spans)] == [["one", "three"], ["two"]]
    assert [len(group) for group in needed_together(spans, all_needed=True)] == [3]
    assert needed_together([]) == () == needed_together([], all_needed=True)


def test_the_words_have_to_be_of_the_gold_document() -> None:
    assert all_shown(gold(("ports", LINE)), [Cited("ports.txt", LINE)])
    assert not all_shown(gold(("ports", LINE)), [Cited("other.txt", LINE)])
    assert not all_shown([], [Cited("ports.txt", LINE)])


def test_a_version_that_is_named_has_to_be_the_one_cited() -> None:
    span = GoldSpan(document="ports", quote=LINE, version="2")
    assert Cited("ports.txt", LINE, version="2").is_of(span)
    assert not Cited("ports.txt", LINE, version="1").is_of(span)


def test_share_shown_is_of_the_alternative_that_is_shown_best() -> None:
    spans = gold(("a.md", LINE), ("b.md", "Ports are flushed three times a day."))
    assert share_shown(spans, [Cited("b.md", "Ports are flushed three times a day.")]) == 1.0
    assert share_shown(spans, [Cited("a.md", "Flush the port with saline")]) == pytest.approx(0.4)
    assert share_shown(spans, [Cited("a.md", LINE)], all_needed=True) == pytest.approx(5 / 9)


def test_one_cited_gold_document_is_enough_for_the_right_source() -> None:
    assert has_right_source(gold(("a.md", LINE), ("b.md", LINE)), [Cited("b.md", "x"), Cited("c.md", "y")])
    assert not has_right_source(gold(("a.md", LINE)), [Cited("c.md", LINE)])

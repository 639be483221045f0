from __future__ import annotations

import pytest

from ragkit.documents.governance import FieldOrigin
from ragkit.documents.governance.numbers import number_in_file_name, number_key, with_suffix
from ragkit.documents.governance.titles import readable_name

from .documents import HEADING, PARAGRAPH, governance


@pytest.mark.parametrize(
    ("stem", "words", "expected"),
    [
        ("0930-wound-care", "policy 930", "930"),
        ("0930-02-wound-care", "Policy 930.02", "930.02"),
        ("0930-F_Wound_Care_Form", "", "930-F"),
        ("Ref918-Centers", "", "918"),
        ("IC-204 hand hygiene", "", "IC-204"),
        ("12.4a-Definitions", "", "12.4a"),
        ("NUR-IV-001 lines", "", "NUR-IV-001"),
        ("320-IV-care", "", "320"),
        ("2024-11-05-minutes", "", None),
        ("2024 plan", "", None),
        ("12-lead-ecg", "", None),
        ("COVID-19-visitors", "", None),
        ("hand-hygiene", "", None),
    ],
)
def test_a_number_is_read_from_a_file_name_only_where_it_looks_like_one(stem, words, expected):
    assert number_in_file_name(stem, words) == expected


def test_the_number_of_the_file_name_serves_where_the_document_states_none():
    found = governance(body=((HEADING, "Wound Care"),), source="nursing/0930-wound-care.pdf")
    assert found.reference_number == "930"
    assert found.origins["reference_number"] is FieldOrigin.FILE_NAME


def test_the_number_of_the_header_comes_before_the_one_of_the_file_name():
    assert governance("Policy No. 931", source="0930-wound-care.pdf").reference_number == "931"


@pytest.mark.parametrize(
    ("source", "title"), [("930-P-Wound_Care.pdf", "Wound Care"), ("wounds.pdf", "930-P Wound Care")]
)
def test_a_suffix_that_only_the_file_name_or_title_shows_is_not_lost(source, title):
    twin = governance("Policy No. 930", f"Title: {title}", source=source)
    policy = governance("Policy No. 930", "Title: Wound Care", source="930-Wound_Care.pdf")
    assert twin.reference_number == "930-P"
    assert policy.reference_number == "930"


def test_a_suffix_is_a_single_letter_of_its_own():
    assert with_suffix("320", ["320-IV care", "320-B's list"]) == "320"


def test_numbers_are_compared_without_case_zeros_and_kinds_of_dashes():
    assert number_key("0930-f") == number_key("930 – F") == number_key("930_F")
    assert number_key("930") != number_key("930-F")
    assert number_key("930.02") != number_key("930.2")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - x.doc", "untitled", "PURPOSE:", "Hill County Hospital", "Holiday Rota"]
)
def test_a_property_title_that_nothing_bears_out_is_not_taken(title):
    found = governance(
        body=((HEADING, "Wound Care"), (PARAGRAPH, "Words.")), properties={"title": title}, source="w.pdf"
    )
    assert found.title == "Wound Care"


def test_a_property_title_that_the_document_bears_out_is_taken():
    found = governance(
        body=((PARAGRAPH, "Care of Wounds"),),
        properties={"title": "Microsoft Word - 0930 Care of Wounds.docx"},
        source="0930-care.pdf",
    )
    assert found.title == "Care of Wounds"
    assert found.origins["title"] is FieldOrigin.PROPERTIES


def test_a_label_comes_before_the_property_title():
    assert governance("Title: Wound Care", properties={"title": "Care of Wound"}).title == "Wound Care"


def test_the_name_of_the_site_behind_a_page_title_is_dropped():
    found = governance(
        body=((HEADING, "Wound Care"),), properties={"title": "Wound Care | Policy Library"}, source="a.html"
    )
    assert found.title == "Wound Care"


def test_a_title_may_end_in_the_name_of_a_hospital():
    found = governance(body=((HEADING, "Code Blue, Hill Hospital"),), source="cb.docx")
    assert found.title == "Code Blue, Hill Hospital"


def test_the_institution_and_section_names_are_no_titles():
    body = ((HEADING, "DEPARTMENT OF NURSING"), (HEADING, "PURPOSE"), (HEADING, "Wound Care"))
    assert governance(body=body, source="a.pdf").title == "Wound Care"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("a/0930-F_Wound_Care_Checklist-apr25.pdf", "Wound Care Checklist"),
        ("IC-204-hand-hygiene.md", "Hand hygiene"),
        ("WoundCareForAdults.docx", "Wound Care For Adults"),
        ("302.pdf", "302"),
    ],
)
def test_a_file_name_is_made_readable(source, title):
    assert readable_name(source) == title


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Sepsis, Adults", ("adult",)),
        ("Paediatric Sepsis", ("pediatric",)),
        ("Sepsis in Adults and Children", ("adult", "pediatric")),
        ("Newborn Screening", ("neonatal",)),
        ("Sepsis", ()),
        ("Reporting of Dependent Adult Abuse", ()),
    ],
)
def test_the_title_names_the_population(title, expected):
    assert governance(f"Title: {title}").applies_to == expected


def test_a_suffix_p_stands_for_pediatric_if_the_document_speaks_of_children_or_doses_by_weight():
    def about(title: str, words: str) -> tuple[str, ...]:
        return governance("Policy No. 930-P", f"Title: {title}", body=((PARAGRAPH, words),)).applies_to

    assert about("Sepsis", "Give 20 mL/kg.") == ("pediatric",)
    assert about("Sepsis", "For children up to 14 years.") == ("pediatric",)
    assert about("Sepsis", "Wash your hands.") == ()
    assert about("Procedure for Sepsis", "For children.") == ()

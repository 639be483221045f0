"""Which source of governance is believed, and what an institution's own files may say."""

from __future__ import annotations

from datetime import date

import pytest

from ragkit.documents.document import ProblemKind
from ragkit.documents.governance import FieldOrigin, Status
from ragkit.errors import SettingsError

from .documents import HEADING, PARAGRAPH, governance, read

HEADER = ("Title: Falls (header)", "Policy No. 1", "Owner: Header Department")


def test_each_field_comes_from_the_most_trustworthy_source_that_states_it():
    found = governance(
        *HEADER,
        sidecar={"owner": "Sidecar Department"},
        folder_settings={"owner": "Folder Department", "approver": "Folder Committee"},
        front_matter={"approver": "Front Committee", "title": "Falls (front matter)", "version": "7"},
        properties={"policy number": "2", "version": "8"},
    )
    assert (found.owner, found.origins["owner"]) == ("Sidecar Department", FieldOrigin.SIDECAR)
    assert (found.approver, found.origins["approver"]) == ("Folder Committee", FieldOrigin.FOLDER_FILE)
    assert (found.title, found.origins["title"]) == ("Falls (front matter)", FieldOrigin.FRONT_MATTER)
    assert (found.version, found.origins["version"]) == ("7", FieldOrigin.FRONT_MATTER)
    assert (found.reference_number, found.origins["reference_number"]) == ("2", FieldOrigin.PROPERTIES)


def test_the_site_of_the_ingest_counts_where_nothing_else_names_one():
    assert governance(*HEADER, site="general").site == "general"
    assert governance(*HEADER, site="general").origins["site"] is FieldOrigin.ARGUMENT
    assert governance(*HEADER, site="general", front_matter={"site": "eastfield"}).site == "eastfield"
    assert governance(*HEADER, site="general", folder_settings={"site": "eastfield"}).site == "eastfield"


def test_a_document_can_be_declared_to_hold_for_every_site():
    assert governance(*HEADER, site="general", sidecar={"site": "all"}).site is None


def test_a_sidecar_that_contradicts_the_header_wins_and_the_contradiction_is_reported():
    found, problems = read(
        "Title: Falls", "EFFECTIVE: 1-2-24", source="falls.pdf", sidecar={"effective_date": date(2024, 5, 1)}
    )
    assert found.effective_date == date(2024, 5, 1)
    assert [problem.kind for problem in problems] == [ProblemKind.GOVERNANCE_CONFLICT]
    for word in ("falls.pdf", "effective_date", "2024-05-01", "2024-01-02", "sidecar", "2024-05-01 was taken"):
        assert word in problems[0].message


def test_the_same_number_written_differently_is_no_contradiction():
    assert read("Policy No. 0930-f", sidecar={"reference_number": "930-F"})[1] == ()


def test_an_effective_date_that_the_institution_wrote_stays_before_a_later_revision():
    found = governance("Title: Falls", "REVISED: 3-1-24", sidecar={"effective_date": "2024-02-01"})
    assert found.effective_date == date(2024, 2, 1)
    assert governance("EFFECTIVE: 2-1-24", sidecar={"revised_date": "2024-03-01"}).effective_date == date(2024, 3, 1)


def test_the_folder_gives_roles_to_documents_that_name_none():
    folder = {"default_roles": ["staff"]}
    assert governance(*HEADER, folder_settings=folder).roles == ("staff",)
    assert governance(*HEADER, folder_settings=folder, front_matter={"roles": ["nurse"]}).roles == ("nurse",)
    assert governance(*HEADER, folder_settings=folder, sidecar={"roles": "nurse, pharmacist"}).roles == (
        "nurse",
        "pharmacist",
    )
    assert governance(*HEADER).roles == ()


def test_a_document_cannot_open_what_the_folder_restricts():
    found = governance(*HEADER, folder_settings={"roles": ["security"]}, front_matter={"roles": ["public"]})
    assert found.roles == ("security",)


def test_roles_that_cannot_be_read_close_the_document():
    found, problems = read(
        *HEADER, front_matter={"roles": {"who": "everybody"}}, folder_settings={"default_roles": ["public"]}
    )
    assert "public" not in found.roles and found.roles
    assert problems


def test_neither_properties_nor_the_header_give_access():
    found = governance(*HEADER, "Roles: public", properties={"roles": "public", "site": "general"})
    assert found.roles == ()
    assert found.site is None


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("refernce_number", "reference_number"),
        ("Effective Date", "effective_date"),
        ("role", "roles"),
        ("colour", "keys are"),
    ],
)
def test_an_unknown_key_is_an_error_that_names_the_file_and_the_key_probably_meant(key, meant):
    with pytest.raises(SettingsError) as raised:
        read(source="nursing/falls.pdf", sidecar={key: "x"})
    for word in ("nursing/falls.pdf", key, meant):
        assert word in str(raised.value)


def test_default_roles_belong_into_the_folder_file():
    with pytest.raises(SettingsError, match=r"ragkit\.yaml"):
        read(sidecar={"default_roles": ["staff"]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("effective_date", "2024-02-30"),
        ("effective_date", "soon"),
        ("review_due", True),
        ("status", "valid"),
        ("roles", []),
        ("roles", ["nurse", ""]),
        ("roles", {"a": 1}),
        ("reference_number", 12.1),
        ("title", " "),
        ("date_order", "ydm"),
    ],
)
def test_a_value_that_cannot_be_used_is_an_error_that_names_the_field(field, value):
    with pytest.raises(SettingsError, match=field):
        read(source="falls.pdf", sidecar={field: value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2024, 10, 1), date(2024, 10, 1)),
        ("Oct 1, 2024", date(2024, 10, 1)),
        ("10/2024", date(2024, 10, 1)),
        (2024, date(2024, 1, 1)),
    ],
)
def test_a_date_may_be_written_in_any_usual_way(value, expected):
    assert governance(*HEADER, sidecar={"effective_date": value}).effective_date == expected


def test_the_institution_says_how_it_writes_dates_in_figures():
    header = ("Title: Falls", "Effective: 03/04/2024")
    assert governance(*header).effective_date == date(2024, 3, 4)
    assert governance(*header, folder_settings={"date_order": "day-month-year"}).effective_date == date(2024, 4, 3)
    assert governance(*header, sidecar={"date_order": "dmy"}).effective_date == date(2024, 4, 3)
    written = governance(
        "Title: Falls", folder_settings={"date_order": "dmy"}, sidecar={"effective_date": "03/04/2024"}
    )
    assert written.effective_date == date(2024, 4, 3)


def test_unambiguous_dates_of_the_document_show_the_order_where_nobody_says_it():
    found = governance("Effective: 03/04/2024", "Review due: 31/03/2026")
    assert found.effective_date == date(2024, 4, 3)


def test_a_blank_line_in_a_sidecar_says_nothing():
    assert governance("Title: Falls", "Owner: Nursing", sidecar={"owner": None}).owner == "Nursing"


def test_front_matter_of_other_tools_is_passed_over_and_its_own_names_are_understood():
    found, problems = read(
        body=((HEADING, "Falls"),),
        front_matter={
            "layout": "page", "tags": ["a"], "author": "typist", "policy_number": "IC-1",
            "Effective Date": date(2024, 1, 2), "next-review": "2026-01-02", "status": "Final",
        },
    )  # fmt: skip
    assert problems == ()
    assert found.reference_number == "IC-1"
    assert found.effective_date == date(2024, 1, 2)
    assert found.review_due == date(2026, 1, 2)
    assert found.status is Status.ACTIVE
    assert found.owner is None


def test_an_unusable_value_in_front_matter_is_reported_and_the_rest_is_read():
    found, problems = read(
        body=((HEADING, "Falls"),), front_matter={"effective_date": "2024-02-30", "owner": "Nursing"}
    )
    assert found.effective_date is None
    assert found.owner == "Nursing"
    assert [problem.kind for problem in problems] == [ProblemKind.IMPOSSIBLE_DATE]


def test_a_file_named_draft_is_a_draft_unless_somebody_says_otherwise():
    found, problems = read("Title: Falls", source="falls-DRAFT.docx")
    assert (found.status, found.origins["status"]) == (Status.DRAFT, FieldOrigin.FILE_NAME)
    assert "status: active" in problems[0].message
    assert governance("Title: Falls", source="falls-DRAFT.docx", sidecar={"status": "active"}).status is Status.ACTIVE
    assert governance("Title: Falls", source="drafting-letters.docx").status is Status.ACTIVE


def test_a_document_that_says_nothing_has_a_readable_title_and_no_more():
    found, problems = read(body=((PARAGRAPH, "Words."),), source="a/wound_care.txt")
    assert found.title == "Wound care"
    assert found.origins == {"title": FieldOrigin.FILE_NAME}
    assert problems == ()

from __future__ import annotations

from datetime import date

import pytest

from ragkit.documents.document import ProblemKind
from ragkit.documents.governance import FieldOrigin, Status

from .documents import HEADING, PARAGRAPH, governance, read


def test_several_pairs_on_one_line_are_told_apart():
    found = governance(
        "SUBJECT: WOUND CARE\tREFERENCE NO. 917", "EFFECTIVE: 3-16-11 REVISED: 11-02-24 SUPERSEDES: 02-03-22"
    )
    assert found.reference_number == "917"
    assert found.title == "WOUND CARE"
    assert found.revised_date == date(2024, 11, 2)
    assert found.supersedes == "02-03-22"
    assert found.origins["revised_date"] is FieldOrigin.HEADER_BLOCK


def test_a_version_is_in_force_from_its_revision_where_effective_is_the_day_the_policy_began():
    found = governance("EFFECTIVE: 3-16-11 REVISED: 11-02-24")
    assert found.effective_date == date(2024, 11, 2)
    assert found.original_date == date(2011, 3, 16)


def test_an_effective_date_after_the_revision_is_the_day_this_version_takes_effect():
    found = governance(
        "Origination Date: June 1991", "Date Revised: September 9, 2025", "Effective Date: February 3, 2026"
    )
    assert found.effective_date == date(2026, 2, 3)
    assert found.revised_date == date(2025, 9, 9)
    assert found.original_date == date(1991, 6, 1)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Revised: 3/1/2020",), date(2020, 3, 1)),
        (("Date Issued: 1 Dec 2014",), date(2014, 12, 1)),
        (("Original Date: 1998",), date(1998, 1, 1)),
        (("Issued: 1/1/2020", "Revised: 2/2/2022"), date(2022, 2, 2)),
        (("Approved by: Pharmacy Committee", "Approval Date: 5/6/2021"), date(2021, 5, 6)),
    ],
)
def test_without_an_effective_date_the_next_best_date_tells_since_when(lines, expected):
    assert governance(*lines).effective_date == expected


def test_a_header_table_has_its_labels_in_the_first_row():
    found = governance(
        "Policy Number\tOriginal Date\tDate Revised\tDate Last Reviewed\tReview Date",
        "IC-204\t1/5/2001\t3/4/2023\t3/4/2024\t3/4/2027",
    )
    assert found.reference_number == "IC-204"
    assert found.original_date == date(2001, 1, 5)
    assert found.revised_date == date(2023, 3, 4)
    assert found.last_reviewed == date(2024, 3, 4)
    assert found.review_due == date(2027, 3, 4)


def test_a_header_table_may_have_label_and_value_in_neighbouring_cells():
    found = governance(
        "Policy number\tIC-204",
        "Supersedes\tversion 2 (06/05/2023)",
        "Version\t3",
        "Policy owner\tInfection Prevention",
        "Approved by\tChief Nursing Officer",
        "Review date\tJune 1, 2028",
        "Applies to\tadult, pediatric",
    )
    assert found.reference_number == "IC-204"
    assert found.supersedes == "version 2 (06/05/2023)"
    assert found.version == "3"
    assert found.owner == "Infection Prevention"
    assert found.approver == "Chief Nursing Officer"
    assert found.review_due == date(2028, 6, 1)
    assert found.applies_to == ("adult", "pediatric")


def test_a_value_may_stand_on_the_next_line():
    found = governance(
        "Policy Title:", "Falls and Fall Injuries", "Policy Number", "930-B", "Date last", "reviewed", "3/4/2024"
    )
    assert found.title == "Falls and Fall Injuries"
    assert found.reference_number == "930-B"
    assert found.last_reviewed == date(2024, 3, 4)


def test_one_line_below_two_labels_is_shared_between_them():
    found = governance("Policy Title: Policy Number:", "Transport of Unstable Patients 930")
    assert (found.title, found.reference_number) == ("Transport of Unstable Patients", "930")


def test_an_empty_label_takes_nothing_from_its_neighbours():
    found = governance("Effective Date: 1/2/2024", "Date Revised:", "Date Last Reviewed:", "Review Date: 1/31/2027")
    assert found.revised_date is None
    assert found.last_reviewed is None
    assert found.review_due == date(2027, 1, 31)


@pytest.mark.parametrize("value", ["N/A", "None", "New", "____", ""])
def test_supersedes_nothing_is_nothing(value):
    assert governance("Title: Falls", f"Supersedes: {value}").supersedes is None


@pytest.mark.parametrize(
    ("review", "last_reviewed", "review_due"),
    [("4/1/2027", None, date(2027, 4, 1)), ("3/1/2024", date(2024, 3, 1), None)],
)
def test_a_bare_review_date_is_the_next_review_if_it_lies_well_after_the_other_dates(review, last_reviewed, review_due):
    found = governance("Effective: 3/1/2024", f"Review Date: {review}")
    assert (found.last_reviewed, found.review_due) == (last_reviewed, review_due)


def test_a_review_due_in_a_month_is_due_on_its_last_day():
    assert governance("Next Review: 02/2028").review_due == date(2028, 2, 29)


def test_of_a_list_of_reviews_the_latest_counts():
    assert governance("Reviewed: 1/99, 3/02, 11-02-24").last_reviewed == date(2024, 11, 2)


def test_everybody_who_signed_is_named():
    found = governance(
        "APPROVED: Administration:",
        "Jane Roe, RN Date: June 1, 2024",
        "APPROVED: Medical Director",
        "John Doe, MD Date: June 1, 2024",
    )
    assert found.approver == "Administration: Jane Roe, RN; Medical Director: John Doe, MD"


def test_office_and_name_may_follow_the_label_without_a_colon_between_them():
    found = governance("APPROVED: Administration Jane Roe, RN Date: June 1, 2024")
    assert found.approver == "Administration: Jane Roe, RN"


def test_below_lines_to_sign_on_the_offices_are_named():
    found = governance("APPROVED: ______ ______", "Director, Pharmacy", "Medical Director")
    assert found.approver == "Director, Pharmacy; Medical Director"


@pytest.mark.parametrize(
    "label",
    ["REFERENCE NO.", "Ref. No.", "Policy Number:", "Policy No:", "Policy #", "Document ID:", "Policy:", "Reference"],
)
@pytest.mark.parametrize("number", ["302", "930-P", "IC-204", "12.4a", "RX.02.01", "NUR-IV-001"])
def test_a_number_is_kept_as_written_behind_every_label(label, number):
    assert governance(f"{label} {number}").reference_number == number


def test_a_date_behind_a_number_label_is_no_number():
    assert governance("Policy No. 01-01-24").reference_number is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Restraints are ordered as listed in Policy 964 for the unit.",
        "Ref. No. 502, Transfer of Patients",
        "See Reference No. 21 for details.",
    ],
)
def test_a_number_that_the_text_only_mentions_is_not_its_own(sentence):
    assert governance(body=((HEADING, "Falls"), (PARAGRAPH, sentence))).reference_number is None


def test_references_at_the_end_are_not_the_documents_number():
    filler = tuple((PARAGRAPH, f"Paragraph {index}.") for index in range(30))
    references = ((HEADING, "References"), (PARAGRAPH, "Policy No. 12.1"), (PARAGRAPH, "Policy No. 12.2"))
    assert governance(body=((HEADING, "Falls"), *filler, *references)).reference_number is None


def test_dates_at_the_end_of_the_document_are_found():
    filler = tuple((PARAGRAPH, f"Paragraph {index}.") for index in range(40))
    found = governance(
        body=(
            (HEADING, "Falls"),
            *filler,
            (PARAGRAPH, "Effective Date: 1/2/2024"),
            (PARAGRAPH, "Next Review: 1/2/2026"),
        )
    )
    assert (found.effective_date, found.review_due) == (date(2024, 1, 2), date(2026, 1, 2))


def test_a_running_head_gives_number_and_title():
    found = governance(body=((PARAGRAPH, "Words."),), running=("Policy 930: Transfer of Patients",))
    assert (found.reference_number, found.title) == ("930", "Transfer of Patients")


def test_a_title_goes_on_over_several_lines_and_around_its_number():
    found = governance(
        "SUBJECT: TRANSFER AND DISCHARGE OF\tREFERENCE NO. 930",
        "ADULT PATIENTS",
        "EFFECTIVE: 1-2-24",
    )
    assert found.title == "TRANSFER AND DISCHARGE OF ADULT PATIENTS"


def test_the_addressees_in_brackets_are_the_audience_and_not_the_title():
    found = governance("HILL COUNTY HOSPITAL", "(NURSES, PHYSICIANS)", "SUBJECT: FALLS", "EFFECTIVE: 1-2-24")
    assert found.audience == ("NURSES", "PHYSICIANS")
    assert found.title == "FALLS"


def test_an_impossible_date_is_reported_and_left_out():
    found, problems = read("Title: Falls", "REVISED: 02-30-24", "EFFECTIVE: 01-02-20", source="falls.pdf")
    assert found.revised_date is None
    assert [problem.kind for problem in problems] == [ProblemKind.IMPOSSIBLE_DATE]
    assert all(word in problems[0].message for word in ("falls.pdf", "REVISED", "02-30-24"))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("Effective: 1/2/2024", "Review due: 1/2/2020"), ("2024-01-02", "2020-01-02")),
        (("Effective: 1/2/2019", "Revised: 5/1/2023", "Next Review: 1/2/2022"), ("2023-05-01", "2022-01-02")),
        (("Effective: 1/2/2024", "Supersedes: 1/2/2025"), ("2024-01-02", "2025-01-02")),
    ],
)
def test_dates_that_cannot_all_be_right_are_reported_with_both_values(lines, words):
    _, problems = read(*lines)
    assert problems
    assert all(problem.kind is ProblemKind.GOVERNANCE_CONFLICT for problem in problems)
    assert all(word in " ".join(problem.message for problem in problems) for word in words)


def test_a_stale_running_foot_is_reported_and_the_header_taken():
    found, problems = read("Title: Falls", "REVISED: 11-02-24", running=("REVISED: 07-01-22 PAGE 2 OF 4",))
    assert found.revised_date == date(2024, 11, 2)
    assert [problem.kind for problem in problems] == [ProblemKind.GOVERNANCE_CONFLICT]
    assert "07-01-22" in problems[0].message


def test_the_revision_of_a_form_in_brackets_is_weaker_than_the_header():
    found, problems = read("(Rev. 04/2017)", "REVISED: 11-02-24")
    assert found.revised_date == date(2024, 11, 2)
    assert problems == ()


def test_a_sound_header_has_no_problems():
    assert read("Title: Falls", "Effective: 1/2/2024", "Revised: 12/1/2023", "Next Review: 1/2/2027")[1] == ()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("DRAFT", Status.DRAFT),
        ("*** DRAFT - NOT FOR CLINICAL USE ***", Status.DRAFT),
        ("RETIRED", Status.RETIRED),
        ("SUPERSEDED - DO NOT USE", Status.SUPERSEDED),
        ("Status: In Review", Status.IN_REVIEW),
        ("Status: Archived", Status.RETIRED),
        ("Superseded by: IC-300", Status.SUPERSEDED),
        ("Draft letters are kept by the clerk.", Status.ACTIVE),
        ("RETIRED:", Status.ACTIVE),
    ],
)
def test_the_status_is_read_from_a_label_or_a_word_that_stands_alone(text, status):
    assert governance("Title: Falls", text).status is status


def test_a_watermark_makes_a_draft():
    assert governance(body=((HEADING, "Falls"), (PARAGRAPH, "DRAFT"), (PARAGRAPH, "Words."))).status is Status.DRAFT
    assert governance("Title: Falls (DRAFT)").status is Status.DRAFT


def test_the_entries_of_a_table_of_contents_are_not_its_own_number():
    names = {100: "LAWS", 200: "STAFFING", 300: "TRAINING", 400: "HOSPITALS"}
    entries = tuple((HEADING, f"POLICY NO. {number}: {name}") for number, name in names.items())
    assert governance(body=entries).reference_number is None
    assert governance(body=entries[:1]).reference_number == "100"

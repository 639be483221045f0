from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ragkit.documents.governance import FieldOrigin, Governance
from ragkit.documents.identity import KnownVersion, document_id, identify, same_policy, titles_agree, version_label

HASH_A, HASH_B, HASH_C = "a" * 64, "b" * 64, "c" * 64


def governance(title: str = "Care of drains", number: str | None = "N-12", **fields: Any) -> Governance:
    return Governance(title=title, reference_number=number, **fields)


def known(record: Governance, content_hash: str, existing: list[KnownVersion], source: str = "x.pdf") -> KnownVersion:
    identifier, label = identify(record, source, content_hash, existing)
    return KnownVersion(identifier, label, content_hash, record, source)


def test_the_id_is_made_of_site_and_number():
    assert document_id(governance(site="General"), "any/where.pdf") == "general/n-12"
    assert document_id(governance(number="IC 204.1"), "any/where.pdf") == "ic-204.1"


def test_without_a_number_the_path_is_the_id():
    assert document_id(governance(number=None, site="General"), "Nursing/IV care.pdf") == "general/nursing/iv-care"


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"version": "3.1", "effective_date": date(2024, 5, 1)}, "3.1"),
        ({"effective_date": date(2024, 5, 1), "revised_date": date(2024, 4, 1)}, "2024-05-01"),
        ({"revised_date": date(2024, 4, 1)}, "2024-04-01"),
        ({}, "aaaaaaaa"),
    ],
)
def test_a_version_is_called_by_what_the_document_says(fields, label):
    assert version_label(governance(**fields), HASH_A) == label


def test_a_new_edition_of_a_policy_is_a_version_of_it():
    first = known(governance(effective_date=date(2022, 1, 1)), HASH_A, [])
    second = known(governance(effective_date=date(2024, 1, 1)), HASH_B, [first])
    assert (first.document_id, second.document_id) == ("n-12", "n-12")
    assert (first.version, second.version) == ("2022-01-01", "2024-01-01")


def test_a_twin_for_children_is_another_document():
    adult = known(governance("Sepsis", "2210"), HASH_A, [])
    child = known(governance("Sepsis", "2210-P"), HASH_B, [adult])
    same_number = known(governance("Sepsis (Pediatric)", "2210"), HASH_C, [adult, child])
    assert len({adult.document_id, child.document_id, same_number.document_id}) == 3
    assert same_number.document_id == "2210--sepsis-pediatric"


def test_an_attachment_with_the_number_of_its_policy_is_another_document():
    policy = known(governance("Patient restraint", "N-12", effective_date=date(2024, 1, 1)), HASH_A, [])
    form = known(governance("Restraint order form", "N-12", effective_date=date(2025, 1, 1)), HASH_B, [policy])
    again = known(governance("Restraint order form", "N-12", effective_date=date(2026, 1, 1)), HASH_C, [policy, form])
    assert form.document_id != policy.document_id
    assert again.document_id == form.document_id


def test_the_same_number_at_another_site_is_another_policy():
    assert not same_policy(governance(site="general"), governance(site="eastfield"))


def test_titles_may_change_a_little():
    assert titles_agree("Peripheral IV Catheter Care", "Peripheral IV Catheter Care and Maintenance")
    assert titles_agree("Care of Drains Policy", "Policy: Care of Drains")
    assert not titles_agree("Patient Transport", "Spinal Motion Restriction")


def test_a_title_made_up_from_the_file_name_does_not_count():
    guessed = governance("Scan 0042", origins={"title": FieldOrigin.DEFAULT})
    assert same_policy(guessed, governance("Care of drains"))


def test_a_policy_that_supersedes_another_number_is_a_version_of_it_whichever_comes_first():
    old, new = governance(number="N-10"), governance("All drains", "N-12", supersedes="Policy N-10")
    first = known(old, HASH_A, [])
    assert known(new, HASH_B, [first]).document_id == first.document_id
    first = known(new, HASH_B, [])
    assert known(old, HASH_A, [first]).document_id == first.document_id


def test_a_date_in_supersedes_is_no_number():
    dated = governance("Airway", "01-01-22")
    newer = governance("Care of drains", "N-12", supersedes="01-01-22")
    assert known(newer, HASH_B, [known(dated, HASH_A, [])]).document_id == "n-12"


def test_a_label_that_other_content_has_taken_gets_a_part_of_the_hash():
    first = known(governance(version="2"), HASH_A, [])
    second = known(governance(version="2"), HASH_B, [first], source="copy.pdf")
    assert (second.document_id, second.version) == ("n-12", "2-bbbbbbbb")


def test_the_same_file_again_is_the_same_version():
    first = known(governance(version="2"), HASH_A, [])
    assert identify(governance(version="2"), "x.pdf", HASH_A, [first]) == (first.document_id, first.version)


def test_a_changed_file_without_a_number_stays_the_same_document():
    first = known(governance(number=None), HASH_A, [], source="drains.pdf")
    second = known(governance("Care of all drains and lines", None), HASH_B, [first], source="drains.pdf")
    assert second.document_id == first.document_id == "drains"


def test_titles_for_other_patients_or_kinds_of_paper_do_not_agree():
    assert not titles_agree(
        "Care of the patient in septic shock, adult", "Care of the patient in septic shock, pediatric"
    )
    assert not titles_agree("Transfer of patients between hospitals", "Transfer of patients between hospitals form")
    assert titles_agree("Sepsis in paediatric patients", "Sepsis in pediatric patients")

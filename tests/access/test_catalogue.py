"""The list of documents, and a version asked for by its name."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from ragkit.access import Scope, User, resolve_scope
from ragkit.access.catalogue import DocumentRow, find_version, list_documents
from ragkit.documents.governance import Status
from ragkit.store.rows import VersionRow

NURSE = User("u1", roles={"nurse"})
PHARMACIST = User("u2", roles={"pharmacist"})
_EMPTY = dict.fromkeys(field.name for field in fields(VersionRow))
OLD = VersionRow(
    **_EMPTY
    | {
        "version_key": 1,
        "document_id": "sharps",
        "version": "1",
        "title": "Sharps",
        "status": Status.ACTIVE,
        "source": "sharps.md",
        "roles": ("nurse", "pharmacist"),
        "effective_date": date(2020, 1, 1),
    }
)
NEW = replace(OLD, version_key=2, version="2", effective_date=date(2024, 1, 1))


def scope(versions: list[VersionRow], user: User | None, site: str | None = None) -> Scope:
    return resolve_scope(versions, site=site, user=user, as_of=None, access="enforced")


def listed(versions: list[VersionRow], user: User | None, site: str | None = None) -> list[DocumentRow]:
    return list_documents(versions, scope(versions, user, site), None)


def test_every_version_one_may_read_is_listed_with_where_it_stands_today():
    rows = [(row.version, row.status, row.in_force) for row in listed([OLD, NEW], NURSE)]
    assert rows == [("1", Status.SUPERSEDED, False), ("2", Status.ACTIVE, True)]


def test_a_version_is_not_listed_as_superseded_by_one_that_the_reader_may_not_know_of():
    restricted = replace(NEW, roles=("pharmacist",))
    assert listed([OLD, restricted], NURSE) == []
    assert [row.version for row in listed([OLD, restricted], PHARMACIST)] == ["1", "2"]


def test_the_list_says_in_force_of_what_is_searched_and_of_nothing_else():
    common = OLD
    local = replace(NEW, site="general")
    retired = replace(OLD, version_key=3, document_id="gowns", status=Status.RETIRED)
    everything = [common, local, retired]
    for site in (None, "general", "eastfield"):
        in_force = {(row.document_id, row.version) for row in listed(everything, NURSE, site) if row.in_force}
        searched = scope(everything, NURSE, site).version_keys
        assert in_force == {(row.document_id, row.version) for row in everything if row.version_key in searched}


def test_sites_are_compared_in_the_list_as_they_are_in_the_search():
    here = replace(OLD, site="East  Field ")
    assert [row.version for row in listed([here], NURSE, "east field")] == ["1"]
    assert listed([here], NURSE, "general") == []


def test_a_removed_version_is_found_by_its_name():
    removed = replace(OLD, removed_at="2025-01-01T00:00:00+00:00")
    assert find_version([removed, NEW], scope([NEW], NURSE), "sharps", "1") == removed


def test_a_removed_version_does_not_stand_in_for_a_live_one_of_that_name_that_was_closed():
    removed = replace(OLD, removed_at="2025-01-01T00:00:00+00:00")
    closed = replace(OLD, version_key=2, roles=("pharmacist",))
    assert find_version([removed, closed], scope([closed], NURSE), "sharps", "1") is None
    assert find_version([removed, closed], scope([closed], PHARMACIST), "sharps", "1") == closed

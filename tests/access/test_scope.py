from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragkit.access import Scope, ScopeViolationError, User, recheck, resolve_scope
from ragkit.documents.governance import Status
from ragkit.errors import SettingsError

from .records import Version

TODAY = date(2026, 6, 1)
NURSE = User("u1", roles={"nurse"})
NOBODY_IN_PARTICULAR = User("u2")


def scope(versions, user=None, *, site=None, as_of=None, access="enforced") -> Scope:
    return resolve_scope(versions, site=site, user=user, as_of=as_of, access=access, today=TODAY)


def readable_by(user, *roles: str, access="enforced") -> bool:
    return 1 in scope([Version(1, roles=roles)], user, access=access)


def test_somebody_who_has_not_signed_in_reads_only_public_documents():
    assert readable_by(None, "public")
    assert readable_by(None, "nurse", "public")
    assert not readable_by(None, "staff")
    assert not readable_by(None, "nurse")


def test_staff_read_public_documents_staff_documents_and_those_of_their_roles():
    assert readable_by(NURSE, "public")
    assert readable_by(NURSE, "staff")
    assert readable_by(NURSE, "pharmacist", "nurse")
    assert not readable_by(NURSE, "pharmacist")
    assert readable_by(NOBODY_IN_PARTICULAR, "staff")
    assert not readable_by(NOBODY_IN_PARTICULAR, "nurse")


def test_a_document_that_names_no_roles_is_read_by_nobody():
    assert not readable_by(None)
    assert not readable_by(NURSE)


def test_an_open_knowledge_base_shows_everything_that_names_no_particular_role():
    for roles in ((), ("staff",), ("public",)):
        assert readable_by(None, *roles, access="open")
        assert readable_by(NURSE, *roles, access="open")
    assert not readable_by(None, "nurse", access="open")
    assert readable_by(NURSE, "nurse", access="open")
    assert not readable_by(NURSE, "pharmacist", access="open")


def test_roles_and_sites_are_compared_without_case_and_white_space():
    assert readable_by(User("u", roles={"Charge  Nurse"}), " charge nurse ")
    assert readable_by(None, "PUBLIC")
    assert 1 in scope([Version(1, roles=("public",), site="Eastfield ")], site="eastFIELD")


@pytest.mark.parametrize("access", ["enforced", "open"])
def test_a_blank_role_opens_nothing(access):
    assert not readable_by(User("u", roles={"", " "}), "", access=access)
    assert not readable_by(User("u", roles={"", " "}), " ", access=access)
    assert not readable_by(User("u", roles={""}), "nurse", access=access)


def test_a_site_gets_its_own_documents_and_those_of_every_site():
    everywhere = Version(1, document_id="a", roles=("public",))
    here = Version(2, document_id="b", roles=("public",), site="general")
    there = Version(3, document_id="c", roles=("public",), site="eastfield")
    result = scope([everywhere, here, there], site="general")
    assert result.version_keys == {1, 2}
    assert result.left_out == {"other_site": 1, "not_in_force": 0}
    assert scope([everywhere, here, there], site=None).version_keys == {1, 2, 3}


def test_a_blank_site_is_a_mistake_and_not_all_sites():
    with pytest.raises(SettingsError, match="site=None"):
        scope([], site=" ")


def test_only_versions_in_force_are_in_scope_and_the_others_are_counted():
    old = Version(1, effective_date=date(2020, 1, 1), roles=("public",))
    new = Version(2, effective_date=date(2024, 1, 1), roles=("public",))
    draft = Version(3, status=Status.DRAFT, roles=("public",))
    assert scope([old, new, draft]).version_keys == {2}
    assert scope([old, new, draft]).left_out["not_in_force"] == 2
    assert scope([old, new, draft], as_of=date(2021, 1, 1)).version_keys == {1}


def test_what_a_reader_may_not_read_is_in_no_count():
    hidden = [
        Version(1, document_id="a", roles=("security",), site="general"),
        Version(2, document_id="b", roles=("security",), status=Status.DRAFT),
        Version(3, document_id="c"),
    ]
    for user in (None, NURSE):
        assert scope(hidden, user, site="eastfield").left_out == {"other_site": 0, "not_in_force": 0}


def test_a_newer_version_one_may_not_read_still_puts_the_older_one_out_of_force_without_a_trace():
    old = Version(1, effective_date=date(2020, 1, 1), roles=("public",))
    restricted = Version(2, effective_date=date(2024, 1, 1), roles=("security",))
    result = scope([old, restricted], NURSE)
    assert result.version_keys == frozenset()
    assert result.left_out == {"other_site": 0, "not_in_force": 0}


def test_a_site_that_replaces_the_common_version_leaves_it_in_force_elsewhere():
    common = Version(1, effective_date=date(2020, 1, 1), roles=("public",))
    local = Version(2, effective_date=date(2024, 1, 1), roles=("public",), site="general")
    assert scope([common, local], site="general").version_keys == {2}
    assert scope([common, local], site="eastfield").version_keys == {1}
    assert scope([common, local], site=None).version_keys == {1, 2}


def test_readable_tells_whether_the_roles_allow_reading_whatever_is_in_force():
    retired = Version(1, status=Status.RETIRED, roles=("nurse",), site="general")
    result = scope([retired], NURSE, site="eastfield")
    assert 1 not in result
    assert result.readable(retired)
    assert not result.readable(replace(retired, roles=("security",)))


def test_the_recheck_lets_nothing_through_that_is_not_in_scope():
    allowed, forbidden = Version(1, roles=("public",)), Version(2, document_id="other", roles=("security",))
    result = scope([allowed, forbidden])
    assert recheck(result, [allowed]) == [allowed]
    assert recheck(result, [forbidden, allowed], on_violation="drop") == [allowed]
    with pytest.raises(ScopeViolationError) as raised:
        recheck(result, [allowed, forbidden])
    assert forbidden.source not in str(raised.value)


def test_the_recheck_reads_the_key_as_it_is_told():
    result = scope([Version(1, roles=("public",))])
    assert recheck(result, [(1, "text"), (2, "text")], version_key=lambda hit: hit[0], on_violation="drop") == [
        (1, "text")
    ]


role_names = st.sampled_from(["public", "staff", "nurse", "Nurse", "pharmacist", "security", ""])
sites = st.sampled_from([None, "general", "General", "eastfield", ""])
days = st.none() | st.dates(date(2023, 1, 1), date(2027, 12, 31))
records = st.lists(
    st.builds(
        Version,
        version_key=st.integers(1, 10_000),
        document_id=st.sampled_from(["a", "b", "c"]),
        status=st.sampled_from(Status),
        effective_date=days,
        retired_date=days,
        site=sites,
        roles=st.lists(role_names, max_size=3).map(tuple),
    ),
    max_size=8,
    unique_by=lambda version: version.version_key,
)
users = st.none() | st.builds(User, st.just("u"), st.frozensets(role_names, max_size=3))


def permitted(version: Version, user: User | None, access: str) -> bool:
    """The rule written a second time, as plainly as possible."""
    named = {role.casefold() for role in version.roles if role}
    mine = {role.casefold() for role in user.roles if role} if user else set()
    if "public" in named or named & mine:
        return True
    if "staff" in named:
        return user is not None or access == "open"
    return access == "open" and not version.roles


@given(
    records,
    users,
    st.sampled_from([None, "general", "eastfield", "nowhere"]),
    days,
    st.sampled_from(["enforced", "open"]),
)
def test_nothing_outside_the_permitted_set_ever_comes_through(versions, user, site, as_of, access):
    result = scope(versions, user, site=site, as_of=as_of, access=access)
    by_key = {version.version_key: version for version in versions}
    for key in result.version_keys:
        version = by_key[key]
        assert permitted(version, user, access)
        assert not site or not version.site or version.site.casefold() == site
        assert version.status not in (Status.DRAFT, Status.IN_REVIEW)
        assert version.effective_date is None or version.effective_date <= (as_of or TODAY)
    assert set(recheck(result, versions, on_violation="drop")) == {by_key[key] for key in result.version_keys}


@given(records, users, st.sampled_from([None, "general"]), days, st.sampled_from(["enforced", "open"]))
def test_documents_one_may_not_read_change_nothing_that_one_can_see(versions, user, site, as_of, access):
    hidden_documents = [
        replace(version, document_id=f"hidden-{version.version_key}", version_key=version.version_key + 100_000)
        for version in versions
        if not permitted(version, user, access)
    ]
    with_them = scope([*versions, *hidden_documents], user, site=site, as_of=as_of, access=access)
    without = scope(versions, user, site=site, as_of=as_of, access=access)
    assert with_them == without


@given(records, users, days)
def test_more_access_never_shows_less(versions, user, as_of):
    enforced = scope(versions, user, as_of=as_of, access="enforced").version_keys
    assert enforced <= scope(versions, user, as_of=as_of, access="open").version_keys
    assert scope(versions, None, as_of=as_of).version_keys <= scope(versions, user or NURSE, as_of=as_of).version_keys


@given(records, users, days, st.sampled_from(["enforced", "open"]))
def test_the_counts_are_of_readable_versions_only(versions, user, as_of, access):
    result = scope(versions, user, site="general", as_of=as_of, access=access)
    readable = [version for version in versions if permitted(version, user, access)]
    assert len(result.version_keys) + sum(result.left_out.values()) <= len(readable)

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragkit.access.in_force import OutOfForceReason, versions_in_force
from ragkit.documents.document import ProblemKind
from ragkit.documents.governance import Status

from .records import Version

TODAY = date(2026, 6, 1)


def in_force(*versions: Version, as_of: date | None = None) -> tuple[int, ...]:
    return versions_in_force(versions, as_of, today=TODAY).version_keys


def reason(version_key: int, *versions: Version, as_of: date | None = None) -> OutOfForceReason:
    return versions_in_force(versions, as_of, today=TODAY).out_of_force[version_key].reason


OLD = Version(1, version="2022", effective_date=date(2022, 1, 1))
NEW = Version(2, version="2024", effective_date=date(2024, 1, 1))
NEXT = Version(3, version="2027", effective_date=date(2027, 1, 1))


def test_the_latest_version_that_has_taken_effect_is_in_force():
    assert in_force(NEXT, OLD, NEW) == (2,)


def test_a_past_day_is_answered_from_the_version_of_that_day():
    assert in_force(OLD, NEW, NEXT, as_of=date(2023, 12, 31)) == (1,)
    assert in_force(OLD, NEW, NEXT, as_of=date(2024, 1, 1)) == (2,)
    assert in_force(OLD, NEW, NEXT, as_of=date(2027, 1, 1)) == (3,)


def test_the_others_say_why_they_are_not_in_force():
    result = versions_in_force([OLD, NEW, NEXT], today=TODAY)
    assert result.out_of_force[1].reason is OutOfForceReason.SUPERSEDED
    assert result.out_of_force[1].superseded_by == 2
    assert result.out_of_force[3].reason is OutOfForceReason.NOT_YET
    assert "2027-01-01" in result.out_of_force[3].detail
    assert result.problems == ()


def test_an_old_version_is_superseded_by_the_one_that_followed_it_not_by_the_newest():
    newest = Version(4, effective_date=date(2025, 1, 1))
    assert versions_in_force([newest, OLD, NEW], today=TODAY).out_of_force[1].superseded_by == 2


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_drafts_and_reviews_are_never_in_force_and_put_nothing_out_of_force(status):
    unapproved = Version(9, status=status, effective_date=date(2025, 1, 1))
    assert in_force(NEW, unapproved) == (2,)
    assert in_force(unapproved) == ()
    assert reason(9, NEW, unapproved).value == status.value


def test_a_day_before_anything_known_has_nothing_in_force_and_says_so():
    result = versions_in_force([OLD, NEW], date(2019, 1, 1), today=TODAY)
    assert result.version_keys == ()
    assert result.before_records
    assert result.earliest_start == date(2022, 1, 1)


def test_a_version_without_dates_counts_on_every_day():
    assert in_force(Version(1), as_of=date(1999, 1, 1)) == (1,)
    assert not versions_in_force([Version(1)], date(1999, 1, 1), today=TODAY).before_records


def test_a_revised_date_stands_in_for_a_missing_effective_date():
    assert in_force(Version(1, revised_date=date(2027, 1, 1))) == ()


def test_with_the_same_effective_date_the_later_revision_is_in_force():
    corrected = Version(5, effective_date=date(2024, 1, 1), revised_date=date(2024, 3, 1))
    first = Version(4, effective_date=date(2024, 1, 1), revised_date=date(2023, 12, 1))
    assert in_force(corrected, first) == (5,)


def test_two_active_versions_without_an_order_both_stay_and_are_reported():
    twin = Version(3, source="copy.pdf", effective_date=date(2024, 1, 1))
    result = versions_in_force([NEW, twin], today=TODAY)
    assert set(result.version_keys) == {2, 3}
    assert [problem.kind for problem in result.problems] == [ProblemKind.VERSION_CONFLICT]
    assert "copy.pdf" in result.problems[0].message


def test_a_dated_and_an_undated_version_are_a_conflict():
    assert set(in_force(NEW, Version(7))) == {2, 7}


@pytest.mark.parametrize(
    "supersedes",
    [
        "2.0",
        "version 2.0",
        "2024-01-01",
        "01-01-24",
        "hand-hygiene-old.pdf",
        "IC-7",
        "Policy No. IC-7",
        "version 2.0 (January 1, 2024)",
    ],
)
def test_supersedes_gives_the_order_where_dates_do_not(supersedes):
    same_day = date(2024, 1, 1)
    old = Version(1, version="2.0", source="ic/hand-hygiene-old.pdf", reference_number="IC-7", effective_date=same_day)
    new = Version(2, version="x", reference_number="IC-9", effective_date=same_day, supersedes=supersedes)
    result = versions_in_force([old, new], today=TODAY)
    assert result.version_keys == (2,)
    assert result.problems == ()


def test_numeric_version_labels_give_the_order_as_a_last_resort():
    assert in_force(Version(1, version="v2.9"), Version(2, version="2.10")) == (2,)


def test_labels_that_are_no_plain_numbers_give_no_order():
    assert set(in_force(Version(1, version="20240101"), Version(2, version="20250101"))) == {1, 2}


def test_dates_win_over_a_contradicting_supersedes_which_is_reported():
    backwards = Version(1, version="2022", effective_date=date(2022, 1, 1), supersedes="2024")
    result = versions_in_force([backwards, NEW], today=TODAY)
    assert result.version_keys == (2,)
    assert [problem.kind for problem in result.problems] == [ProblemKind.VERSION_CONFLICT]


def test_two_versions_that_supersede_each_other_are_a_conflict():
    one = Version(1, version="one", supersedes="two")
    two = Version(2, version="two", supersedes="one")
    result = versions_in_force([one, two], today=TODAY)
    assert set(result.version_keys) == {1, 2}
    assert result.problems


def test_a_circle_of_three_versions_is_a_conflict_and_not_silence():
    dated = Version(1, version="a", effective_date=date(2022, 1, 1))
    later = Version(2, version="b", effective_date=date(2024, 1, 1), supersedes="c")
    undated = Version(3, version="c", supersedes="nothing known")
    by_label = Version(1, version="a", effective_date=date(2025, 1, 1))
    circle = [by_label, later, Version(3, version="c", supersedes="a")]
    assert versions_in_force(circle, today=TODAY).version_keys == (1, 2, 3)
    assert versions_in_force(circle, today=TODAY).problems
    assert set(in_force(dated, later, undated)) == {2}


def test_a_retired_version_holds_until_its_last_day():
    retired = Version(1, effective_date=date(2020, 1, 1), retired_date=date(2025, 1, 1), status=Status.RETIRED)
    assert in_force(retired, as_of=date(2024, 12, 31)) == (1,)
    assert in_force(retired, as_of=date(2025, 1, 1)) == ()
    assert reason(1, retired) is OutOfForceReason.RETIRED


def test_a_retirement_without_a_day_leaves_no_day_in_force():
    retired = Version(1, effective_date=date(2020, 1, 1), status=Status.RETIRED)
    assert in_force(retired) == ()
    assert in_force(retired, as_of=date(2021, 1, 1)) == ()


def test_retiring_the_newest_version_does_not_bring_the_older_one_back():
    retired = Version(2, effective_date=date(2024, 1, 1), retired_date=date(2025, 1, 1), status=Status.RETIRED)
    assert in_force(OLD, retired) == ()
    assert in_force(OLD, retired, as_of=date(2023, 1, 1)) == (1,)


def test_a_version_withdrawn_before_it_took_effect_puts_nothing_out_of_force():
    withdrawn = Version(2, effective_date=date(2024, 1, 1), retired_date=date(2023, 12, 1), status=Status.RETIRED)
    assert in_force(OLD, withdrawn) == (1,)


def test_a_superseded_version_is_not_in_force_today_even_when_its_successor_is_missing():
    superseded = Version(1, effective_date=date(2020, 1, 1), status=Status.SUPERSEDED)
    assert in_force(superseded) == ()
    assert reason(1, superseded) is OutOfForceReason.SUPERSEDED


def test_a_superseded_version_holds_in_the_past_until_its_successor_starts():
    superseded = Version(1, effective_date=date(2020, 1, 1), status=Status.SUPERSEDED)
    assert in_force(superseded, NEW, as_of=date(2023, 12, 31)) == (1,)
    assert in_force(superseded, NEW, as_of=date(2024, 1, 1)) == (2,)


def test_without_its_successor_nobody_knows_until_when_a_superseded_version_held():
    superseded = Version(1, effective_date=date(2020, 1, 1), status=Status.SUPERSEDED)
    assert in_force(superseded, as_of=date(2021, 1, 1)) == ()
    ended = Version(1, effective_date=date(2020, 1, 1), status=Status.SUPERSEDED, retired_date=date(2022, 1, 1))
    assert in_force(ended, as_of=date(2021, 1, 1)) == (1,)
    assert in_force(ended, as_of=date(2022, 1, 1)) == ()


def test_an_older_active_version_is_not_shown_when_the_newest_is_marked_superseded():
    superseded = Version(2, effective_date=date(2024, 1, 1), status=Status.SUPERSEDED)
    result = versions_in_force([OLD, superseded], today=TODAY)
    assert result.version_keys == ()
    assert result.problems
    assert "Add the newer version" in result.problems[0].message


def test_the_status_decides_between_versions_without_dates():
    assert in_force(Version(1, status=Status.SUPERSEDED), Version(2)) == (2,)


days = st.none() | st.dates(date(2019, 1, 1), date(2028, 12, 31))
versions = st.lists(
    st.builds(
        Version,
        version_key=st.integers(1, 10_000),
        version=st.sampled_from(["1", "2", "a", "b"]),
        status=st.sampled_from(Status),
        effective_date=days,
        revised_date=days,
        retired_date=days,
        supersedes=st.none() | st.sampled_from(["1", "2", "a", "b", "2024-01-01"]),
    ),
    max_size=6,
    unique_by=lambda version: version.version_key,
)


@given(versions, days)
def test_every_version_is_either_in_force_or_says_why_not(records, as_of):
    result = versions_in_force(records, as_of, today=TODAY)
    assert sorted([*result.version_keys, *result.out_of_force]) == sorted(record.version_key for record in records)


@given(versions, days)
def test_nothing_in_force_is_a_draft_or_retired_or_in_the_future(records, as_of):
    day = as_of or TODAY
    result = versions_in_force(records, as_of, today=TODAY)
    for record in records:
        if record.version_key in result.version_keys:
            assert record.status not in (Status.DRAFT, Status.IN_REVIEW)
            assert record.effective_date is None or record.effective_date <= day
            assert record.retired_date is None or record.retired_date > day
    if len(result.version_keys) > 1:
        assert any(problem.kind is ProblemKind.VERSION_CONFLICT for problem in result.problems)


@given(versions, days, st.randoms())
def test_the_order_in_which_versions_are_stored_does_not_matter(records, as_of, random):
    shuffled = random.sample(records, len(records))
    assert set(versions_in_force(records, as_of, today=TODAY).version_keys) == set(
        versions_in_force(shuffled, as_of, today=TODAY).version_keys
    )

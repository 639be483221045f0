"""Facts about citations do not rest on the filter that answered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ragkit import KnowledgeBase, User
from ragkit.access.in_force import versions_in_force
from ragkit.answering.answer import Citation
from ragkit.documents.governance import Governance, Status
from ragkit.evaluation.running.facts import FactFinder, applies, in_force, permitted
from tests.access.records import Version

TODAY = date(2026, 6, 1)
STAFF = User("u", roles=["staff"])


def finder(kb: KnowledgeBase) -> FactFinder:
    return FactFinder(kb, "enforced", frozenset({"pharmacist", "staff"}), TODAY)


def citation(kb: KnowledgeBase, **changes: Any) -> Citation:
    answer = kb.ask("When is a unit of red cells not returned to stock?", user=STAFF, as_of=TODAY)
    right = next(each for each in answer.citations if "30 minutes" in each.quote)
    return right.model_copy(update=changes)


def test_a_right_citation_is_right_in_everything(hospital: KnowledgeBase) -> None:
    right = citation(hospital)
    facts = finder(hospital).facts(right, STAFF, None, TODAY)
    assert (right.page, facts.number) == (2, right.number)
    assert all(getattr(facts, name) for name in ("resolves", "page_right", "in_force", "permitted", "at_site"))


@pytest.mark.parametrize("shift", [-1, 1, 5])
def test_a_shifted_span_does_not_resolve(hospital: KnowledgeBase, shift: int) -> None:
    right = citation(hospital)
    wrong = right.model_copy(update={"start": right.start + shift, "end": right.end + shift})
    assert not finder(hospital).facts(wrong, STAFF, None, TODAY).resolves


def test_a_changed_quote_and_an_empty_one_do_not_resolve(hospital: KnowledgeBase) -> None:
    right = citation(hospital)
    for wrong in ({"quote": right.quote.replace("30", "60")}, {"quote": "", "end": right.start}):
        assert not finder(hospital).facts(right.model_copy(update=wrong), STAFF, None, TODAY).resolves


def test_a_page_that_is_off_by_one_or_missing_is_wrong(hospital: KnowledgeBase) -> None:
    for page in (1, 3, None):
        assert not finder(hospital).facts(citation(hospital, page=page), STAFF, None, TODAY).page_right


def test_what_the_person_may_not_read_is_not_permitted(hospital: KnowledgeBase) -> None:
    pharmacist = User("u", roles=["pharmacist"])
    question = "Within how many hours is a missing ampoule reported to the pharmacy director?"
    [secret] = hospital.ask(question, user=pharmacist, as_of=TODAY).citations
    assert finder(hospital).facts(secret, pharmacist, None, TODAY).permitted
    for user in (STAFF, None):
        facts = finder(hospital).facts(secret, user, None, TODAY)
        assert not facts.permitted and not facts.resolves


def test_permission_is_judged_by_the_documents_own_roles_though_the_filter_lets_it_through(
    hospital: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    pharmacist = User("u", roles=["pharmacist"])
    question = "Within how many hours is a missing ampoule reported to the pharmacy director?"
    [secret] = hospital.ask(question, user=pharmacist, as_of=TODAY).citations
    finding = finder(hospital)
    document = KnowledgeBase.document
    monkeypatch.setattr(
        KnowledgeBase, "document", lambda kb, *name, user=None, as_of=None: document(kb, *name, user=pharmacist)
    )
    facts = finding.facts(secret, STAFF, None, TODAY)
    assert facts.resolves and not facts.permitted


def test_a_superseded_version_is_in_force_only_on_its_days(hospital: KnowledgeBase) -> None:
    question = "How often is a peripheral intravenous catheter flushed when not in use?"
    old = hospital.ask(question, user=STAFF, as_of=date(2021, 1, 1)).citations[0]
    assert old.version == "2020-01-01"
    finding = finder(hospital)
    assert finding.facts(old, STAFF, None, date(2021, 1, 1)).in_force
    assert not finding.facts(old, STAFF, None, TODAY).in_force
    assert not finding.facts(old, STAFF, None, date(2019, 1, 1)).in_force


def test_a_document_of_another_site_is_not_at_the_site(hospital: KnowledgeBase) -> None:
    question = "How soon is a cardiac monitor alarm that nobody answers escalated?"
    east = hospital.ask(question, user=STAFF, site="east", as_of=TODAY).citations[0]
    finding = finder(hospital)
    assert finding.facts(east, STAFF, "East ", TODAY).at_site
    assert not finding.facts(east, STAFF, "west", TODAY).at_site
    assert applies(None, "west") and applies("east", None)


@pytest.mark.parametrize(
    ("roles", "user", "access", "expected"),
    [
        ((), STAFF, "enforced", False),
        ((), None, "open", True),
        (("public",), None, "enforced", True),
        (("staff",), None, "enforced", False),
        (("staff",), None, "open", True),
        (("Staff ",), User("u"), "enforced", True),
        (("nurse", "pharmacist"), User("u", roles=["Nurse"]), "enforced", True),
        (("nurse",), STAFF, "open", False),
        (("nurse",), None, "open", False),
    ],
)
def test_who_may_read_follows_the_table_of_the_governance_guide(
    roles: tuple[str, ...], user: User | None, access: Any, expected: bool
) -> None:
    assert permitted(Governance(title="t", roles=roles), user, access) is expected


_START, _LATER, _DAY = date(2024, 1, 1), date(2025, 1, 1), date(2025, 6, 1)


@pytest.mark.parametrize(
    ("versions", "day"),
    [
        ([{"effective_date": _START}], _DAY),
        ([{"effective_date": _LATER}], date(2024, 6, 1)),
        ([{}], _DAY),
        ([{"effective_date": _START, "status": Status.DRAFT}], _DAY),
        ([{"effective_date": _START, "status": Status.IN_REVIEW}], _DAY),
        ([{"effective_date": _START, "status": Status.RETIRED}], _DAY),
        ([{"effective_date": _START, "retired_date": _LATER}], _DAY),
        ([{"effective_date": _START, "retired_date": _LATER}], date(2024, 6, 1)),
        ([{"effective_date": _START, "status": Status.SUPERSEDED}], _DAY),
        ([{"effective_date": _START, "status": Status.SUPERSEDED}], TODAY),
        ([{"effective_date": _START, "status": Status.SUPERSEDED, "retired_date": date(2026, 1, 1)}], _DAY),
        ([{"effective_date": _START}, {"effective_date": _LATER}], _DAY),
        ([{"effective_date": _START}, {"effective_date": _LATER}], date(2024, 6, 1)),
        ([{"effective_date": _START}, {"effective_date": _LATER, "status": Status.DRAFT}], _DAY),
        ([{"effective_date": _START}, {"effective_date": _LATER, "retired_date": date(2025, 3, 1)}], _DAY),
        ([{"effective_date": _START}, {"effective_date": _LATER, "retired_date": _LATER}], _DAY),
        ([{"effective_date": _START, "status": Status.SUPERSEDED}, {"effective_date": _LATER}], date(2024, 6, 1)),
        ([{"effective_date": _START, "status": Status.SUPERSEDED}, {"effective_date": _LATER}], _DAY),
        ([{"effective_date": _START}, {"effective_date": _START, "status": Status.SUPERSEDED}], _DAY),
        ([{"effective_date": _START}, {"effective_date": _START, "revised_date": _LATER}], _DAY),
        ([{"revised_date": _START}, {"revised_date": _LATER}], _DAY),
        ([{"effective_date": _START, "site": "east"}, {"effective_date": _LATER}], _DAY),
    ],
)
def test_both_ways_of_telling_what_is_in_force_agree(versions: list[dict[str, Any]], day: date) -> None:
    rows = [
        Version(number, **{"version": f"label {number}", **fields}) for number, fields in enumerate(versions, start=1)
    ]
    expected = set(versions_in_force(rows, day, today=TODAY).version_keys)
    governance = [Governance(title="t", **fields) for fields in versions]
    found = {
        number
        for number, mine in enumerate(governance, start=1)
        if in_force(mine, [other for other in governance if other is not mine], None, day, TODAY)
    }
    assert found == expected


def test_what_another_site_did_to_its_copy_does_not_count() -> None:
    east = Governance(title="t", site="east", effective_date=_START)
    west = Governance(title="t", site="west", effective_date=_LATER)
    assert in_force(east, [west], "east", _DAY, TODAY) and in_force(east, [west], None, _DAY, TODAY)


def test_version_labels_decide_where_dates_do_not() -> None:
    first, second = Governance(title="t", version="2.1"), Governance(title="t", version="2.10")
    assert not in_force(first, [second], None, _DAY, TODAY) and in_force(second, [first], None, _DAY, TODAY)

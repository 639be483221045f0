"""What may be spent, and that many requests at once do not spend more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ragkit.deployment.deployment import BudgetSettings, CacheSettings
from ragkit.language_models.base import ChatRequest, Message, Outcome
from ragkit.language_models.budget import Budget, Expense, Ledger, MemoryLedger, Reservation
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.provider import Provider
from ragkit.language_models.spending import FileLedger
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST, Streamed, ask, attempts, language_models
from tests.language_models.scripted_server import ScriptedServer

DAY = date(2026, 3, 1)
Ledgers = Callable[[], Ledger]


@pytest.fixture(params=["memory", "file"])
def ledgers(request: pytest.FixtureRequest, tmp_path: Path) -> Ledgers:
    return MemoryLedger if request.param == "memory" else lambda: FileLedger(tmp_path / "cache")


def budget(ledger: Ledger, day: date = DAY, **limits: Any) -> Budget:
    return Budget(BudgetSettings(**limits), ledger, today=lambda: day)


def reserve(budget: Budget, tokens: int, cost: float = 0.0, answer: Deadline | None = None) -> Reservation:
    reserved = budget.reserve(answer or Deadline.after(60), Expense(tokens, cost))
    assert isinstance(reserved, Reservation)
    return reserved


def test_what_is_set_aside_counts_until_it_is_known_what_was_spent(ledgers: Ledgers) -> None:
    day = budget(ledgers(), tokens_per_day=100)
    first = reserve(day, 80)
    assert "tokens_per_day" in str(day.reserve(Deadline.after(60), Expense(30)))
    first.settle(Expense(20))

    reserve(day, 80).settle(Expense(80))
    assert "tokens_per_day" in str(day.reserve(Deadline.after(60), Expense(1)))
    day.close()


def test_a_day_has_a_cost_and_the_next_one_is_new(ledgers: Ledgers) -> None:
    ledger = ledgers()
    reserve(budget(ledger, cost_per_day=1.0), 5, 0.9).settle(Expense(5, 0.9))

    assert "cost_per_day" in str(budget(ledger, cost_per_day=1.0).reserve(Deadline.after(60), Expense(5, 0.2)))
    reserve(budget(ledger, DAY + timedelta(days=1), cost_per_day=1.0), 5, 0.2)
    ledger.close()


def test_an_expense_from_before_midnight_does_not_undo_the_new_day(ledgers: Ledgers) -> None:
    ledger = ledgers()
    ledger.add(DAY + timedelta(days=1), Expense(7))
    ledger.add(DAY, Expense(5))

    assert [ledger.spent(DAY), ledger.spent(DAY + timedelta(days=1))] == [Expense(5), Expense(7)]
    ledger.close()


def test_requests_under_the_same_deadline_share_the_budget_of_an_answer() -> None:
    shared, answer = budget(MemoryLedger(), tokens_per_answer=100), Deadline.after(60)
    reserve(shared, 60, answer=answer).settle(Expense(60))

    assert "tokens_per_answer" in str(shared.reserve(answer, Expense(50)))
    reserve(shared, 40, answer=answer)
    reserve(shared, 100, answer=Deadline.after(61))


def test_only_the_first_settlement_counts() -> None:
    ledger = MemoryLedger()
    reserved = reserve(budget(ledger), 10)
    reserved.settle(Expense(4))
    reserved.settle(Expense(4))

    assert ledger.spent(DAY) == Expense(4)


def test_answers_that_are_over_are_forgotten() -> None:
    shared = budget(MemoryLedger(), tokens_per_answer=10)
    for _ in range(50):
        reserve(shared, 5, answer=Deadline.after(-1)).settle(Expense(5))

    assert len(shared._answers) <= 1


def test_a_request_that_ends_after_its_answer_was_forgotten_still_counts_for_the_day() -> None:
    ledger = MemoryLedger()
    spending = budget(ledger)
    late, later = Deadline.after(-1), Deadline.after(-2)
    of_the_late, of_the_later = reserve(spending, 10, answer=late), reserve(spending, 10, answer=later)
    of_the_late.settle(Expense(4))  # the other answer's deadline has passed: it is forgotten
    of_the_later.settle(Expense(3))
    assert ledger.spent(DAY).tokens == 7


def test_an_answer_that_is_settled_after_another_cleared_it_away_still_counts_for_the_day() -> None:
    ledger = MemoryLedger()
    shared = budget(ledger, tokens_per_answer=10)
    late = reserve(shared, 5, answer=Deadline.after(-1))
    reserve(shared, 5).settle(Expense(3))
    late.settle(Expense(4))

    assert ledger.spent(DAY) == Expense(7)


def test_an_error_of_ragkit_s_own_gives_back_what_was_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    enough_for_one = BudgetSettings(tokens_per_day=2000)
    with (
        ScriptedServer(does.says(GOOD)) as server,
        language_models(server.provider(concurrent=1), budget=enough_for_one) as models,
    ):
        with monkeypatch.context() as broken:
            broken.setattr(Provider, "reply", fail)
            for _ in range(3):
                with pytest.raises(ZeroDivisionError):
                    ask(models)

        assert ask(models).value == GOOD


def test_what_was_spent_outlives_the_process_and_is_shared(tmp_path: Path) -> None:
    one, other = FileLedger(tmp_path), FileLedger(tmp_path)
    one.add(DAY, Expense(10, 0.5))
    other.add(DAY, Expense(5, 0.25))

    assert one.spent(DAY) == other.spent(DAY) == Expense(15, 0.75)
    one.close()
    other.close()
    third = FileLedger(tmp_path)
    assert third.spent(DAY) == Expense(15, 0.75)
    third.close()


def test_where_the_file_cannot_be_used_this_process_counts_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    ledger = FileLedger(tmp_path / "file")
    ledger.add(DAY, Expense(10))

    assert ledger.spent(DAY) == Expense(10)


def test_many_requests_at_once_spend_no_more_than_there_is() -> None:
    shared, granted, barrier = budget(MemoryLedger(), tokens_per_day=1000), [], threading.Barrier(50)

    def spend(_: int) -> None:
        barrier.wait()
        reserved = shared.reserve(Deadline.after(60), Expense(30))
        if isinstance(reserved, Reservation):
            granted.append(reserved)

    with ThreadPoolExecutor(50) as threads:
        list(threads.map(spend, range(50)))

    assert len(granted) == 33


def test_over_budget_nobody_is_asked_and_it_is_said_why() -> None:
    with (
        ScriptedServer() as server,
        language_models(server.provider(), budget=BudgetSettings(tokens_per_answer=100)) as models,
    ):
        (attempt,) = attempts(models)

    assert (attempt.outcome, attempt.requests) == (Outcome.OVER_BUDGET, 0)
    assert "tokens_per_answer" in attempt.detail
    assert not server.requests


def test_a_cheaper_provider_may_still_be_asked() -> None:
    with ScriptedServer(does.says(GOOD)) as server:
        dear = server.provider("dear", input_price=1000.0, output_price=1000.0)
        free = server.provider("free", order=2)
        with language_models(dear, free, budget=BudgetSettings(cost_per_day=0.5)) as models:
            first, second = ask(models).attempts

    assert [first.outcome, second.outcome] == [Outcome.OVER_BUDGET, Outcome.REPLIED]


def test_a_reply_costs_what_the_server_counted_times_the_prices(tmp_path: Path) -> None:
    def behave(exchange: Any) -> None:
        exchange.send_json(
            {
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": '{"answers": true}'}}],
                "usage": {"prompt_tokens": 1000, "completion_tokens": 200},
            }
        )

    with (
        ScriptedServer(behave) as server,
        language_models(
            server.provider(input_price=2.0, output_price=10.0), cache=CacheSettings(folder=tmp_path)
        ) as models,
    ):
        completion = ask(models)

    assert completion.reply.cost == completion.attempts[0].cost == pytest.approx(0.004)
    ledger = FileLedger(tmp_path)
    assert ledger.spent(date.today()) == Expense(1200, pytest.approx(0.004))
    ledger.close()


@pytest.mark.parametrize(
    ("fault", "is_billed"),
    [
        (does.fails(500), False),
        (does.too_many(), False),
        (does.wrong_key(), False),
        (does.cut_short(), True),
        (does.says("no JSON"), True),
        (does.resets_in_stream(), True),
    ],
)
def test_a_request_that_failed_is_billed_where_the_model_may_have_worked(
    fault: does.Behaviour, is_billed: bool, tmp_path: Path
) -> None:
    cache = CacheSettings(folder=tmp_path)
    with ScriptedServer(fault) as server, language_models(server.provider(attempts=1), cache=cache) as models:
        attempts(models)

    ledger = FileLedger(tmp_path)
    assert (ledger.spent(date.today()).tokens > 0) == is_billed
    ledger.close()


def test_a_stream_that_is_left_early_is_billed_as_far_as_it_went(tmp_path: Path) -> None:
    cache = CacheSettings(folder=tmp_path)
    request = ChatRequest((Message("user", "Hello"),), "compose")
    with ScriptedServer(does.says("word " * 100)) as server, language_models(server.provider(), cache=cache) as models:
        pieces = models.stream(request, deadline=Deadline.after(10), confined=False, on_attempt=lambda attempt: None)
        next(pieces)
        pieces.close()  # type: ignore[attr-defined]
        assert Streamed(models, REQUEST).error is not None  # the place is free again; text is no JSON

    ledger = FileLedger(tmp_path)
    assert ledger.spent(date.today()).tokens > 0
    ledger.close()

"""The budget: what the limits are, how much of a day is spent, and whether the count outlives the process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ragkit.deployment.deployment import BudgetSettings, Deployment, Zone
from ragkit.deployment.zones import zone_of
from ragkit.doctor.area import Area
from ragkit.doctor.finding import Finding
from ragkit.language_models.budget import Expense
from ragkit.language_models.spending import SPENDING_FILE, FileLedger


def examine_budget(area: Area, deployment: Deployment) -> Iterator[Finding]:
    """Looks at the limits and at what was spent today."""
    budget = deployment.budget
    limits = _limits(budget)
    if not limits:
        yield _no_limit(area, deployment)
        return
    if deployment.cache.folder is None and (budget.tokens_per_day or budget.cost_per_day):
        found = "what was spent is forgotten with each start, and each process counts its own"
        yield area.warning("budget", found, "Set cache.folder: what was spent is kept there.")
    spent = _spent(deployment)
    if spent is None:
        yield area.ok("budget", limits)
        return
    found = f"{limits}; today so far {spent.tokens:,} tokens, {spent.cost:.2f} by the prices given"
    if _used_up(budget, spent):
        yield area.warning("budget", found, "It is used up: answers are verbatim until midnight, or raise the limit.")
    else:
        yield area.ok("budget", found)


def _limits(budget: BudgetSettings) -> str:
    limits = [
        f"{budget.tokens_per_answer:,} tokens an answer" if budget.tokens_per_answer else "",
        f"{budget.tokens_per_day:,} tokens a day" if budget.tokens_per_day else "",
        f"{budget.cost_per_day:g} a day by the prices given" if budget.cost_per_day else "",
    ]
    return ", ".join(filter(None, limits))


def _no_limit(area: Area, deployment: Deployment) -> Finding:
    if any(zone_of(provider) is Zone.CLOUD for provider in deployment.providers):
        advice = "Set budget.tokens_per_day or budget.cost_per_day."
        return area.warning("budget", "no limit, and a language model in the cloud is billed", advice)
    return area.ok("budget", "no limit")


def _spent(deployment: Deployment) -> Expense | None:
    """What was spent today, where that is kept. The file is not made for it."""
    folder = deployment.cache.folder
    if folder is None or not (folder / SPENDING_FILE).exists():
        return None
    ledger = FileLedger(folder)
    try:
        return ledger.spent(date.today())
    finally:
        ledger.close()


def _used_up(budget: BudgetSettings, spent: Expense) -> bool:
    tokens = budget.tokens_per_day is not None and spent.tokens >= budget.tokens_per_day
    return tokens or (budget.cost_per_day is not None and spent.cost >= budget.cost_per_day)

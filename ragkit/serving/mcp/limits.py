"""How many calls one user may make over HTTP: the limits of ``ragkit serve``."""

from __future__ import annotations

from collections.abc import Callable

from ragkit.access.user import User
from ragkit.deployment.server import RateSettings
from ragkit.serving.places import BusyError

Admit = Callable[[User | None, str], None]
"""Counts a call of a user by the tool's name; raises ``BusyError`` where it is one too many."""


def unlimited(user: User | None, tool: str) -> None:
    """No limits: for the one who started the process."""


def limited(settings: RateSettings) -> Admit:
    """The limits of the deployment's ``[server.rates]`` table, counted in the memory of this process."""
    from ragkit.serving.rest.problems import ProblemError
    from ragkit.serving.rest.rates import RateLimits

    rates = RateLimits(settings)

    def admit(user: User | None, tool: str) -> None:
        name = user.user_id if user else ""
        try:
            rates.count_user(name)
            if tool == "ask":
                rates.count_answer(name)
        except ProblemError as error:
            raise BusyError(error.detail) from None

    return admit

"""How many requests one user and one network address may make."""

from __future__ import annotations

import math
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from time import time
from typing import TYPE_CHECKING

from ragkit.deployment.server import RateSettings
from ragkit.serving.rest.problems import ProblemError

if TYPE_CHECKING:
    from limits import RateLimitItem


class RateLimits:
    """Counts requests in the memory of this process, over a sliding minute.

    Args:
        settings: how many are answered.
    """

    def __init__(self, settings: RateSettings) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._address = RateLimitItemPerMinute(settings.address_per_minute, namespace="address")
        self._user = RateLimitItemPerMinute(settings.user_per_minute, namespace="user")
        self._answers = RateLimitItemPerMinute(settings.answers_per_minute, namespace="answers")

    def count_address(self, address: str) -> None:
        """Counts a request from a network address, before it is known who asks.

        Raises:
            ProblemError: it is one too many.
        """
        self._count(self._address, network_of(address))

    def count_user(self, user_id: str) -> None:
        """Counts a request of a user.

        Raises:
            ProblemError: it is one too many.
        """
        self._count(self._user, user_id)

    def count_answer(self, user_id: str) -> None:
        """Counts a question that a user wants answered.

        Raises:
            ProblemError: it is one too many.
        """
        self._count(self._answers, user_id)

    def _count(self, limit: RateLimitItem, who: str) -> None:
        if self._limiter.hit(limit, who):
            return
        seconds = max(1, math.ceil(self._limiter.get_window_stats(limit, who).reset_time - time()))
        raise ProblemError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too-many-requests",
            f"That were more than {limit.amount} requests in a minute. Wait {seconds} seconds and try again.",
            headers={"retry-after": str(seconds)},
        )


def network_of(address: str) -> str:
    """What stands for one caller: an IPv4 address, or the /64 network of an IPv6 one, which one caller may fill."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((parsed, 64), strict=False))

"""The questions that are worked on: each with a place and a time limit of its own, or a problem that says why not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ragkit.serving.places import BusyError, Places
from ragkit.serving.rest.problems import ProblemError, unavailable

Value = TypeVar("Value")


class Capacity:
    """Places for questions that are worked on. For one event loop.

    Args:
        concurrent: places.
        waiting: questions that may wait for one.
        wait_seconds: how long one waits at most.
    """

    def __init__(self, *, concurrent: int, waiting: int, wait_seconds: float) -> None:
        self._places = Places(concurrent=concurrent, waiting=waiting, wait_seconds=wait_seconds)

    @property
    def working(self) -> int:
        """How many are worked on now."""
        return self._places.working

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return self._places.waiting

    async def run(self, work: Coroutine[Any, Any, Value], seconds: float) -> Value:
        """What ``work`` gives, once there is a place for it.

        Args:
            work: what is done.
            seconds: how long it may take, after the wait.

        Raises:
            ProblemError: there is no place, or it takes too long.
        """
        task = await self.start(work)
        try:
            return await asyncio.wait_for(asyncio.shield(task), seconds)
        except TimeoutError:
            raise too_slow() from None

    async def start(self, work: Coroutine[Any, Any, Value]) -> asyncio.Task[Value]:
        """Begins ``work`` once there is a place for it; the place is free again when it is done.

        Raises:
            ProblemError: there is no place.
        """
        try:
            await self._places.enter()
        except BusyError as busy:
            work.close()
            raise unavailable(str(busy), kind="busy") from None
        except BaseException:
            work.close()
            raise
        task = asyncio.create_task(work)
        self._places.keep(task)
        return task


def too_slow() -> ProblemError:
    """The answer did not come in time."""
    return unavailable("The answer took too long. Try again in a moment.", kind="too-slow")

"""How many questions are worked on at the same time, how many may wait, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ragkit.serving.rest.problems import ProblemError, unavailable

Value = TypeVar("Value")


class Capacity:
    """Places for questions that are worked on. For one event loop.

    A question that has a place keeps it until its thread is done, also where nobody waits for it any longer: threads
    cannot be stopped, and the places are there to bound them.

    Args:
        concurrent: places.
        waiting: questions that may wait for one.
        wait_seconds: how long one waits at most.
    """

    def __init__(self, *, concurrent: int, waiting: int, wait_seconds: float) -> None:
        self._places = asyncio.Semaphore(concurrent)
        self._most_waiting = waiting
        self._wait_seconds = wait_seconds
        self._tasks: set[asyncio.Task[Any]] = set()
        self.waiting = 0

    @property
    def working(self) -> int:
        """How many are worked on now."""
        return len(self._tasks)

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
            await self._enter()
        except BaseException:
            work.close()
            raise
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._leave)
        return task

    async def _enter(self) -> None:
        if self._places.locked() and self.waiting >= self._most_waiting:
            raise _busy()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self.waiting -= 1

    def _leave(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._places.release()
        if not task.cancelled():
            task.exception()  # seen: nobody may be waiting for it any longer


def too_slow() -> ProblemError:
    """The answer did not come in time."""
    return unavailable("The answer took too long. Try again in a moment.", kind="too-slow")


def _busy() -> ProblemError:
    return unavailable("Too many questions are being answered just now. Try again in a few seconds.", kind="busy")

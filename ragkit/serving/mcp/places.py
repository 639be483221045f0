"""How many calls are worked on at the same time, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from ragkit.errors import RagkitError

Value = TypeVar("Value")


class BusyError(RagkitError):
    """There is no place for another call just now; the message may be told to the caller."""


class Places:
    """Places for calls, each worked on in a thread. For one event loop.

    A call keeps its place until its thread is done, also where its caller has given up: threads cannot be stopped, and
    the places are there to bound them.

    Args:
        concurrent: places.
        waiting: calls that may wait for one.
        wait_seconds: how long one waits at most.
    """

    def __init__(self, *, concurrent: int = 8, waiting: int = 64, wait_seconds: float = 30.0) -> None:
        self._places = asyncio.Semaphore(concurrent)
        self._most_waiting = waiting
        self._wait_seconds = wait_seconds
        self._waiting = 0
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="ragkit-mcp")  # asyncio's own are few
        self._tasks: set[asyncio.Future[Any]] = set()

    @property
    def working(self) -> int:
        """How many calls are worked on now."""
        return len(self._tasks)

    async def start(self, work: Callable[[], Value]) -> asyncio.Future[Value]:
        """Begins ``work`` in a thread once there is a place for it.

        Raises:
            BusyError: there is none, or not in time.
        """
        await self._enter()
        task = asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work)
        self._tasks.add(task)
        task.add_done_callback(self._leave)
        return task

    async def run(self, work: Callable[[], Value]) -> Value:
        """What ``work`` gives. A caller who gives up does not wait for it.

        Raises:
            BusyError: as for ``start``.
        """
        return await asyncio.shield(await self.start(work))

    async def _enter(self) -> None:
        if self._places.locked() and self._waiting >= self._most_waiting:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1

    def _leave(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        self._places.release()
        if not task.cancelled():
            task.exception()  # seen: nobody may be waiting for it any longer


def _busy() -> BusyError:
    return BusyError("Too many questions are being answered just now. Try again in a few seconds.")

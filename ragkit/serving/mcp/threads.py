"""The threads that agents' calls are worked on in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from ragkit.serving.places import Places

Value = TypeVar("Value")


class CallThreads:
    """One thread for each call that has a place. For one event loop.

    Args:
        concurrent: places.
        waiting: calls that may wait for one.
        wait_seconds: how long one waits at most.
    """

    def __init__(self, *, concurrent: int = 8, waiting: int = 64, wait_seconds: float = 30.0) -> None:
        self._places = Places(concurrent=concurrent, waiting=waiting, wait_seconds=wait_seconds)
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="ragkit-mcp")  # asyncio's own are few

    @property
    def working(self) -> int:
        """How many calls are worked on now."""
        return self._places.working

    async def start(self, work: Callable[[], Value]) -> asyncio.Future[Value]:
        """Begins ``work`` in a thread once there is a place for it.

        Raises:
            BusyError: there is none, or not in time.
        """
        await self._places.enter()
        task = asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work)
        self._places.keep(task)
        return task

    async def run(self, work: Callable[[], Value]) -> Value:
        """What ``work`` gives. A caller who gives up does not wait for it.

        Raises:
            BusyError: as for ``start``.
        """
        return await asyncio.shield(await self.start(work))

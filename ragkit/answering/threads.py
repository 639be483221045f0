"""Threads of their own for answers that wait for language models: asyncio's are as few as the machine's cores."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import TypeVar

Result = TypeVar("Result")

MOST = 64
_FOR_EACH_PLACE = 8
"""More threads than places: an answer that has a thread has its verbatim lines ready while it waits for a place, and
ends in time without the model. One that waits for a thread has nothing when its deadline comes."""


class AnsweringThreads:
    """A bounded number of threads, started when they are needed.

    Args:
        waiting: how many answers wait for a language model at the same time; 0 for asyncio's own threads.
    """

    def __init__(self, waiting: int) -> None:
        self._most = min(MOST, waiting * _FOR_EACH_PLACE)
        self._executor: ThreadPoolExecutor | None = None
        self._lock = Lock()

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of ``work``. Where the task is cancelled, work that has not begun is not done at all."""
        if not self._most:
            return await asyncio.to_thread(work)
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self._most, thread_name_prefix="ragkit-answering")
        return await asyncio.get_running_loop().run_in_executor(self._executor, copy_context().run, work)

    def close(self) -> None:
        """Ends the threads; what waits is not done."""
        with self._lock:
            if self._executor is not None:
                self._executor.shutdown(wait=True, cancel_futures=True)
                self._executor = None

"""How much is worked on at the same time, how much may wait, and for how long. For one event loop."""

from __future__ import annotations

import asyncio
from typing import Any

from ragkit.errors import RagkitError


class BusyError(RagkitError):
    """There is no place for another call just now; the message may be told to the caller."""


class Places:
    """A bounded number of places, and a bounded queue for them.

    What has a place keeps it until its thread is done, also where nobody waits for it any longer: threads cannot be
    stopped, and the places are there to bound them.

    Args:
        concurrent: places.
        waiting: how many may wait for one.
        wait_seconds: how long one waits at most.
    """

    def __init__(self, *, concurrent: int, waiting: int, wait_seconds: float) -> None:
        self._places = asyncio.Semaphore(concurrent)
        self._most_waiting = waiting
        self._wait_seconds = wait_seconds
        self._kept: set[asyncio.Future[Any]] = set()
        self.waiting = 0

    @property
    def working(self) -> int:
        """How many are worked on now."""
        return len(self._kept)

    async def enter(self) -> None:
        """Waits for a place; whoever gets one has to hand what it works on to ``keep``.

        Raises:
            BusyError: there is none, or not in time.
        """
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

    def keep(self, work: asyncio.Future[Any]) -> None:
        """Gives the place back when the work is done."""
        self._kept.add(work)
        work.add_done_callback(self._leave)

    def _leave(self, work: asyncio.Future[Any]) -> None:
        self._kept.discard(work)
        self._places.release()
        if not work.cancelled():
            work.exception()  # seen: nobody may be waiting for it any longer


def _busy() -> BusyError:
    return BusyError("Too many questions are being answered just now. Try again in a few seconds.")

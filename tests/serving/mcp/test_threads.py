"""Calls are bounded: so many at a time, so many waiting, so many a minute."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from ragkit import User
from ragkit.deployment.server import RateSettings
from ragkit.serving.mcp.limits import limited
from ragkit.serving.mcp.threads import CallThreads
from ragkit.serving.places import BusyError


async def test_a_call_waits_for_a_place_and_is_turned_away_where_too_many_wait() -> None:
    places, release = CallThreads(concurrent=1, waiting=1, wait_seconds=30), Event()
    first = await places.start(release.wait)
    second = asyncio.create_task(places.run(lambda: "done"))
    await asyncio.sleep(0)  # the second waits now
    with pytest.raises(BusyError, match="Too many questions"):
        await places.run(lambda: "never")
    assert not second.done()
    release.set()
    assert await first is True and await second == "done"


async def test_a_call_waits_no_longer_than_it_may() -> None:
    places, release = CallThreads(concurrent=1, waiting=1, wait_seconds=0.05), Event()
    first = await places.start(release.wait)
    with pytest.raises(BusyError):
        await places.run(lambda: "never")
    release.set()
    await first


async def test_a_call_whose_caller_gave_up_keeps_its_place_until_its_thread_is_done() -> None:
    places, release, begun = CallThreads(concurrent=1, waiting=0, wait_seconds=30), Event(), Event()

    def work() -> None:
        begun.set()
        release.wait()

    call = asyncio.create_task(places.run(work))
    await asyncio.to_thread(begun.wait)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    with pytest.raises(BusyError):
        await places.run(lambda: "never")
    release.set()
    async with asyncio.timeout(10):
        while places.working:
            await asyncio.sleep(0.01)
    assert await places.run(lambda: "now") == "now"


async def test_an_error_of_the_work_reaches_its_caller_and_frees_the_place() -> None:
    places = CallThreads(concurrent=1, waiting=0, wait_seconds=1)

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await places.run(fail)
    assert await places.run(lambda: "next") == "next"


def test_each_user_has_calls_and_answers_of_their_own() -> None:
    admit = limited(RateSettings(user_per_minute=3, answers_per_minute=1))
    one, other = User("u1"), User("u2")
    admit(one, "ask")
    with pytest.raises(BusyError, match=r"Wait .* seconds"):
        admit(one, "ask")
    admit(one, "search")
    with pytest.raises(BusyError):
        admit(one, "search")
    admit(other, "ask")

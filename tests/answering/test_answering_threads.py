import asyncio
import threading
from contextvars import ContextVar

from ragkit.answering.threads import MOST, AnsweringThreads


async def test_work_is_done_in_a_bounded_number_of_threads() -> None:
    threads = AnsweringThreads(waiting=2)
    lock, release = threading.Lock(), threading.Event()
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == threads._most:
                release.set()
        release.wait(20)
        with lock:
            running -= 1

    await asyncio.gather(*(threads.run(work) for _ in range(5 * threads._most)))
    threads.close()
    assert most == threads._most


async def test_work_that_was_cancelled_before_it_began_is_not_done() -> None:
    threads = AnsweringThreads(waiting=1)
    begun, release = threading.Semaphore(0), threading.Event()
    done: list[int] = []

    def blocks() -> None:
        begun.release()
        release.wait(20)

    blocking = [asyncio.create_task(threads.run(blocks)) for _ in range(threads._most)]
    await asyncio.to_thread(lambda: [begun.acquire() for _ in blocking])
    waiting = asyncio.create_task(threads.run(lambda: done.append(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    release.set()
    await asyncio.gather(*blocking)
    threads.close()
    assert not done


async def test_what_is_known_in_the_context_is_known_in_the_thread() -> None:
    tracing: ContextVar[str] = ContextVar("tracing", default="")
    tracing.set("on")
    for waiting in (0, 1):
        threads = AnsweringThreads(waiting)
        assert await threads.run(tracing.get) == "on"
        threads.close()


def test_there_are_never_more_than_a_machine_can_bear() -> None:
    assert AnsweringThreads(10_000)._most == MOST

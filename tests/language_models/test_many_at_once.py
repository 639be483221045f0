"""Many threads at once: places are kept, deadlines are kept, nothing is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

from ragkit.deployment.deployment import BreakerSettings
from ragkit.language_models.base import Attempt, Outcome
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, Streamed, attempts, language_models
from tests.language_models.scripted_server import ScriptedServer


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        sleep(0.01)
    raise AssertionError("it did not happen within 20 seconds")


def test_a_hundred_threads_ask_and_the_server_sees_no_more_than_it_may() -> None:
    with (
        ScriptedServer(does.after(0.02, does.says(GOOD))) as server,
        language_models(server.provider(concurrent=7)) as models,
        ThreadPoolExecutor(100) as threads,
    ):
        ended = list(threads.map(lambda _: attempts(models, seconds=120), range(100)))

        assert [last.outcome for (last,) in ended] == [Outcome.REPLIED] * 100
        assert server.most_in_flight == 7
        assert server.most_connections <= 8  # one may be closing while the next one opens


def test_streams_take_places_too() -> None:
    with (
        ScriptedServer(does.says("one two three", pause=0.01)) as server,
        language_models(server.provider(concurrent=3)) as models,
        ThreadPoolExecutor(30) as threads,
    ):
        ended = list(threads.map(lambda _: Streamed(models, seconds=120), range(30)))

        assert {streamed.text for streamed in ended} == {"one two three"}
        assert server.most_connections <= 4


def test_who_gets_no_place_in_time_is_told_so_and_the_next_provider_asked() -> None:
    with ScriptedServer(does.by_model({"full": does.hangs(), "free": does.says(GOOD)})) as server:
        full = server.provider("full", model="full", concurrent=1, timeout_seconds=60)
        free = server.provider("free", model="free", order=2)
        with language_models(full, free) as models, ThreadPoolExecutor(1) as threads:
            hanging = threads.submit(attempts, models, seconds=60)
            wait_for(lambda: bool(server.chats))
            started = monotonic()
            first, second = attempts(models, seconds=4)
            server.release()
            hanging.result()

    assert [first.outcome, second.outcome] == [Outcome.BUSY, Outcome.REPLIED]
    assert monotonic() - started < 10


def test_with_faults_of_every_kind_everybody_is_done_in_time_and_nothing_is_left_behind() -> None:
    faults = [does.too_many("1"), does.fails(500), does.resets(), does.not_json(), does.resets_in_stream()]
    script = does.mixed([(0.6, does.says(GOOD)), *[(0.1, fault) for fault in faults]])
    before = threading.active_count()
    with ScriptedServer(script) as server:
        providers = [server.provider(f"p{order}", order=order, concurrent=10) for order in range(2)]
        with language_models(*providers, breaker=BreakerSettings(failures=1000)) as models:

            def timed(_: int) -> tuple[float, tuple[Attempt, ...]]:
                started = monotonic()
                ended = attempts(models, seconds=10)
                return monotonic() - started, ended

            with ThreadPoolExecutor(60) as threads:
                results = list(threads.map(timed, range(120)))

        assert max(seconds for seconds, _ in results) < 15
        assert sum(ended[-1].outcome is Outcome.REPLIED for _, ended in results) > 60
        assert server.most_connections <= 24
    assert threading.active_count() <= before

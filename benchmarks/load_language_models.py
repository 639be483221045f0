"""Many questions at once while the language model's server fails: does every one get its answer in time?

    python benchmarks/load_language_models.py [KNOWLEDGE_BASE] [--calls 200] [--faults 0.2] [--deadline 20]

Asks the questions of eval/northmoor, all at the same moment (``aask``), five times: without a language model; with a
scripted server that always replies; with one that fails in every fifth request (too many of them, an error, silence, a
connection that is reset, broken JSON, JSON of another form); with one that is far too slow for so many; and with one
that always fails. The server runs in a process of its own, so that memory and threads are those of ragkit. Without
KNOWLEDGE_BASE, corpora/northmoor is read into a temporary one.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from ragkit import KnowledgeBase, User  # noqa: E402
from ragkit.answering.answer import Answer  # noqa: E402
from ragkit.deployment.deployment import Deployment, GenerationSettings, ProviderSettings  # noqa: E402
from ragkit.evaluation.questions.question import Question  # noqa: E402
from ragkit.evaluation.questions.reading import load_question_set  # noqa: E402
from tests.language_models.behaviours import (  # noqa: E402
    after,
    broken_json,
    fails,
    hangs,
    mixed,
    resets,
    says,
    too_many,
)
from tests.language_models.exchange import RecordedRequest  # noqa: E402
from tests.language_models.scripted_server import ScriptedServer  # noqa: E402

PROVIDER = {"timeout_seconds": 4.0, "connect_seconds": 2.0, "attempts": 3, "concurrent": 8}
_NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_WORD = re.compile(r"\w{4,}")
_USER = User("load", roles=frozenset({"staff"}))


@dataclass(frozen=True)
class Load:
    """What came of many calls at the same time.

    Attributes:
        answers: one for each call that ended with an answer.
        seconds: of each call, from the moment it was made.
        errors: what the others raised.
        wall_seconds: until all had ended.
        threads: how many threads ragkit had at most beyond those it had before.
        sockets: how many sockets were open at most beyond those before.
        megabytes: by how much the process's memory grew at most.
        server: what the server counted ("connections", "in_flight": at the same time; "requests"); empty without one.
    """

    answers: tuple[Answer, ...]
    seconds: tuple[float, ...]
    errors: tuple[str, ...]
    wall_seconds: float
    threads: int
    sockets: int
    megabytes: float
    server: dict[str, int]

    @property
    def outcomes(self) -> Counter[str]:
        """How often each way down the ladder was taken."""
        return Counter(
            " -> ".join(f"{step.rung.value} {step.outcome}" for step in answer.trace.ladder) for answer in self.answers
        )


def questions() -> list[str]:
    """Northmoor's questions in the words of staff."""
    found = load_question_set(
        PROJECT / "eval" / "northmoor" / "*.yaml", exclude=[PROJECT / "eval" / "northmoor" / "must-fail.yaml"]
    )
    return [question.question for question in found.questions if _is_asked(question)]


def _is_asked(question: Question) -> bool:
    return question.answerable and question.as_of is None and question.roles == ("staff",)


def copies_lines(request: RecordedRequest) -> dict[str, Any]:
    """A model that repeats the three lines that share most words with the question."""
    content = request.messages[-1]["content"]
    wanted = set(_WORD.findall(content.rpartition("Question: ")[2].lower()))
    lines = _NUMBERED.findall(content)
    best = sorted(lines, key=lambda line: -len(wanted & set(_WORD.findall(line[1].lower()))))[:3]
    return {"answers": True, "statements": [{"text": text, "lines": [int(number)]} for number, text in best]}


@contextmanager
def server_process(faults: float, thinks: float) -> Iterator[tuple[str, Connection]]:
    """A scripted server in a process of its own; its address, and a line on which it tells what it counted."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, faults, thinks), daemon=True)
    process.start()
    try:
        yield str(ours.recv()), ours
    finally:
        ours.send("end")
        process.join(timeout=10)
        process.kill()
        process.join()


def _serve(line: Connection, faults: float, thinks: float) -> None:
    good = after(thinks, says(copies_lines))
    bad = (too_many("1"), fails(500), hangs(), resets(), broken_json(), says({"answers": "perhaps"}))
    with ScriptedServer(mixed([(1 - faults, good), *((faults / len(bad), each) for each in bad)])) as server:
        line.send(server.base_url)
        while line.recv() != "end":
            counted = {"connections": server.most_connections, "in_flight": server.most_in_flight}
            line.send({**counted, "requests": len(server.chats)})


def run(
    folder: Path,
    asked: Sequence[str],
    *,
    faults: float | None,
    deadline: float = 20.0,
    thinks: float = 0.05,
    **settings: Any,
) -> Load:
    """Asks all questions at the same moment.

    Args:
        folder: the knowledge base.
        asked: the questions.
        faults: the share of requests in which the server fails; None for no language model.
        deadline: seconds for an answer.
        thinks: seconds that the server takes for a good reply.
        settings: of the provider, instead of ``PROVIDER``.
    """
    if faults is None:
        return _loaded(folder, asked, None, None)
    with server_process(faults, thinks) as (base_url, line):
        provider = ProviderSettings(name="scripted", model="scripted", base_url=base_url, **{**PROVIDER, **settings})
        generation = GenerationSettings(deadline_seconds=deadline)
        return _loaded(folder, asked, Deployment(providers=(provider,), generation=generation), line)


def _loaded(folder: Path, asked: Sequence[str], deployment: Deployment | None, line: Connection | None) -> Load:
    with KnowledgeBase.open(folder, read_only=True, deployment=deployment) as kb:
        kb.ask(asked[0], user=_USER)  # what is made once (the embedder, the vectors) belongs to no call
        with _watched() as watched:
            started = time.perf_counter()
            ended = asyncio.run(_ask_all(kb, asked))
            wall = time.perf_counter() - started
        if line is not None:
            line.send("count")
        counted: dict[str, int] = line.recv() if line is not None else {}
    answers = tuple(answer for answer, _ in ended if isinstance(answer, Answer))
    errors = tuple(f"{type(each).__name__}: {each}" for each, _ in ended if not isinstance(each, Answer))
    seconds = tuple(took for _, took in ended)
    return Load(answers, seconds, errors, wall, watched.threads, watched.sockets, watched.megabytes, counted)


async def _ask_all(kb: KnowledgeBase, asked: Sequence[str]) -> list[tuple[Answer | Exception, float]]:
    async def one(question: str) -> tuple[Answer | Exception, float]:
        started = time.perf_counter()
        try:
            result: Answer | Exception = await kb.aask(question, user=_USER)
        except Exception as error:
            result = error
        return result, time.perf_counter() - started

    return list(await asyncio.gather(*(one(question) for question in asked)))


class _Watch:
    """The most threads, sockets and memory since it was made, looked at twenty times a second."""

    def __init__(self) -> None:
        self._threads, self._sockets, self._memory = threading.active_count(), _open_sockets(), _resident_megabytes()
        self.threads, self.sockets, self.megabytes = 0, 0, 0.0
        self.ended = threading.Event()

    def look(self) -> None:
        while not self.ended.wait(0.05):
            self.threads = max(self.threads, threading.active_count() - 1 - self._threads)
            self.sockets = max(self.sockets, _open_sockets() - self._sockets)
            self.megabytes = max(self.megabytes, _resident_megabytes() - self._memory)


@contextmanager
def _watched() -> Iterator[_Watch]:
    watch = _Watch()
    looking = threading.Thread(target=watch.look)
    looking.start()
    try:
        yield watch
    finally:
        watch.ended.set()
        looking.join()


def _open_sockets() -> int:
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            count += entry.readlink().name.startswith("socket:")
    return count


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def report(name: str, load: Load, base: Load | None) -> None:
    """Prints one run; throughput also as a ratio to ``base``."""
    calls, slowest = len(load.seconds), max(load.seconds)
    ratio = f", {base.wall_seconds / load.wall_seconds:.2f} times the throughput of the first" if base else ""
    print(f"\n{name}: {calls} calls in {load.wall_seconds:.1f} s ({calls / load.wall_seconds:.1f} a second{ratio})")
    print(
        f"  a call: median {statistics.median(load.seconds):.1f} s, slowest {slowest:.1f} s; errors: {len(load.errors)}"
    )
    more = f"{load.threads} threads, {load.sockets} sockets and {load.megabytes:.0f} MB"
    print(f"  at most {more} more than before; server: {load.server}")
    for outcome, count in load.outcomes.most_common():
        print(f"  {count:4d}  {outcome}")
    for error in load.errors[:5]:
        print(f"  raised: {error}")


def main() -> None:
    """Runs the loads one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("knowledge_base", type=Path, nargs="?")
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--faults", type=float, default=0.2)
    parser.add_argument("--deadline", type=float, default=20.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.knowledge_base or Path(temporary) / "northmoor.kb"
        if chosen.knowledge_base is None:
            with KnowledgeBase.open(folder) as kb:
                kb.ingest(PROJECT / "corpora" / "northmoor")
        asked = questions()[: chosen.calls]
        without = run(folder, asked, faults=None)
        report("without a language model", without, None)
        report("with one that always replies", run(folder, asked, faults=0.0, deadline=chosen.deadline), without)
        name = f"with one that fails in {chosen.faults:.0%} of requests"
        report(name, run(folder, asked, faults=chosen.faults, deadline=chosen.deadline), without)
        slow = run(folder, asked, faults=chosen.faults, deadline=chosen.deadline / 2, thinks=2.0)
        report(f"with one that is far too slow, in {chosen.deadline / 2:g} s", slow, without)
        report("with one that always fails", run(folder, asked, faults=1.0, deadline=chosen.deadline), without)


if __name__ == "__main__":
    main()

"""An answer as server-sent events: the library's generator runs in one thread, its statements come out in another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from threading import Event
from typing import Any

from ragkit.answering.answer import Answer, Statement
from ragkit.serving.rest.bodies import AskReply, StreamedStatement
from ragkit.serving.rest.capacity import too_slow
from ragkit.serving.rest.errors import problem_of
from ragkit.serving.rest.frame import log_defect
from ragkit.serving.rest.problems import Problem

Item = StreamedStatement | Answer | Exception
Opened = Callable[[], Generator[Statement, None, Answer]]
_SILENCE_SECONDS = 10.0


class AnswerStream:
    """One answer, statement by statement.

    The generator runs from its beginning to its end in one and the same thread, since what it holds (a snapshot of the
    store) may belong to the thread.

    Args:
        opened: begins the answer.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._items: asyncio.Queue[Item] = asyncio.Queue()
        self._left = Event()
        self._deadline = 0.0

    async def run(self) -> None:
        """Makes the answer; ends with it."""
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._produce, lambda item: loop.call_soon_threadsafe(self._items.put_nowait, item))

    async def first(self, seconds: float) -> StreamedStatement | Answer:
        """The first statement, or the answer itself where it has none.

        Args:
            seconds: how long the whole answer may take.

        Raises:
            ProblemError: it takes too long.
            Exception: what the knowledge base raised.
        """
        self._deadline = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                item = await self._items.get()
        except BaseException as error:
            self._left.set()
            if isinstance(error, TimeoutError):
                raise too_slow() from None
            raise
        if isinstance(item, Exception):
            raise item
        return item

    async def rest(
        self, first: StreamedStatement | Answer, request_id: str
    ) -> AsyncIterator[StreamedStatement | Answer | Problem | None]:
        """All that there is to send: ``first``, further statements, the answer; None after a long silence.

        A problem ends it where something fails now that the reply has begun.
        """
        item: Item | None = first
        try:
            while True:
                if isinstance(item, Exception):
                    log_defect(item, request_id)
                    yield problem_of(item).problem(request_id)
                    return
                yield item
                if isinstance(item, Answer):
                    return
                item = await self._next()
        finally:
            self._left.set()

    async def _next(self) -> Item | None:
        """What comes next; None after a silence."""
        left = self._deadline - asyncio.get_running_loop().time()
        try:
            return await asyncio.wait_for(self._items.get(), min(_SILENCE_SECONDS, max(0.0, left)))
        except TimeoutError:
            return too_slow() if left <= _SILENCE_SECONDS else None

    def _produce(self, put: Callable[[Item], Any]) -> None:
        try:
            statements = self._opened()
            while not self._left.is_set():
                statement = next(statements)
                put(StreamedStatement.of(statement, getattr(statements, "citations", ())))
            statements.close()
        except StopIteration as end:
            put(end.value)
        except Exception as error:
            put(error)


def event(item: StreamedStatement | AskReply | Problem | None) -> bytes:
    """A server-sent event; a comment, which keeps the connection open, for None."""
    if item is None:
        return b": working\n\n"
    name = {StreamedStatement: "statement", AskReply: "answer", Problem: "problem"}[type(item)]
    return f"event: {name}\ndata: {item.model_dump_json()}\n\n".encode()

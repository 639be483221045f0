"""An answer as pieces of text that arrive one after the other, for synchronous and asynchronous programs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import suppress

from ragkit.answering.answer import Answer, Statement
from ragkit.answering.composing import compose_text
from ragkit.answering.llama_index.asking import InThread
from ragkit.answering.llama_index.nodes import notes

_END = object()


def text_pieces(
    statements: Generator[Statement, None, Answer], on_answer: Callable[[Answer], None]
) -> Generator[str, None, None]:
    """The verified statements with their [1] marks as they arrive, then what has to be read beside them.

    Where no statement comes, the one piece is the plain sentence that says so.

    Args:
        statements: as ``ask_stream`` gives them.
        on_answer: called with the whole answer before the last piece.
    """
    arriving = _Arriving(statements)
    shown = False
    try:
        for statement in arriving:
            yield ("\n\n" if shown else "") + compose_text([statement])
            shown = True
        on_answer(arriving.answer)
        if last := ("" if shown else arriving.answer.text) + notes(arriving.answer):
            yield last
    finally:
        statements.close()


class _Arriving:
    """Statements to go through, and the answer once they are gone through."""

    def __init__(self, statements: Generator[Statement, None, Answer]) -> None:
        self._statements = statements
        self.answer: Answer

    def __iter__(self) -> Iterator[Statement]:
        self.answer = yield from self._statements


async def from_thread(pieces: Generator[str, None, None], in_thread: InThread) -> AsyncGenerator[str, None]:
    """The same pieces for asynchronous programs: each is waited for in a thread.

    A program that stops listening closes what it listened to, at the latest when the piece under way has come.

    Args:
        pieces: what is waited for.
        in_thread: does it in a thread.
    """
    try:
        while (piece := await in_thread(lambda: next(pieces, _END))) is not _END:
            yield str(piece)
    finally:
        with suppress(ValueError):  # still at work in its thread; it is closed when that ends
            pieces.close()

"""The ways to ask that an engine is given; who asks, for which site and which day is settled in them already."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any

from ragkit.answering.answer import Answer, Statement

InThread = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Asking:
    """A knowledge base as one reader sees it. An engine knows nothing else, so it cannot ask as anybody else.

    Each takes the question, and ``previous_questions`` where it belongs to a conversation.

    Attributes:
        ask: the whole answer.
        aask: the same for asynchronous programs.
        ask_stream: verified statements one by one, and the whole answer as the generator's value.
        in_thread: does something in a thread, where asynchronous programs stream.
    """

    ask: Callable[..., Answer]
    aask: Callable[..., Awaitable[Answer]]
    ask_stream: Callable[..., Generator[Statement, None, Answer]]
    in_thread: InThread = asyncio.to_thread

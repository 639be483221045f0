"""The tools: each makes one call into the knowledge base, as the caller, and changes nothing."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from threading import Event
from typing import Any

from pydantic import BaseModel

from ragkit.access.user import User
from ragkit.answering.answer import Answer
from ragkit.answering.streaming import Answering
from ragkit.errors import SettingsError
from ragkit.knowledge_base import KnowledgeBase
from ragkit.serving.mcp import wording
from ragkit.serving.mcp.arguments import AskArguments, DocumentsArguments, DocumentTextArguments, SearchArguments
from ragkit.serving.mcp.results import (
    AnswerResult,
    DocumentsResult,
    DocumentTextResult,
    FoundPassage,
    ListedDocument,
    SearchResult,
)
from ragkit.serving.mcp.threads import CallThreads
from ragkit.serving.places import BusyError

Progress = Callable[[float, str], Awaitable[None]]
"""Tells the caller how far a call has come: a number that grows, and a sentence."""


@dataclass(frozen=True)
class Tool:
    """A tool that agents can call.

    Attributes:
        name, title, description: what an agent reads.
        arguments, result: the models of what it takes and gives.
        run: does it: arguments, caller, progress -> the result and its text.
    """

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: type[BaseModel]
    run: Callable[[Any, User | None, Progress], Awaitable[tuple[BaseModel, str]]]


class KnowledgeBaseTools:
    """The tools of one knowledge base.

    Args:
        kb: the knowledge base.
        site: the only site that is answered for; None lets the caller choose.
        places: how many calls are worked on at the same time.
    """

    def __init__(self, kb: KnowledgeBase, *, site: str | None = None, places: CallThreads | None = None) -> None:
        self._kb = kb
        self._site = site
        self._places = places or CallThreads()

    def catalogue(self) -> tuple[Tool, ...]:
        """All tools."""
        return (
            Tool(
                "ask",
                "Ask the policies",
                "Answers a question from the institution's policies: verified statements with citations, or that the "
                "documents do not answer.",
                AskArguments,
                AnswerResult,
                self.ask,
            ),
            Tool(
                "search",
                "Search the policies",
                "Finds passages of the institution's policies, best first. Passages are not checked answers: use ask "
                "for a question.",
                SearchArguments,
                SearchResult,
                self.search,
            ),
            Tool(
                "documents",
                "List the policies",
                "Lists the versions of policies that may be read, with their status and dates.",
                DocumentsArguments,
                DocumentsResult,
                self.documents,
            ),
            Tool(
                "document_text",
                "Read a policy",
                "Reads a policy's text, a part at a time, to check a citation in its surroundings.",
                DocumentTextArguments,
                DocumentTextResult,
                self.document_text,
            ),
        )

    async def ask(self, arguments: AskArguments, user: User | None, progress: Progress) -> tuple[AnswerResult, str]:
        """The answer; each statement that is verified is told as progress, by its number only."""
        site = self._site_of(arguments.site)
        statements = self._kb.ask_stream(
            arguments.question,
            site=site,
            user=user,
            as_of=arguments.as_of,
            previous_questions=arguments.previous_questions,
        )
        await progress(0, "Searching the documents")
        result = AnswerResult.of(await self._answer(statements, progress))
        return result, wording.answer_text(result)

    async def search(
        self, arguments: SearchArguments, user: User | None, progress: Progress
    ) -> tuple[SearchResult, str]:
        """The passages, best first."""
        site = self._site_of(arguments.site)
        passages = await self._places.run(
            lambda: self._kb.search(arguments.query, limit=arguments.limit, site=site, user=user, as_of=arguments.as_of)
        )
        result = SearchResult(passages=tuple(map(FoundPassage.of, passages)))
        return result, wording.search_text(result)

    async def documents(
        self, arguments: DocumentsArguments, user: User | None, progress: Progress
    ) -> tuple[DocumentsResult, str]:
        """The document versions that the caller may see."""
        site = self._site_of(arguments.site)
        rows = await self._places.run(lambda: self._kb.documents(site=site, user=user, as_of=arguments.as_of))
        wanted = (arguments.title_contains or "").casefold()
        matching = [row for row in rows if wanted in f"{row.title} {row.reference_number or ''}".casefold()]
        page = matching[arguments.offset : arguments.offset + arguments.limit]
        result = DocumentsResult(documents=tuple(map(ListedDocument.of, page)), total=len(matching))
        return result, wording.documents_text(result, arguments.offset)

    async def document_text(
        self, arguments: DocumentTextArguments, user: User | None, progress: Progress
    ) -> tuple[DocumentTextResult, str]:
        """A part of a document that the caller may see."""
        document = await self._places.run(
            lambda: self._kb.document(arguments.document_id, arguments.version, user=user, as_of=arguments.as_of)
        )
        result = DocumentTextResult.of(document, arguments.start, arguments.characters)
        return result, wording.document_text(result)

    async def whole_text(self, document_id: str, version: str, user: User | None) -> str:
        """The whole text of a document version that the caller may see."""
        return (await self._places.run(lambda: self._kb.document(document_id, version, user=user))).text

    def _site_of(self, wanted: str | None) -> str | None:
        if self._site is not None and wanted not in (None, self._site):
            raise SettingsError(f"This server answers for the site {self._site!r} only; leave site out.")
        return self._site or wanted

    async def _answer(self, statements: Answering, progress: Progress) -> Answer:
        """The whole answer. Where the caller gives up, no further statement is composed."""
        given_up = Event()
        verified: asyncio.Queue[int | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(count: int) -> None:
            loop.call_soon_threadsafe(verified.put_nowait, count)

        task = await self._places.start(lambda: _taken(statements, tell, given_up))
        task.add_done_callback(lambda _: verified.put_nowait(None))
        try:
            while (count := await verified.get()) is not None:
                await progress(count, f"{count} statement(s) verified")
            return task.result()
        finally:
            given_up.set()


def _taken(statements: Answering, tell: Callable[[int], object], given_up: Event) -> Answer:
    """The answer, once all statements have been taken; how many they are is told with each one."""
    with closing(statements):
        for count in itertools.count(1):
            try:
                next(statements)
            except StopIteration as end:
                answer: Answer = end.value
                return answer
            if given_up.is_set():
                break
            tell(count)
    raise BusyError("The caller gave up.")

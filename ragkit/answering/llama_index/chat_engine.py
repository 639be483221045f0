"""The answerer as a LlamaIndex chat engine: a conversation in which every answer comes from the documents alone.

What is taken along from turn to turn are the person's own questions, to make "and in children?" self-contained. An
answer is never taken along: what was answered once is no evidence, and the documents may have changed since.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.tools import ToolOutput

from ragkit.answering.answer import Answer
from ragkit.answering.llama_index.asking import Asking
from ragkit.answering.llama_index.query_engine import as_response, filling
from ragkit.answering.llama_index.streaming import from_thread, text_pieces

_STANDALONE = "standalone_question"


class RagkitChatEngine(BaseChatEngine):
    """A conversation of one reader. Use one engine for each conversation.

    The citations are the source nodes; ``response.metadata["answer"]`` is the whole ``Answer``. While streaming, both
    are filled in when the last statement has come. A ``chat_history`` that is passed replaces the engine's own.
    """

    def __init__(self, asking: Asking, *, chat_history: Sequence[ChatMessage] = ()) -> None:
        """Answers as the reader, for the site and the day that ``asking`` was made for."""
        self.callback_manager = CallbackManager([])
        self._asking = asking
        self._history = list(chat_history)

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The conversation so far."""
        return list(self._history)

    def reset(self) -> None:
        """Begins a new conversation."""
        self._history.clear()

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """The whole answer to a message of the conversation."""
        previous = self._previous_questions(chat_history)
        return self._replied(message, self._asking.ask(message, previous_questions=previous))

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """``chat`` for asynchronous programs."""
        previous = self._previous_questions(chat_history)
        return self._replied(message, await self._asking.aask(message, previous_questions=previous))

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingChatResponse:
        """Verified statements as they come; the conversation goes on from them when the last one has come."""
        response, pieces = self._stream(message, chat_history)
        response.chat_stream = (_delta(piece) for piece in pieces)
        return response

    async def astream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingChatResponse:
        """``stream_chat`` for asynchronous programs."""
        response, pieces = self._stream(message, chat_history)
        response.achat_stream = _deltas(from_thread(pieces, self._asking.in_thread))
        return response

    def _previous_questions(self, chat_history: list[ChatMessage] | None) -> tuple[str, ...]:
        """What the person asked before, each question as it was made self-contained then."""
        if chat_history is not None:
            self._history = list(chat_history)
        asked = [message for message in self._history if message.role is MessageRole.USER]
        return tuple(message.additional_kwargs.get(_STANDALONE) or message.content or "" for message in asked)

    def _replied(self, message: str, answer: Answer) -> AgentChatResponse:
        response = as_response(answer)
        self._remember(message, answer, str(response))
        return AgentChatResponse(
            response=str(response),
            sources=[_source(message, response)],
            source_nodes=response.source_nodes,
            metadata=response.metadata,
        )

    def _stream(
        self, message: str, chat_history: list[ChatMessage] | None
    ) -> tuple[StreamingChatResponse, Generator[str, None, None]]:
        previous = self._previous_questions(chat_history)
        details: dict[str, Any] = {}
        whole = Response(response="", metadata=details)
        response = StreamingChatResponse(
            sources=[_source(message, whole)],
            source_nodes=whole.source_nodes,
            is_writing_to_memory=False,
            metadata=details,
        )
        fill = filling(whole.source_nodes, details)

        def finish(answer: Answer) -> None:
            fill(answer)
            whole.response = str(as_response(answer))
            self._remember(message, answer, whole.response)

        return response, text_pieces(self._asking.ask_stream(message, previous_questions=previous), finish)

    def _remember(self, message: str, answer: Answer, text: str) -> None:
        standalone = {_STANDALONE: answer.standalone_question} if answer.standalone_question else {}
        self._history += [
            ChatMessage(role=MessageRole.USER, content=message, additional_kwargs=standalone),
            ChatMessage(role=MessageRole.ASSISTANT, content=text),
        ]


@dataclass
class StreamingChatResponse(StreamingAgentChatResponse):
    """A streaming response with metadata, as the one that is not streaming has.

    Attributes:
        metadata: as of ``RagkitQueryEngine``; filled in when the last statement has come.
    """

    metadata: dict[str, Any] = field(default_factory=dict)


def _source(message: str, response: Response) -> ToolOutput:
    return ToolOutput(
        content=response.response or "", tool_name="query_engine", raw_input={"query": message}, raw_output=response
    )


def _delta(piece: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=piece), delta=piece)


async def _deltas(pieces: AsyncGenerator[str, None]) -> AsyncGenerator[ChatResponse, None]:
    async for piece in pieces:
        yield _delta(piece)

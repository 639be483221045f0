"""The answerer as a LlamaIndex query engine."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from ragkit.answering.answer import Answer
from ragkit.answering.llama_index.asking import Asking
from ragkit.answering.llama_index.nodes import metadata, notes, source_nodes
from ragkit.answering.llama_index.streaming import from_thread, text_pieces


class RagkitQueryEngine(BaseQueryEngine):
    """Answers LlamaIndex queries with verified statements; the citations are the source nodes.

    ``response.metadata["answer"]`` is the whole ``Answer``. While streaming, source nodes and metadata are filled in
    when the last statement has come: only then is known what is cited.
    """

    def __init__(self, asking: Asking, *, streaming: bool = False) -> None:
        """Answers as the reader, for the site and the day that ``asking`` was made for."""
        super().__init__(callback_manager=CallbackManager([]))
        self._asking = asking
        self._streaming = streaming

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return as_response(self._asking.ask(query_bundle.query_str))
        pieces, nodes, details = self._stream(query_bundle.query_str)
        return StreamingResponse(response_gen=pieces, source_nodes=nodes, metadata=details)

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return as_response(await self._asking.aask(query_bundle.query_str))
        pieces, nodes, details = self._stream(query_bundle.query_str)
        arriving = from_thread(pieces, self._asking.in_thread)
        return AsyncStreamingResponse(response_gen=arriving, source_nodes=nodes, metadata=details)

    def _stream(self, question: str) -> tuple[Generator[str, None, None], list[NodeWithScore], dict[str, Any]]:
        nodes: list[NodeWithScore] = []
        details: dict[str, Any] = {}
        return text_pieces(self._asking.ask_stream(question), filling(nodes, details)), nodes, details


def as_response(answer: Answer) -> Response:
    """A whole answer as a LlamaIndex response."""
    return Response(response=answer.text + notes(answer), source_nodes=source_nodes(answer), metadata=metadata(answer))


def filling(nodes: list[NodeWithScore], details: dict[str, Any]) -> Callable[[Answer], None]:
    """Fills in, once the answer is whole, what a streaming response has handed out empty."""

    def fill(answer: Answer) -> None:
        nodes.extend(source_nodes(answer))
        details.update(metadata(answer))

    return fill

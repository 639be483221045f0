"""The answerer as a LlamaIndex query engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ragkit.answering.answer import Answer


class RagkitQueryEngine(BaseQueryEngine):
    """Answers LlamaIndex queries with verified statements; the citations are the source nodes.

    ``response.metadata["answer"]`` is the whole ``Answer``.
    """

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        """Answers with ``ask``, which already knows the reader, the site and the day."""
        super().__init__(callback_manager=CallbackManager([]))
        self._ask = ask

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._ask(query_bundle.query_str)
        nodes = [
            NodeWithScore(
                node=TextNode(
                    text=citation.quote,
                    start_char_idx=citation.start,
                    end_char_idx=citation.end,
                    metadata=citation.model_dump(mode="json", exclude={"quote", "surrounding", "surrounding_start"}),
                ),
                score=max((s.support for s in answer.statements if citation.number in s.citations), default=0.0),
            )
            for citation in answer.citations
        ]
        return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer})

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return await asyncio.to_thread(self._query, query_bundle)

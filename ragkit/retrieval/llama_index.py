"""The search as a LlamaIndex retriever; the access, site and in-force filters are inside the search it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ragkit.retrieval.passage import Passage

Search = Callable[[str], Sequence[Passage]]
"""A search for one reader, one site and one day."""


class RagkitRetriever(BaseRetriever):
    """Returns ragkit's passages as nodes.

    The node's text is the passage's; its metadata holds what a citation needs (``document_id``, ``version``, ``title``,
    ``reference_number``, ``site``, ``effective_date``, ``source``, ``page``, ``section``, ``start``, ``end``). Neither
    is put in front of the text for a language model beyond title, section and source.
    """

    def __init__(self, search: Search) -> None:
        """Wraps a search.

        Args:
            search: question -> passages, with every filter in it; the retriever sees nothing else.
        """
        self._search = search
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [as_node(passage) for passage in self._search(query_bundle.query_str)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def as_node(passage: Passage) -> NodeWithScore:
    """A passage as a LlamaIndex node with its score."""
    metadata = passage.model_dump(mode="json", exclude={"text", "score", "scores"})
    shown = {"title", "section", "source"}
    node = TextNode(
        id_=f"{passage.document_id}@{passage.version}#{passage.chunk_index}",
        text=passage.text,
        metadata=metadata,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        excluded_embed_metadata_keys=sorted(metadata.keys() - shown),
        excluded_llm_metadata_keys=sorted(metadata.keys() - shown),
    )
    return NodeWithScore(node=node, score=passage.score)

"""The search as a LlamaIndex retriever."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import MetadataMode

from ragkit.retrieval.llama_index import RagkitRetriever
from ragkit.retrieval.passage import Passage
from tests.retrieval.library import Library, document


@pytest.fixture
def retriever(tmp_path: Path) -> RagkitRetriever:
    library = Library(
        tmp_path,
        document("east", "Gowns are blue.", site="east", title="Gowns", number="12-A"),
        document("west", "Gowns are green.", site="west"),
        document("board", "Gowns are gold.", roles=("board",)),
    )
    return RagkitRetriever(lambda text: library.retriever.retrieve(text, library.scope("east"), 5).passages)


def test_it_is_a_llama_index_retriever_and_its_nodes_carry_the_citation(retriever: RagkitRetriever) -> None:
    assert isinstance(retriever, BaseRetriever)
    [found] = retriever.retrieve("what colour are gowns")
    assert found.node.get_content() == "Gowns are blue."
    assert found.node.metadata["reference_number"] == "12-A"
    assert (found.node.metadata["start"], found.node.metadata["end"]) == (0, len("Gowns are blue."))
    assert found.score is not None


def test_the_filters_of_the_search_are_still_on(retriever: RagkitRetriever) -> None:
    texts = [found.node.get_content() for found in retriever.retrieve("gowns green gold")]
    assert texts == ["Gowns are blue."]


def test_a_language_model_is_shown_title_and_source_but_no_internals(retriever: RagkitRetriever) -> None:
    [found] = retriever.retrieve("gowns")
    shown = found.node.get_content(metadata_mode=MetadataMode.LLM)
    assert "Gowns" in shown
    assert "document_id" not in shown


async def test_it_works_asynchronously(retriever: RagkitRetriever) -> None:
    assert len(await retriever.aretrieve("gowns")) == 1


async def test_an_asynchronous_program_goes_on_while_it_searches() -> None:
    searching = threading.current_thread()

    def search(text: str) -> list[Passage]:
        nonlocal searching
        searching = threading.current_thread()
        return []

    assert await RagkitRetriever(search).aretrieve("gowns") == []
    assert searching is not threading.current_thread()

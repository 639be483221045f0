"""LlamaIndex both ways."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.embeddings import MockEmbedding

from ragkit.embedding.base import Embedder
from ragkit.embedding.llama_index import LlamaIndexEmbedder, RagkitEmbedding
from ragkit.embedding.minilm import MiniLmEmbedder
from ragkit.errors import EmbeddingError


class LengthEmbedding(BaseEmbedding):
    """Embeds a text as (its length, 1) and a question as (1, its length)."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(len(text)), 1.0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [1.0, float(len(query))]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class BrokenEmbedding(MockEmbedding):
    def _get_text_embedding(self, text: str) -> Any:
        raise RuntimeError("out of order")

    def _get_query_embedding(self, query: str) -> Any:
        return [0.0] * self.embed_dim


def test_a_llama_index_model_embeds_as_ours() -> None:
    embedder = LlamaIndexEmbedder(LengthEmbedding(model_name="length"))
    assert isinstance(embedder, Embedder)
    assert embedder.dimension == 2
    assert embedder.embed_passages(["abc"]) == pytest.approx(np.array([[3, 1]]) / np.sqrt(10))
    assert embedder.embed_query("abc") == pytest.approx(np.array([1, 3]) / np.sqrt(10))
    assert embedder.embed_passages([]).shape == (0, 2)
    assert embedder.count_tokens("assess the site") == 3


def test_its_fingerprint_names_class_and_model() -> None:
    fingerprint = LlamaIndexEmbedder(LengthEmbedding(model_name="length")).fingerprint
    assert fingerprint.endswith("LengthEmbedding:length")
    assert fingerprint != LlamaIndexEmbedder(LengthEmbedding(model_name="other")).fingerprint


def test_a_model_that_fails_is_reported() -> None:
    embedder = LlamaIndexEmbedder(BrokenEmbedding(embed_dim=2))
    with pytest.raises(EmbeddingError, match="out of order"):
        embedder.embed_passages(["abc"])


def test_a_vector_without_direction_is_reported() -> None:
    with pytest.raises(EmbeddingError, match="zero or not finite"):
        LlamaIndexEmbedder(BrokenEmbedding(embed_dim=2)).embed_query("abc")


async def test_our_embedder_embeds_in_llama_index() -> None:
    ours = MiniLmEmbedder()
    theirs = RagkitEmbedding(ours)
    texts = ["Assess the site.", "Flush the line."]
    assert np.array(theirs.get_text_embedding_batch(texts)) == pytest.approx(ours.embed_passages(texts), abs=1e-6)
    assert np.array(theirs.get_text_embedding(texts[0])) == pytest.approx(ours.embed_query(texts[0]), abs=1e-6)
    question = ours.embed_query("Who may flush it?")
    assert np.array(theirs.get_query_embedding("Who may flush it?")) == pytest.approx(question, abs=1e-6)
    assert np.array(await theirs.aget_query_embedding("Who may flush it?")) == pytest.approx(question, abs=1e-6)
    assert np.array(await theirs.aget_text_embedding(texts[1])) == pytest.approx(ours.embed_query(texts[1]), abs=1e-6)
    assert theirs.model_name == ours.fingerprint

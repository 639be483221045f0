"""LlamaIndex both ways: its embedding models as ours, and ours as one of its."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from ragkit.embedding.base import Embedder, Vectors, unit_vectors
from ragkit.embedding.opaque import OpaqueModel
from ragkit.errors import EmbeddingError


class LlamaIndexEmbedder(OpaqueModel):
    """Any LlamaIndex ``BaseEmbedding`` as an embedder. Tokens are counted with the default model's tokenizer."""

    def __init__(self, model: BaseEmbedding) -> None:
        """Wraps the model; nothing is embedded yet."""
        self._model = model
        super().__init__()

    @property
    def fingerprint(self) -> str:
        """The model's class and name: LlamaIndex knows nothing of its weights."""
        kind = type(self._model)
        return f"llama-index:{kind.__module__}.{kind.__qualname__}:{self._model.model_name}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the model's own batches.

        Raises:
            EmbeddingError: the model failed or answered something unusable.
        """
        if not texts:
            return unit_vectors([self.embed_query("length")], 1, self.fingerprint)[:0]
        try:
            raw = self._model.get_text_embedding_batch(list(texts))
        except Exception as error:
            raise self._failure(error) from error
        return unit_vectors(raw, len(texts), self.fingerprint)

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape (dimension,).

        Raises:
            EmbeddingError: the model failed or answered something unusable.
        """
        try:
            raw = self._model.get_query_embedding(text)
        except Exception as error:
            raise self._failure(error) from error
        vector: Vectors = unit_vectors([raw], 1, self.fingerprint)[0]
        return vector

    def _failure(self, error: Exception) -> EmbeddingError:
        return EmbeddingError(f"The embedding model {self.fingerprint} failed: {type(error).__name__}: {error}")


class RagkitEmbedding(BaseEmbedding):
    """An embedder of ours as a LlamaIndex ``BaseEmbedding``, for use in any LlamaIndex pipeline.

    Example:
        >>> from ragkit.embedding.minilm import MiniLmEmbedder
        >>> len(RagkitEmbedding(MiniLmEmbedder()).get_query_embedding("Who may give it?"))
        384
    """

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        """Wraps the embedder."""
        super().__init__(model_name=embedder.fingerprint, embed_batch_size=512)
        self._embedder = embedder

    @classmethod
    def class_name(cls) -> str:
        """The name LlamaIndex serialises the class under."""
        return "RagkitEmbedding"

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in vector] for vector in self._embedder.embed_passages(texts)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._embedder.embed_query(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

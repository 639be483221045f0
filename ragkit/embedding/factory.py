"""Which embedder a knowledge base uses."""

from __future__ import annotations

from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy
from ragkit.embedding.base import Embedder
from ragkit.errors import EmbeddingError
from ragkit.settings import Settings

OPENAI_PREFIX = "openai:"


def build_embedder(settings: Settings, policy: EgressPolicy = LOCAL_ONLY) -> Embedder:
    """The embedder that the settings name. Opens no connection and, for the default model, imports no torch.

    Args:
        settings: which model, and where it is.
        policy: where connections may go. In a hybrid deployment texts are embedded on premises only: every document
            and every question goes there, whatever is in it.

    Raises:
        EmbeddingError: the model is not on this machine, or its settings are not complete.
    """
    name = settings.embedding_model
    if name == "default":
        from ragkit.embedding.minilm import MiniLmEmbedder

        return MiniLmEmbedder()
    if name.startswith(OPENAI_PREFIX):
        from ragkit.embedding.openai_compatible import OpenAICompatibleEmbedder

        return OpenAICompatibleEmbedder(
            name.removeprefix(OPENAI_PREFIX),
            base_url=settings.embedding_base_url,
            api_key_variable=settings.embedding_api_key_variable,
            policy=policy.for_documents(),
        )
    from ragkit.embedding.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(name)


def as_embedder(model: object) -> Embedder:
    """What a developer has at hand, as an embedder: an ``Embedder`` as it is, a LlamaIndex ``BaseEmbedding`` wrapped.

    Raises:
        EmbeddingError: it is neither.
    """
    if isinstance(model, Embedder):
        return model
    from llama_index.core.base.embeddings.base import BaseEmbedding

    if isinstance(model, BaseEmbedding):
        from ragkit.embedding.llama_index import LlamaIndexEmbedder

        return LlamaIndexEmbedder(model)
    raise EmbeddingError(
        f"{type(model).__name__} is no embedding model. Pass a LlamaIndex BaseEmbedding, or an object with "
        "fingerprint, dimension, count_tokens, embed_passages and embed_query."
    )

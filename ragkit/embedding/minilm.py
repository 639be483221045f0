"""The default embedder: all-MiniLM-L6-v2 on onnxruntime, offline, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from ragkit.embedding.base import Vectors
from ragkit.embedding.batching import batches_by_length
from ragkit.embedding.tokenizing import MAX_TOKENS, DefaultTokenizer
from ragkit.embedding.weights import DEFAULT_WEIGHTS_SHA256, default_model_folder

if TYPE_CHECKING:
    from ragkit.embedding.encoder import Encoder

_TEXTS_AT_ONCE = 1024  # bounds the memory of tokenised texts, however many are given
_TOKENS_PER_BATCH = 2048  # bounds the memory of a forward pass; larger batches were not faster


class MiniLmEmbedder:
    """all-MiniLM-L6-v2: 384 dimensions, texts cut off at 256 tokens, as its authors published it.

    The weights are read, checked against their hash and put into an onnxruntime session at the first embedding;
    counting tokens needs the tokenizer only. May be used from several threads.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        """Looks the files up; loads nothing.

        Args:
            folder: where ``model.safetensors``, ``config.json`` and ``tokenizer.json`` lie; the installed package
                by default.
            threads: cores a forward pass may use; by default all that this process may use.

        Raises:
            EmbeddingError: the model's package is not installed.
        """
        self._folder = folder or default_model_folder()
        self._threads = threads
        self._tokenizer = DefaultTokenizer(self._folder)
        self._loading = Lock()
        self._encoder: Encoder | None = None

    @property
    def fingerprint(self) -> str:
        """Names the model, its weights and the length at which texts are cut off."""
        return f"all-MiniLM-L6-v2@{DEFAULT_WEIGHTS_SHA256[:16]}/{MAX_TOKENS}"

    @property
    def dimension(self) -> int:
        """384."""
        return 384

    def count_tokens(self, text: str) -> int:
        """Length of ``text`` in word pieces, special tokens excluded."""
        return self._tokenizer.count(text)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 384), in the order of ``texts``.

        Raises:
            EmbeddingError: the weights are missing, damaged or not the published ones.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            window = slice(start, start + _TEXTS_AT_ONCE)
            vectors[window] = self._embed(texts[window])
        return vectors

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        encoded = self._tokenizer.encode(texts)
        encoder = self._loaded_encoder()
        for batch in batches_by_length([len(ids) for ids in encoded], _TOKENS_PER_BATCH):
            vectors[batch] = encoder.sentences([encoded[index] for index in batch])
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape (384,). This model embeds questions and passages alike.

        Raises:
            EmbeddingError: the weights are missing, damaged or not the published ones.
        """
        vector: Vectors = self.embed_passages([text])[0].copy()
        return vector

    def _loaded_encoder(self) -> Encoder:
        with self._loading:
            if self._encoder is None:
                from ragkit.embedding.encoder import Encoder

                self._encoder = Encoder(self._folder, DEFAULT_WEIGHTS_SHA256, threads=self._threads)
            return self._encoder

"""What is the same for every model that is only reached through somebody else's interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

from ragkit.embedding.base import Vectors
from ragkit.embedding.tokenizing import DefaultTokenizer


class OpaqueModel(ABC):
    """A model whose tokenizer and vector length cannot be asked for."""

    def __init__(self) -> None:
        """Nothing is embedded yet."""
        self._tokenizer = DefaultTokenizer()

    @cached_property
    def dimension(self) -> int:
        """Length of every vector, found by embedding one word."""
        return int(self.embed_query("length").shape[0])

    def count_tokens(self, text: str) -> int:
        """Length of ``text`` in tokens of the default model, a stand-in for the model's own."""
        return self._tokenizer.count(text)

    @abstractmethod
    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape (dimension,)."""

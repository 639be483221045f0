"""What every embedding model looks like from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ragkit.errors import EmbeddingError

Vectors = npt.NDArray[np.float32]
"""Vectors of unit length: shape (n, dimension) for passages, (dimension,) for a query."""


@runtime_checkable
class Embedder(Protocol):
    """Turns text into vectors of unit length, so that the dot product of two of them is their cosine similarity."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights: vectors may be compared, and cached, only under the same fingerprint."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    def count_tokens(self, text: str) -> int:
        """Length of ``text`` in the model's tokens, special tokens excluded."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (len(texts), dimension), in the order of ``texts``."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape (dimension,)."""
        ...


def unit_vectors(raw: object, expected: int, model: str) -> Vectors:
    """What a model answered, as float32 vectors of unit length.

    Args:
        raw: anything numpy can read as a matrix, one row a text.
        expected: how many rows there must be.
        model: the model's name, for the error.

    Raises:
        EmbeddingError: the answer has the wrong shape, or holds a vector that is not finite or has no direction.
    """
    try:
        matrix = np.asarray(raw, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EmbeddingError(f"The embedding model {model} answered vectors of unequal length: {error}.") from error
    if matrix.ndim != 2 or matrix.shape[0] != expected or matrix.shape[1] == 0:
        raise EmbeddingError(
            f"The embedding model {model} answered an array of shape {matrix.shape} for {expected} texts. "
            "Check that the name is that of an embedding model."
        )
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise EmbeddingError(f"The embedding model {model} answered a vector that is zero or not finite.")
    return np.asarray(matrix / lengths, dtype=np.float32)

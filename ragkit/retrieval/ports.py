"""What retrieval needs of the stages around it; ``ragkit.store.store.Store`` and every ``Embedder`` fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ragkit.chunking.chunk import Chunk
from ragkit.embedding.base import Vectors
from ragkit.store.rows import Hit, VersionRow


class SearchStore(Protocol):
    """The reading side of a store; see ``Store`` for each member."""

    @property
    def revision(self) -> int:
        """Goes up with every change."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside sees one state."""
        ...

    def versions(self) -> tuple[VersionRow, ...]:
        """The catalogue."""
        ...

    def chunks(self, version_key: int, indices: Sequence[int] | None = None) -> list[Chunk]:
        """Chunks of a version."""
        ...

    def embedded_texts(self, version_keys: Collection[int]) -> Iterable[str]:
        """What is indexed of each chunk of these versions."""
        ...

    def chunk_count(self, version_keys: Collection[int]) -> int:
        """Number of chunks of these versions."""
        ...

    def lexical_search(self, match_expression: str, version_keys: Collection[int], limit: int) -> list[Hit]:
        """BM25."""
        ...

    def dense_search(self, vector: Vectors, version_keys: Collection[int], limit: int) -> list[Hit]:
        """Cosine similarity."""
        ...

    def document_frequency(self, phrases: Iterable[str], version_keys: Collection[int]) -> int:
        """In how many chunks one of the phrases occurs."""
        ...


class QueryEmbedder(Protocol):
    """What turns a question into a vector."""

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question."""
        ...

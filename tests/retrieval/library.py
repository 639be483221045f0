"""A small invented library in a real store, with an embedder that needs no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragkit.access.scope import Scope, resolve_scope
from ragkit.access.user import User
from ragkit.chunking.structure import chunk_document
from ragkit.documents.document import BlockKind, Document
from ragkit.documents.governance import Governance
from ragkit.documents.parsed import CanonicalTextBuilder
from ragkit.embedding.base import Vectors
from ragkit.retrieval.retriever import RetrievalOptions, Retriever
from ragkit.retrieval.words import stems
from ragkit.settings import Settings
from ragkit.store.store import Store

DIMENSION = 512


class WordVectors:
    """Texts with the same words are near: each stem adds to one of ``DIMENSION`` values."""

    fingerprint = "word-vectors"
    dimension = DIMENSION

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+", text))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
        for stem in stems(text):
            vector[sum(stem.encode()) * 31 % DIMENSION] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def document(
    name: str,
    *paragraphs: str,
    title: str | None = None,
    number: str | None = None,
    site: str | None = None,
    roles: tuple[str, ...] = (),
    applies_to: tuple[str, ...] = (),
    section: tuple[str, ...] = (),
) -> Document:
    """A document of paragraphs; a paragraph that begins with "- " is a list item of the last other paragraph."""
    builder = CanonicalTextBuilder()
    lead_in: int | None = None
    for heading in section:
        builder.add(BlockKind.HEADING, heading, level=1)
    for paragraph in paragraphs:
        if paragraph.startswith("- "):
            context = (lead_in,) if lead_in is not None else ()
            builder.add(BlockKind.LIST_ITEM, paragraph, level=1, section=section, context=context)
        else:
            lead_in = builder.add(BlockKind.PARAGRAPH, paragraph, section=section)
    return Document(
        document_id=f"{site or 'all'}/{name}",
        version="1",
        source=f"{name}.txt",
        media_type="text/plain",
        content_hash=f"{abs(hash((name, paragraphs))):064x}"[:64],
        text=builder.text,
        blocks=tuple(builder.blocks),
        governance=Governance(
            title=title or name,
            reference_number=number,
            site=site,
            roles=roles,
            applies_to=applies_to,
        ),
    )


class Library:
    """Documents in a store, and a retriever over them."""

    def __init__(
        self,
        folder: Path,
        *documents: Document,
        settings: Settings | None = None,
        options: RetrievalOptions | None = None,
        chunk_tokens: int = 60,
    ) -> None:
        self.store = Store.open(folder / "library.kb")
        self.embedder = WordVectors()
        self.chunk_tokens = chunk_tokens
        for each in documents:
            self.put(each)
        self.retriever = Retriever(self.store, self.embedder, settings or Settings(), options=options)

    def put(self, each: Document) -> None:
        chunks = chunk_document(each, self.embedder.count_tokens, self.chunk_tokens)
        vectors = self.embedder.embed_passages([chunk.embedding_text for chunk in chunks])
        self.store.put(each, chunks, vectors, fingerprint=self.embedder.fingerprint)

    def scope(self, site: str | None = None, user: User | None = None) -> Scope:
        return resolve_scope(self.store.versions(), site=site, user=user, as_of=None, access="open")

    def sources(
        self, question: str, *, site: str | None = None, user: User | None = None, limit: int = 10
    ) -> list[str]:
        found = self.retriever.retrieve(question, self.scope(site, user), limit)
        return [passage.source.removesuffix(".txt") for passage in found.passages]

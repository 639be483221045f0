"""Small invented policies, one chunk a paragraph, with made-up vectors that depend on the words only."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from ragkit.chunking.chunk import Chunk
from ragkit.documents.document import Block, BlockKind, Document
from ragkit.documents.governance import Governance
from ragkit.store.rows import PutResult, SourceState
from ragkit.store.store import Store

DIMENSION = 16
FINGERPRINT = "made-up-vectors"


def policy(document_id: str, *paragraphs: str, version: str = "1", source: str = "", **governance: object) -> Document:
    """A document with one block a paragraph."""
    blocks, start = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=start + len(paragraph), page=1))
        start += len(paragraph) + 2
    text = "\n\n".join(paragraphs)
    return Document(
        document_id=document_id,
        version=version,
        source=source or f"{document_id}.md",
        media_type="text/markdown",
        content_hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        text=text,
        blocks=tuple(blocks),
        page_starts=(0,),
        governance=Governance(**{"title": f"Policy {document_id}", **governance}),
    )


def chunks_of(document: Document) -> list[Chunk]:
    """One chunk a paragraph."""
    return [
        Chunk(
            index=index,
            start=block.start,
            end=block.end,
            first_block=index,
            last_block=index,
            section=("Purpose",),
            page=block.page,
            text=document.text[block.start : block.end],
            embedding_text=f"{document.governance.title} > Purpose\n{document.text[block.start : block.end]}",
            token_count=len(document.text[block.start : block.end].split()),
        )
        for index, block in enumerate(document.blocks)
    ]


def vector_of(text: str) -> NDArray[np.float32]:
    """A unit vector that only depends on the text."""
    seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def vectors_of(chunks: list[Chunk]) -> NDArray[np.float32]:
    """One row a chunk."""
    rows = [vector_of(chunk.embedding_text) for chunk in chunks]
    return np.stack(rows) if rows else np.empty((0, DIMENSION), dtype=np.float32)


def put(store: Store, document: Document, *, state: SourceState | None = None) -> PutResult:
    """Stores the document with its chunks and vectors."""
    chunks = chunks_of(document)
    return store.put(document, chunks, vectors_of(chunks), fingerprint=FINGERPRINT, source_state=state)


def state_of(document: Document, *, site: str | None = None) -> SourceState:
    """The file the document was read from, as an ingest would note it."""
    return SourceState(
        source=document.source,
        size=len(document.text),
        modified_ns=1,
        content_hash=document.content_hash,
        settings_hash="settings",
        site=site,
    )


def all_keys(store: Store) -> set[int]:
    """The keys of everything that can be searched."""
    return {row.version_key for row in store.versions()}


def found_texts(store: Store, phrase: str) -> list[str]:
    """The texts of the chunks in which the phrase is found, best first."""
    from ragkit.store.lexical import match_any

    hits = store.lexical_search(match_any([phrase]), all_keys(store), limit=50)
    return [store.chunks(hit.version_key, [hit.chunk_index])[0].text for hit in hits]

"""Another model or chunk length for what is stored: from the stored text, embedding only what is not known yet."""

from __future__ import annotations

from collections.abc import Callable

from ragkit.chunking.structure import chunk_document
from ragkit.embedding.base import Embedder
from ragkit.ingestion.embedding_batch import vectors_for
from ragkit.ingestion.fingerprint import chunk_fingerprint
from ragkit.settings import Settings
from ragkit.store.store import Store

RECORDED = "chunk_fingerprint"


def needs_rebuild(store: Store, embedder: Embedder, settings: Settings) -> bool:
    """Whether what is stored was chunked or embedded otherwise than the settings say."""
    recorded = store.recorded(RECORDED)
    return recorded is not None and recorded != chunk_fingerprint(settings, embedder)


def rebuild(
    store: Store,
    embedder: Embedder,
    settings: Settings,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Chunks and embeds every stored version anew, one at a time; each switches whole or not at all.

    Args:
        store: what to rebuild.
        embedder: the model to use from now on.
        settings: the chunk length to use from now on.
        on_progress: called with (versions done, versions in all).

    Returns:
        How many versions were rebuilt.

    Raises:
        StoreLockedError: another process is writing.
    """
    rows = store.versions()
    with store.writing():
        for done, row in enumerate(rows, start=1):
            document = store.load_document(row.version_key)
            chunks = chunk_document(document, embedder.count_tokens, settings.chunk_tokens)
            vectors = vectors_for([chunk.embedding_text for chunk in chunks], embedder, store)
            store.put(document, chunks, vectors, fingerprint=embedder.fingerprint)
            if on_progress is not None:
                on_progress(done, len(rows))
        record_fingerprint(store, embedder, settings)
    return len(rows)


def record_fingerprint(store: Store, embedder: Embedder, settings: Settings) -> None:
    """Notes how what is stored was chunked and embedded, so that a change of settings is noticed."""
    fingerprint = chunk_fingerprint(settings, embedder)
    if store.recorded(RECORDED) != fingerprint:
        store.record(RECORDED, fingerprint)

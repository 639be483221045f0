"""Changes to the catalogue, each one transaction: a version is switched whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ragkit.chunking.chunk import Chunk
from ragkit.documents.document import Document
from ragkit.store import catalogue, contents, embeddings
from ragkit.store.database import Database
from ragkit.store.embeddings import Vectors
from ragkit.store.rows import PutResult, SourceState

Step = Callable[[str], None]
"""Called with the name of each step before it is taken; tests of crashes hook in here."""


def put_version(
    database: Database,
    document: Document,
    chunks: Sequence[Chunk],
    vectors: Vectors,
    fingerprint: str,
    source_state: SourceState | None,
    step: Step,
) -> PutResult:
    """Stores a version in place of the one with the same label, inside the caller's transaction."""
    replaced = catalogue.same_label(database, document)
    before = _before(database, source_state)
    if before is not None and before not in replaced and _same_file(database, before, document):
        replaced.append(before)
        before = None
    step("retire the replaced version")
    for key in replaced:
        take_out_of_search(database, key)
    step("insert the version")
    version_key = catalogue.insert_version(database, document, len(chunks), fingerprint)
    contents.insert_document(database, version_key, document)
    texts = [chunk.embedding_text for chunk in chunks]
    step("insert the vectors")
    embeddings.keep_vectors(database, fingerprint, texts, vectors)
    step("insert the chunks")
    ids = embeddings.embedding_ids(database, fingerprint, texts)
    contents.insert_chunks(database, version_key, chunks, ids)
    step("index the chunks")
    contents.index_chunks(database, version_key)
    if source_state is not None:
        catalogue.write_source(database, source_state, version_key)
    for key in replaced:
        _drop_if_same_text(database, key, document, version_key)
    kept = tuple(key for key in replaced if _exists(database, key))
    return PutResult(version_key, kept, before if before not in replaced else None)


def take_out_of_search(database: Database, version_key: int) -> None:
    """The version is no longer searched or listed; its text stays, so that old citations still resolve."""
    contents.delete_chunks(database, version_key)
    database.execute(
        "UPDATE version SET removed_at = COALESCE(removed_at, ?), chunk_count = 0 WHERE version_key = ?",
        (catalogue.now(), version_key),
    )


def delete_version(database: Database, version_key: int) -> None:
    """Nothing of the version is left in any table. Its vectors stay in the cache for as long as nobody purges them."""
    contents.delete_chunks(database, version_key)
    forget_source(database, version_key)
    database.execute("DELETE FROM content WHERE version_key = ?", (version_key,))
    database.execute("DELETE FROM version WHERE version_key = ?", (version_key,))


def forget_source(database: Database, version_key: int) -> None:
    """Forgets the state of the file a version came from: the next ingest reads it again."""
    database.execute("UPDATE source SET version_key = NULL, content_hash = '' WHERE version_key = ?", (version_key,))


def _before(database: Database, source_state: SourceState | None) -> int | None:
    """The searched version that the same file held before."""
    if source_state is None:
        return None
    known = catalogue.read_source(database, source_state.source, source_state.site)
    if known is None or known.version_key is None:
        return None
    rows = database.query(
        "SELECT version_key FROM version WHERE version_key = ? AND removed_at IS NULL", (known.version_key,)
    )
    return rows[0][0] if rows else None


def _same_file(database: Database, version_key: int, document: Document) -> bool:
    """Whether the file itself is unchanged: then only its reading has, and one file is not two versions."""
    rows = database.query("SELECT content_hash FROM version WHERE version_key = ?", (version_key,))
    return bool(rows) and rows[0][0] == document.content_hash


def _drop_if_same_text(database: Database, version_key: int, document: Document, successor: int) -> None:
    """A replaced version with the same words and label need not be kept: citations resolve in its successor."""
    rows = database.query(
        "SELECT 1 FROM content JOIN version USING (version_key) WHERE version_key = ? AND text = ? "
        "AND document_id = ? AND version = ? AND content_hash = ?",
        (version_key, document.text, document.document_id, document.version, document.content_hash),
    )
    if rows:
        database.execute("UPDATE source SET version_key = ? WHERE version_key = ?", (successor, version_key))
        delete_version(database, version_key)


def _exists(database: Database, version_key: int) -> bool:
    return bool(database.query("SELECT 1 FROM version WHERE version_key = ?", (version_key,)))

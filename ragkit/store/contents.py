"""Documents and chunks in the database, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ragkit.chunking.chunk import Chunk
from ragkit.documents.document import Document
from ragkit.errors import DocumentNotFoundError
from ragkit.store.database import Database
from ragkit.store.failures import decoding
from ragkit.store.lexical import key_list, searchable_text

_CHUNK_COLUMNS = (
    *("version_key", "chunk_index", "embedding_id", "start", "end", "first_block", "last_block", "page"),
    *("token_count", "context_spans", "section", "text", "embedding_prefix", "embedding_text"),
)


def insert_document(database: Database, version_key: int, document: Document) -> None:
    """Stores the text and everything laid over it."""
    database.execute(
        "INSERT INTO content (version_key, text, document) VALUES (?, ?, ?)",
        (version_key, document.text, document.model_dump_json(exclude={"text"})),
    )


def load_document(database: Database, version_key: int) -> Document:
    """The document as it was stored.

    Raises:
        DocumentNotFoundError: it was purged or never stored.
    """
    rows = database.query("SELECT text, document FROM content WHERE version_key = ?", (version_key,))
    if not rows:
        raise DocumentNotFoundError(
            f"No document version {version_key} is stored: it was purged, or the key belongs to another knowledge base."
        )
    text, document = rows[0]
    with decoding(database.folder, f"Document version {version_key}"):
        return Document.model_validate({**json.loads(document), "text": text})


def has_document(database: Database, version_key: int) -> bool:
    """Whether the version's text is stored."""
    return bool(database.query("SELECT 1 FROM content WHERE version_key = ?", (version_key,)))


def insert_chunks(database: Database, version_key: int, chunks: Sequence[Chunk], embedding_ids: Sequence[int]) -> None:
    """Stores chunks in their order."""
    database.execute_many(
        f"INSERT INTO chunk ({', '.join(_CHUNK_COLUMNS)}) VALUES ({', '.join('?' * len(_CHUNK_COLUMNS))})",
        (
            _chunk_values(version_key, chunk, embedding_id)
            for chunk, embedding_id in zip(chunks, embedding_ids, strict=True)
        ),
    )


def index_chunks(database: Database, version_key: int) -> None:
    """Puts a version's chunks into the full-text index."""
    rows = database.query(
        "SELECT chunk_id, embedding_prefix, embedding_text, section, title, chunk.text FROM chunk "
        "JOIN version USING (version_key) WHERE version_key = ? ORDER BY chunk_index",
        (version_key,),
    )
    database.execute_many(
        "INSERT INTO chunk_words (rowid, heading, body) VALUES (?, ?, ?)",
        ((row[0], *indexed_words(*row[1:])) for row in rows),
    )


def indexed_words(
    prefix: str | None, embedding_text: str | None, section: str, title: str, text: str
) -> tuple[str, str]:
    """What the full-text index holds of a chunk: heading (title and section trail) and body."""
    if prefix is None:
        prefix = "\n".join((title, *json.loads(section)))
    return searchable_text(prefix), searchable_text(text)


def load_chunks(database: Database, version_key: int, indices: Sequence[int] | None = None) -> list[Chunk]:
    """A version's chunks in order, or those of the given indices."""
    statement = f"SELECT {', '.join(_CHUNK_COLUMNS)} FROM chunk WHERE version_key = ?"
    if indices is not None:
        statement += f" AND chunk_index IN ({','.join(str(int(index)) for index in indices)})"
    rows = database.query(f"{statement} ORDER BY chunk_index", (version_key,))
    with decoding(database.folder, f"A chunk of version {version_key}"):
        return [_chunk(row) for row in rows]


def load_embedded_texts(database: Database, version_keys: Iterable[int]) -> list[str]:
    """What is embedded of each chunk of these versions, version by version, in order."""
    rows = database.query(
        "SELECT COALESCE(embedding_text, embedding_prefix || text) FROM chunk "
        f"WHERE version_key IN ({key_list(version_keys)}) ORDER BY version_key, chunk_index"
    )
    return [text for [text] in rows]


def delete_chunks(database: Database, version_key: int) -> None:
    """Takes a version's chunks out of search, and notes that Chroma has to forget them."""
    ids = database.query("SELECT chunk_id FROM chunk WHERE version_key = ?", (version_key,))
    database.execute_many("DELETE FROM chunk_words WHERE rowid = ?", ids)
    database.execute_many("INSERT OR IGNORE INTO unmirror (chunk_id) VALUES (?)", ids)
    database.execute("DELETE FROM chunk WHERE version_key = ?", (version_key,))


def _chunk_values(version_key: int, chunk: Chunk, embedding_id: int) -> tuple[Any, ...]:
    whole = chunk.embedding_text
    prefix = whole[: len(whole) - len(chunk.text)] if whole.endswith(chunk.text) else None
    return (
        version_key,
        chunk.index,
        embedding_id,
        chunk.start,
        chunk.end,
        chunk.first_block,
        chunk.last_block,
        chunk.page,
        chunk.token_count,
        json.dumps(chunk.context_spans),
        json.dumps(chunk.section, ensure_ascii=False),
        chunk.text,
        prefix,
        whole if prefix is None else None,
    )


def _chunk(row: tuple[Any, ...]) -> Chunk:
    values = dict(zip(_CHUNK_COLUMNS, row, strict=True))
    prefix = values.pop("embedding_prefix")
    values.update(
        index=values.pop("chunk_index"),
        context_spans=json.loads(values["context_spans"]),
        section=json.loads(values["section"]),
        embedding_text=values["embedding_text"] if prefix is None else prefix + values["text"],
    )
    del values["version_key"], values["embedding_id"]
    return Chunk.model_validate(values)

"""Proves that what is stored is whole. Every function yields what is wrong and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np

from ragkit.errors import StoreError
from ragkit.store.contents import indexed_words
from ragkit.store.database import Database
from ragkit.store.embeddings import Vectors, matrix
from ragkit.store.failures import decoding
from ragkit.store.mirroring import Mirror
from ragkit.store.report import DamageKind, StoreProblem

_SHOWN = 5
"""Of many problems of a kind in one place, as many are named."""

_REPAIR = "Run `ragkit check --repair`."


def check_database(database: Database) -> Iterator[StoreProblem]:
    """Everything about SQLite's side."""
    parts: tuple[tuple[DamageKind, Callable[[Database], Iterator[StoreProblem]]], ...] = (
        (DamageKind.DATABASE, _pages),
        (DamageKind.FULL_TEXT, _full_text),
        (DamageKind.TEXT, _texts),
        (DamageKind.CHUNK, _chunk_counts),
        (DamageKind.CHUNK, _chunk_texts),
        (DamageKind.VECTOR, _vectors),
        (DamageKind.EMBEDDING_MODEL, _embedders),
        (DamageKind.SOURCE, _sources),
    )
    for kind, part in parts:
        try:
            with decoding(database.folder, "What is stored"):
                yield from part(database)
        except StoreError as error:
            yield StoreProblem(kind=kind, message=str(error))


def quick_check(database: Database) -> Iterator[StoreProblem]:
    """What can be seen without reading every text: damaged pages, missing texts, chunks and vectors' embedders."""
    parts = (_quick_pages, _texts, _chunk_counts, _embedders, _sources)
    for part in parts:
        with decoding(database.folder, "What is stored"):
            yield from part(database)


def check_chroma(database: Database, mirror: Mirror) -> Iterator[StoreProblem]:
    """Whether Chroma holds the vector of every searched chunk, the same one, and no other. Needs the writer lock."""
    folder = mirror.folder
    wanted = dict(
        database.query(
            "SELECT chunk_id, fingerprint FROM chunk JOIN embedding USING (embedding_id) "
            "JOIN version USING (version_key) WHERE mirrored = 1"
        )
    )
    if not wanted and not folder.exists():
        return
    orphans, different, seen = 0, 0, set()
    try:
        with mirror.opened() as chroma:
            for fingerprint, vectors in chroma.read():
                ours = {chunk_id for chunk_id in vectors if wanted.get(chunk_id) == fingerprint}
                orphans += len(vectors) - len(ours)
                seen |= ours
                different += _differences(database, {chunk_id: vectors[chunk_id] for chunk_id in ours})
    except StoreError as error:
        yield StoreProblem(kind=DamageKind.CHROMA, message=str(error))
        return
    if missing := len(wanted) - len(seen):
        yield StoreProblem(kind=DamageKind.CHROMA, message=f"{missing} vector(s) are missing in {folder}. {_REPAIR}")
    if orphans:
        yield StoreProblem(
            kind=DamageKind.CHROMA, message=f"{orphans} vector(s) in {folder} belong to no chunk. {_REPAIR}"
        )
    if different:
        yield StoreProblem(
            kind=DamageKind.CHROMA,
            message=f"{different} vector(s) in {folder} are not those in the database. {_REPAIR}",
        )


def _differences(database: Database, vectors: dict[int, Vectors]) -> int:
    rows = database.query(
        "SELECT chunk_id, vector FROM chunk JOIN embedding USING (embedding_id) "
        "WHERE chunk_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(vectors)),),
    )
    if not rows:
        return 0
    stored = matrix([row[1] for row in rows])
    mirrored = np.stack([vectors[row[0]] for row in rows])
    if stored.shape != mirrored.shape:
        return len(rows)
    return int((~np.isclose(stored, mirrored, atol=1e-5).all(axis=1)).sum())


def _pages(database: Database) -> Iterator[StoreProblem]:
    found = [message for [message] in database.query(f"PRAGMA integrity_check({_SHOWN})")]
    if found != ["ok"]:
        yield StoreProblem(
            kind=DamageKind.DATABASE,
            message=f"SQLite's integrity check of {database.file} says: {'; '.join(found)}. {_REPAIR} If that cannot "
            "mend it, restore the folder from a backup, or move it away and ingest the documents again.",
        )
    for table, row, parent, _ in database.query("PRAGMA foreign_key_check")[:_SHOWN]:
        yield StoreProblem(
            kind=DamageKind.DATABASE, message=f"Row {row} of {table} points to a missing row of {parent}. {_REPAIR}"
        )


def _quick_pages(database: Database) -> Iterator[StoreProblem]:
    found = [message for [message] in database.query(f"PRAGMA quick_check({_SHOWN})")]
    if found != ["ok"]:
        yield StoreProblem(
            kind=DamageKind.DATABASE,
            message=f"SQLite's quick check of {database.file} says: {'; '.join(found)}. {_REPAIR}",
        )


def _full_text(database: Database) -> Iterator[StoreProblem]:
    rows = database.query(
        "SELECT chunk_id, embedding_prefix, embedding_text, section, title, chunk.text, heading, body FROM chunk "
        "JOIN version USING (version_key) LEFT JOIN chunk_words ON chunk_words.rowid = chunk_id"
    )
    wrong = sum(indexed_words(*row[1:6]) != row[6:] for row in rows)
    [[count]] = database.query("SELECT count(*) FROM chunk_words")
    if wrong or count != len(rows):
        yield StoreProblem(
            kind=DamageKind.FULL_TEXT,
            message=f"The full-text index holds {count} chunks instead of {len(rows)}, {wrong} of them not as they "
            f"should be. {_REPAIR}",
        )
    # Reads the whole index against its contents; an error says that they differ.
    if not database.read_only:
        database.execute("INSERT INTO chunk_words (chunk_words) VALUES ('integrity-check')")


def _texts(database: Database) -> Iterator[StoreProblem]:
    for key, source in database.query(
        "SELECT version_key, source FROM version LEFT JOIN content USING (version_key) WHERE content.text IS NULL"
    ):
        yield _broken(DamageKind.TEXT, key, f"The text of {source} (version {key}) is missing.")


def _chunk_counts(database: Database) -> Iterator[StoreProblem]:
    for key, source, expected, found in database.query(
        "SELECT version_key, source, chunk_count, "
        "(SELECT count(*) FROM chunk WHERE chunk.version_key = version.version_key) AS found "
        "FROM version WHERE chunk_count <> found"
    ):
        yield _broken(DamageKind.CHUNK, key, f"{source} (version {key}) has {found} chunk(s) instead of {expected}.")


def _chunk_texts(database: Database) -> Iterator[StoreProblem]:
    """A chunk's words are those of its spans in the document's text, white space aside."""
    for key, source, text in _documents(database):
        for index, start, end, spans, words in database.query(
            "SELECT chunk_index, start, end, context_spans, text FROM chunk WHERE version_key = ? ORDER BY chunk_index",
            (key,),
        ):
            all_spans = [*json.loads(spans), (start, end)]
            inside = all(0 <= first < last <= len(text) for first, last in all_spans)
            if not inside or _squeezed("".join(text[first:last] for first, last in all_spans)) != _squeezed(words):
                yield _broken(
                    DamageKind.CHUNK,
                    key,
                    f"Chunk {index} of {source} (version {key}) is not what stands in the document at {start}-{end}.",
                )
                break


def _broken(kind: DamageKind, version_key: int, message: str) -> StoreProblem:
    return StoreProblem(
        kind=kind,
        message=f"{message} Run `ragkit check --repair`, then ingest it again.",
        version_keys=(version_key,),
    )


def _documents(database: Database) -> Iterator[tuple[int, str, str]]:
    """One text at a time, so that memory does not grow with the knowledge base."""
    for [key] in database.query("SELECT version_key FROM version WHERE removed_at IS NULL"):
        yield from database.query(
            "SELECT version_key, source, text FROM content JOIN version USING (version_key) WHERE version_key = ?",
            (key,),
        )


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _vectors(database: Database) -> Iterator[StoreProblem]:
    """Every chunk has a vector, made by the embedder of its version, and all vectors of an embedder are as long."""
    usual: dict[str, int] = {}
    for fingerprint, size in database.query(
        "SELECT fingerprint, length(vector) AS size FROM embedding GROUP BY fingerprint, size ORDER BY count(*)"
    ):
        usual[fingerprint] = size  # the last one, which most have
    broken: dict[int, str] = {}
    for key, source, expected, fingerprint, size in database.query(
        "SELECT version_key, source, version.embedding_fingerprint, fingerprint, length(vector) FROM chunk "
        "JOIN version USING (version_key) LEFT JOIN embedding USING (embedding_id)"
    ):
        if fingerprint != expected or size != usual[fingerprint] or size % 4:
            broken[key] = source
    for key, source in broken.items():
        yield _broken(DamageKind.VECTOR, key, f"Vectors of {source} (version {key}) are missing or of no use.")


def _embedders(database: Database) -> Iterator[StoreProblem]:
    rows = database.query(
        "SELECT embedding_fingerprint, count(*) FROM version WHERE removed_at IS NULL AND chunk_count > 0 "
        "GROUP BY embedding_fingerprint ORDER BY count(*) DESC"
    )
    if len(rows) > 1:
        found = ", ".join(f"{name} ({count} versions)" for name, count in rows)
        yield StoreProblem(
            kind=DamageKind.EMBEDDING_MODEL,
            message=f"Vectors of different embedders stand side by side: {found}. A search by meaning compares only "
            "those of its own. Ingest the documents again with one embedder to finish the change.",
        )


def _sources(database: Database) -> Iterator[StoreProblem]:
    for [source] in database.query(
        "SELECT source FROM source WHERE version_key NOT IN (SELECT version_key FROM version)"
    ):
        yield StoreProblem(
            kind=DamageKind.SOURCE, message=f"{source} is noted as stored, but its version is missing. {_REPAIR}"
        )

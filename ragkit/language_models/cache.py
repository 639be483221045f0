"""Replies that are kept, so that the same question on the same lines is not paid for twice.

A reply is kept under a hash of everything that it depends on; neither the question nor the lines are kept. Nothing that
goes wrong here keeps an answer from being given.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import time

from ragkit.deployment.deployment import CacheSettings, ProviderSettings
from ragkit.errors import StoreError
from ragkit.language_models.base import ChatRequest
from ragkit.language_models.private_files import PrivateDatabase
from ragkit.language_models.reading import ModelReply
from ragkit.language_models.sealing import Sealing, sealing_of
from ragkit.language_models.tokens import Usage

_FORMAT = "replies-1"
_FULL = 0.9  # of the size that is allowed is left when room was made
_DAY = 86_400.0
_FILE = "replies.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS mark (mark TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (
  name BLOB PRIMARY KEY, sealed BLOB NOT NULL, size INTEGER NOT NULL, kept_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS replies_by_age ON replies (kept_at, size);
"""
_FIND = "SELECT CAST(sealed AS BLOB), CAST(kept_at AS REAL) FROM replies WHERE name = ?"  # whatever damage made of them


class ReplyCache:
    """Kept replies in one SQLite file. Safe to use from many threads and processes.

    Args:
        folder: where the file stands; made where it is missing, for this user only.
        sealing: how replies are written.
        days: how long a reply is kept.
        megabytes: how much is kept; the oldest go first.
        clock: seconds since 1970; for tests.
    """

    def __init__(
        self, folder: Path, sealing: Sealing, *, days: int, megabytes: float, clock: Callable[[], float] = time
    ) -> None:
        self._sealing = sealing
        self._seconds = days * _DAY
        self._most = int(megabytes * 1_000_000)
        self._clock = clock
        self._file = PrivateDatabase(folder / _FILE, _TABLES, self._prepare)
        self._file.use(lambda database: None, None)  # what was kept in another way goes now, not at the first question

    def find(self, request: ChatRequest, settings: ProviderSettings) -> ModelReply | None:
        """The reply that this provider gave to this request before.

        What cannot be read any more, or is too old, is thrown away.
        """
        name = self._name(request, settings)
        return self._file.use(lambda database: self._find(database, name), None) if name else None

    def keep(self, request: ChatRequest, settings: ProviderSettings, reply: ModelReply) -> None:
        """Keeps a reply that was found usable."""
        name = self._name(request, settings)
        if name:
            written = [reply.text, reply.usage.input_tokens, reply.usage.output_tokens]
            sealed = self._sealing.seal(json.dumps(written).encode(), name)
            self._file.use(lambda database: self._keep(database, name, sealed), None)

    def forget(self, request: ChatRequest, settings: ProviderSettings) -> None:
        """Throws one reply away: it turned out not to be usable."""
        name = self._name(request, settings)
        if name:
            self._file.use(lambda database: _delete(database, name), None)

    def forget_all(self) -> bool:
        """Throws every reply away, so that no trace of it is left in the file.

        Returns:
            Whether that worked. Where not, the log says so, and the file has to be deleted by hand.
        """
        return self._file.use(_forget_all, False, insist=True)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _name(self, request: ChatRequest, settings: ProviderSettings) -> bytes:
        """Under what a reply is kept; empty where it is not to be kept."""
        return b"" if request.cache_text is None else self._sealing.name(_content(request, settings))

    def _prepare(self, database: sqlite3.Connection) -> None:
        """What was kept in another way, or under another key, is of no use, and perhaps in clear."""
        if database.execute("SELECT mark FROM mark").fetchall() != [(self._sealing.mark,)]:
            _forget_all(database)
            database.execute("DELETE FROM mark")
            database.execute("INSERT INTO mark VALUES (?)", (self._sealing.mark,))

    def _find(self, database: sqlite3.Connection, name: bytes) -> ModelReply | None:
        row = database.execute(_FIND, (name,)).fetchone()
        if row is None:
            return None
        text = self._sealing.open(row[0], name) if row[1] > self._clock() - self._seconds else None
        reply = _read(text) if text is not None else None
        if reply is None:
            _delete(database, name)
        return reply

    def _keep(self, database: sqlite3.Connection, name: bytes, sealed: bytes) -> None:
        now = self._clock()
        database.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", (name, sealed, len(sealed), now))
        database.execute("DELETE FROM replies WHERE kept_at <= ?", (now - self._seconds,))
        (size,) = database.execute("SELECT total(size) FROM replies").fetchone()
        if size > self._most:
            _make_room(database, size - self._most * _FULL)


def build_cache(settings: CacheSettings) -> ReplyCache | None:
    """The cache of a deployment; None where none is wanted.

    Raises:
        SettingsError: encryption is wanted, and its key or its library is missing.
    """
    if settings.folder is None:
        return None
    sealing = sealing_of(settings)
    return ReplyCache(settings.folder.expanduser(), sealing, days=settings.days, megabytes=settings.megabytes)


def forget_replies(settings: CacheSettings) -> None:
    """Throws every kept reply away, whoever keeps them, without their key: for purging what they may repeat.

    Raises:
        StoreError: that did not work.
    """
    if settings.folder is None:
        return
    path = settings.folder.expanduser() / _FILE
    if not path.exists():
        return
    file = PrivateDatabase(path, _TABLES)
    is_done = file.use(_forget_all, False, insist=True)
    file.close()
    if not is_done:
        raise StoreError(f"The kept replies of language models could not be deleted. Delete the file {path} by hand.")


def _content(request: ChatRequest, settings: ProviderSettings) -> bytes:
    """All that a reply depends on. What was asked stands in ``cache_text``."""
    return json.dumps(
        {
            "format": _FORMAT,
            "ragkit": version("ragkit"),
            "server": [settings.base_url, settings.kind, settings.api_version],
            "model": settings.model,
            "reply_format": settings.reply_format.value,
            "output_tokens": settings.output_tokens,
            "sampling": dict(request.sampling),
            "purpose": request.purpose,
            "schema": [request.schema_name, dict(request.schema) if request.schema is not None else None],
            "roles": [message.role for message in request.messages],
            "text": request.cache_text,
        },
        sort_keys=True,
    ).encode()


def _make_room(database: sqlite3.Connection, wanted: float) -> None:
    """Throws the oldest replies away until so many bytes are free."""
    for name, size in database.execute("SELECT name, size FROM replies ORDER BY kept_at").fetchall():
        if wanted <= 0:
            break
        _delete(database, name)
        wanted -= size


def _delete(database: sqlite3.Connection, name: bytes) -> None:
    database.execute("DELETE FROM replies WHERE name = ?", (name,))


def _forget_all(database: sqlite3.Connection) -> bool:
    database.execute("DELETE FROM replies")
    database.execute("VACUUM")
    (busy, _, _) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _read(text: bytes) -> ModelReply | None:
    try:
        reply, input_tokens, output_tokens = json.loads(text)
        return ModelReply(str(reply), Usage(int(input_tokens), int(output_tokens)))
    except (ValueError, TypeError):
        return None

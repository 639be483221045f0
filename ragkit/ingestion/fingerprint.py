"""What decides how a file becomes chunks and vectors: when it changes, they have to be made anew."""

from __future__ import annotations

import hashlib

from ragkit.embedding.base import Embedder
from ragkit.settings import Settings

READER_VERSION = 3
"""Raise it when a change in ``documents/`` reads other text, blocks or governance out of the same file."""

CHUNKER_VERSION = 1
"""Raise it when a change in ``chunking/`` makes other chunks of the same document."""


def chunk_fingerprint(settings: Settings, embedder: Embedder) -> str:
    """Hexadecimal fingerprint of the chunker, its settings and the embedding model."""
    return _fingerprint(str(CHUNKER_VERSION), str(settings.chunk_tokens), embedder.fingerprint)


def ingest_fingerprint(settings: Settings, embedder: Embedder) -> str:
    """Hexadecimal fingerprint of everything between a file and its vectors."""
    return _fingerprint(str(READER_VERSION), chunk_fingerprint(settings, embedder))


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

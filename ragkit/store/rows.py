"""The rows the store hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ragkit.documents.governance import Status


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One document version in the catalogue, without its text.

    Attributes:
        version_key: the integer that stands for this version everywhere in the store. Never used again for another.
        document_id: the policy; its versions share it.
        version: the version's label.
        title, reference_number, owner, approver, status, site, applies_to, audience, roles, original_date,
        effective_date, revised_date, last_reviewed, review_due, retired_date, supersedes: see ``Governance``.
        source: the file's path relative to the folder that was ingested.
        media_type: what its content is.
        content_hash: SHA-256 of the file, hexadecimal.
        chunk_count: how many chunks it has; 0 for a removed version.
        embedding_fingerprint: which embedder made its vectors.
        stored_at: when it was stored, ISO 8601 in UTC.
        removed_at: when it was taken out of search, ISO 8601 in UTC; None for a version that can be searched.
    """

    version_key: int
    document_id: str
    version: str
    title: str
    reference_number: str | None
    owner: str | None
    approver: str | None
    status: Status
    site: str | None
    applies_to: tuple[str, ...]
    audience: tuple[str, ...]
    roles: tuple[str, ...]
    original_date: date | None
    effective_date: date | None
    revised_date: date | None
    last_reviewed: date | None
    review_due: date | None
    retired_date: date | None
    supersedes: str | None
    source: str
    media_type: str
    content_hash: str
    chunk_count: int
    embedding_fingerprint: str
    stored_at: str
    removed_at: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a search found.

    Attributes:
        version_key: the version it belongs to.
        chunk_index: which of its chunks.
        score: higher is better; BM25 (unbounded) or cosine similarity (-1..1).
    """

    version_key: int
    chunk_index: int
    score: float


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source file since it was last looked at, for the quick check whether it has changed.

    Attributes:
        source: the file's path relative to the ingested folder.
        site: the ``site`` argument of the ingest; the same relative path may come in for two sites.
        size: in bytes.
        modified_ns: modification time in nanoseconds.
        content_hash: SHA-256 of the file (and of what else decides how it reads, such as its sidecar), hexadecimal.
        settings_hash: fingerprint of the reader, the chunker and the embedder that read it.
        version_key: the version it became; None where it could not be read.
        remarks: what the ingest report said about it, as JSON; repeated when the file is met again unchanged.
    """

    source: str
    size: int
    modified_ns: int
    content_hash: str
    settings_hash: str
    site: str | None = None
    version_key: int | None = None
    remarks: str = "[]"


@dataclass(frozen=True, slots=True)
class PutResult:
    """What ``Store.put`` did.

    Attributes:
        version_key: the key of the version that was stored.
        replaced: versions that it took the place of: the same version label, or the same file read differently. They
            are no longer searched; their text stays until purged.
        previous_of_source: what the same file held before, where that was another document or another version and
            is still searched. Whether it is still in force is for the caller to say.
    """

    version_key: int
    replaced: tuple[int, ...] = ()
    previous_of_source: int | None = None

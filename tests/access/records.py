"""A version record for the tests of access: what a row of the store looks like, with everything optional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ragkit.documents.governance import Status


@dataclass(frozen=True)
class Version:
    version_key: int
    document_id: str = "hand-hygiene"
    version: str = "unlabelled"
    source: str = "hand-hygiene.pdf"
    reference_number: str | None = None
    status: Status = Status.ACTIVE
    effective_date: date | None = None
    revised_date: date | None = None
    retired_date: date | None = None
    supersedes: str | None = None
    site: str | None = None
    roles: tuple[str, ...] = ()

"""Documents as resources: an address for each version, so that a citation can be opened."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

URI_TEMPLATE = "ragkit://documents/{document_id}/{version}"
_URI = re.compile(r"ragkit://documents/([^/?#]+)/([^/?#]+)")


def document_uri(document_id: str, version: str) -> str:
    """The address of a document version."""
    return f"ragkit://documents/{quote(document_id, safe='')}/{quote(version, safe='')}"


def named_document(uri: str) -> tuple[str, str] | None:
    """The document id and version that an address names; None where it is no address of a document."""
    found = _URI.fullmatch(uri)
    return (unquote(found[1]), unquote(found[2])) if found else None

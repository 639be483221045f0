"""Small documents for the tests of governance, written as a reader would hand them on."""

from __future__ import annotations

from typing import Any

from ragkit.documents.document import BlockKind, Problem
from ragkit.documents.governance import Governance
from ragkit.documents.governance.reading import read_governance
from ragkit.documents.parsed import CanonicalTextBuilder, ParsedSource

HEADING, PARAGRAPH, HEADER = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.HEADER_BLOCK


def parsed(
    *header: str,
    body: tuple[tuple[BlockKind, str], ...] = (),
    running: tuple[str, ...] = (),
    properties: dict[str, str] | None = None,
    front_matter: dict[str, Any] | None = None,
) -> ParsedSource:
    """A document of one page with the given lines in its header block."""
    builder = CanonicalTextBuilder()
    builder.start_page(1)
    for line in header:
        builder.add(HEADER, line)
    for kind, text in body:
        builder.add(kind, text)
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/pdf",
        running_lines=running,
        properties=properties or {},
        front_matter=front_matter or {},
    )


def read(*header: str, source: str = "policies/file.pdf", **options: Any) -> tuple[Governance, tuple[Problem, ...]]:
    """Governance and problems of a document with the given header lines."""
    own = {name: options.pop(name) for name in ("body", "running", "properties", "front_matter") if name in options}
    return read_governance(parsed(*header, **own), source=source, **options)


def governance(*header: str, **options: Any) -> Governance:
    """The governance alone."""
    return read(*header, **options)[0]

"""Which document a question set means by a name: a path, a document id or a reference number."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Protocol

from ragkit.documents.governance.numbers import number_key

_SUFFIXES = frozenset({".pdf", ".docx", ".html", ".htm", ".md", ".markdown", ".txt", ".text", ".rtf", ".doc"})


class Named(Protocol):
    """What a document goes by: a row of the catalogue, a citation, a passage."""

    @property
    def document_id(self) -> str:
        """The policy."""
        ...

    @property
    def source(self) -> str:
        """Its file."""
        ...

    @property
    def reference_number(self) -> str | None:
        """Its number."""
        ...


def is_named(document: Named, name: str) -> bool:
    """Whether ``name`` means this document.

    It does if it is the document's id or its reference number, or a path whose parts end like those of the document's
    file, or the other way round; suffix and capitals do not count. So "nursing/iv-care.pdf", "iv-care" and
    "library/nursing/iv-care.pdf" all name the file "nursing/iv-care.pdf".
    """
    if name.casefold() == document.document_id.casefold():
        return True
    if document.reference_number and number_key(name) == number_key(document.reference_number):
        return True
    mine, theirs = _parts(document.source), _parts(name)
    shared = min(len(mine), len(theirs))
    return shared > 0 and mine[-shared:] == theirs[-shared:]


def _parts(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path.casefold().replace("\\", "/")).parts
    if not parts:
        return ()
    last = PurePosixPath(parts[-1])
    return (*parts[:-1], last.stem if last.suffix in _SUFFIXES else last.name)

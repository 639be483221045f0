"""How a document is classified: whether its lines may leave the institution. What is unclear stays inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ragkit.documents.governance.governance import Classification, FieldOrigin

FIELD = "classification"

_SHAREABLE = {"shareable", "public"}
_INTERNAL_ONLY = {"internal_only", "internal", "internal_use_only", "confidential", "restricted"}
_ORIGINS = {
    "sidecar": FieldOrigin.SIDECAR,
    "folder file": FieldOrigin.FOLDER_FILE,
    "front matter": FieldOrigin.FRONT_MATTER,
}


def classification_of(value: Any) -> Classification:
    """What a written value means. Whatever is not known to permit sharing does not."""
    return Classification.SHAREABLE if _plain(value) in _SHAREABLE else Classification.INTERNAL_ONLY


def classified(sources: Mapping[str, Mapping[str, Any] | None]) -> tuple[Classification, FieldOrigin] | None:
    """The classification that files give a document: its sidecar's; else internal-only as soon as one says so.

    Args:
        sources: what is written in the "sidecar", the "folder file" and the "front matter".

    Returns:
        The classification and the file it is from; None where no file says anything.
    """
    stated = [(classification_of(value), _ORIGINS[place]) for place, value in _written(sources)]
    from_sidecar = [each for each in stated if each[1] is FieldOrigin.SIDECAR]
    strictest = [each for each in stated if each[0] is Classification.INTERNAL_ONLY]
    return next(iter([*from_sidecar, *strictest, *stated]), None)


def unknown_classifications(sources: Mapping[str, Mapping[str, Any] | None]) -> Iterator[tuple[str, Any]]:
    """Each place whose word for it is not known, with the word."""
    for place, value in _written(sources):
        if _plain(value) not in _SHAREABLE | _INTERNAL_ONLY:
            yield place, value


def _written(sources: Mapping[str, Mapping[str, Any] | None]) -> Iterator[tuple[str, Any]]:
    for place, fields in sources.items():
        for name, value in (fields or {}).items():
            named = str(name).strip().casefold().replace("-", "_").removeprefix("dc.")
            if named == FIELD and value is not None:
                yield place, value


def _plain(value: Any) -> str:
    return "_".join(str(value).strip().casefold().replace("-", " ").replace("_", " ").split())

"""Front matter and document properties: fields under many names, written by many tools, never a reason to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.governance.dates import DateOrder
from ragkit.documents.governance.governance_file import FIELDS, validate_sidecar
from ragkit.documents.governance.header import status_named
from ragkit.documents.governance.labels import Label, label_of
from ragkit.errors import SettingsError

_FIELD_OF_LABEL = {
    Label.TITLE: "title",
    Label.NUMBER: "reference_number",
    Label.OWNER: "owner",
    Label.APPROVER: "approver",
    Label.ORIGINAL: "original_date",
    Label.EFFECTIVE: "effective_date",
    Label.REVISED: "revised_date",
    Label.REVIEWED: "last_reviewed",
    Label.REVIEW: "review_due",
    Label.REVIEW_DUE: "review_due",
    Label.RETIRED: "retired_date",
    Label.SUPERSEDES: "supersedes",
    Label.STATUS: "status",
    Label.VERSION: "version",
    Label.APPLIES_TO: "applies_to",
    Label.AUDIENCE: "audience",
}
_NOT_GOVERNANCE = {
    "author", "authors", "subject", "keywords", "created", "modified", "creator", "producer", "creationdate", "moddate",
    "revision", "identifier", "category", "comments", "language", "last_modified_by", "lastmodifiedby", "date",
    "description", "generator", "viewport", "charset", "robots", "trapped", "company", "manager", "template",
}  # fmt: skip
_ALIASES = {"content_status": "status", "contentstatus": "status", "number": "reference_number", "id": None}
_ACCESS = ("roles", "site", "classification")


def front_matter_fields(
    values: Mapping[str, Any], source: str, order: DateOrder | None
) -> tuple[dict[str, Any], list[Problem]]:
    """The governance in a document's front matter or HTML ``<meta>`` names.

    Keys that say nothing about governance are passed over. A value that cannot be used is reported and left out, except
    that unusable ``roles`` close the document: they stay as written, which nobody's role will match.

    Returns:
        The fields, and what is wrong with the others.
    """
    return _fields(values, f"The front matter of {source}", order, allowed=(*FIELDS,))


def property_fields(
    values: Mapping[str, str], source: str, order: DateOrder | None
) -> tuple[dict[str, Any], list[Problem]]:
    """The governance in custom document properties ("Policy Number"); the title is judged elsewhere, access never."""
    allowed = tuple(name for name in FIELDS if name != "title" and name not in _ACCESS)
    return _fields(values, f"The document properties of {source}", order, allowed=allowed)


def _fields(
    values: Mapping[str, Any], where: str, order: DateOrder | None, allowed: tuple[str, ...]
) -> tuple[dict[str, Any], list[Problem]]:
    fields: dict[str, Any] = {}
    problems: list[Problem] = []
    named = [(_field_named(str(key)), value) for key, value in values.items()]
    named.sort(key=lambda pair: pair[0] not in values)
    for name, value in named:
        if name is None or name not in allowed or name in fields or value is None or not str(value).strip():
            continue
        if isinstance(value, float):
            value = str(value)
        if name == "status":
            value = status_named(str(value)) or value
        try:
            fields.update(validate_sidecar({name: value}, where, order).stated())
        except SettingsError as error:
            if name == "roles":
                fields[name] = (str(value),)
            problems.append(Problem(kind=_problem_kind(name), message=str(error)))
    return fields, problems


def _field_named(key: str) -> str | None:
    plain = key.strip().casefold().replace("-", "_").replace(" ", "_").removeprefix("dc.").removeprefix("dcterms.")
    if plain in FIELDS:
        return plain
    if plain in _ALIASES:
        return _ALIASES[plain]
    if plain in _NOT_GOVERNANCE:
        return None
    label = label_of(key)
    return _FIELD_OF_LABEL.get(label) if label is not None else None


def _problem_kind(name: str) -> ProblemKind:
    dated = name.endswith("_date") or name in ("last_reviewed", "review_due")
    return ProblemKind.IMPOSSIBLE_DATE if dated else ProblemKind.GOVERNANCE_CONFLICT

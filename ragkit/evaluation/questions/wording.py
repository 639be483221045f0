"""Pydantic's errors in the words of somebody who writes questions."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from ragkit.evaluation.questions.raw import Location

_PLAIN = {
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
    "date_type": "must be a date; write it as 2026-01-31",
    "date_parsing": "must be a date; write it as 2026-01-31",
    "date_from_datetime_parsing": "must be a date; write it as 2026-01-31",
    "date_from_datetime_inexact": "must be a date without a time; write it as 2026-01-31",
    "greater_than_equal": "must be at least 1",
}


def field_errors(
    error: ValidationError, data: Any, models: Mapping[Location, type[BaseModel]]
) -> list[tuple[Location, str]]:
    """What a validation found, one entry for each field that is wrong.

    Args:
        error: what pydantic raised.
        data: what was validated.
        models: which model stands where, by the way without positions: (), ("gold",); for the names of known fields.

    Returns:
        (way to the field, what is wrong with it), in the order of the fields.
    """
    found: dict[Location, str] = {}
    for detail in error.errors(include_url=False):
        kind = detail["type"]
        location = _existing(detail["loc"], data, one_more=kind in ("missing", "extra_forbidden"))
        found.setdefault(location, _message(kind, detail, location, models))
    return list(found.items())


def nearest(name: object, known: list[str]) -> str:
    """A suggestion to append: "; did you mean 'quote'?", or "" where nothing is near."""
    close = get_close_matches(str(name), known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _existing(location: Location, data: Any, *, one_more: bool) -> Location:
    """The part of a way that leads to something that was written; pydantic adds the names of a union's branches."""
    way: list[str | int] = []
    for step in location:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            if one_more:
                way.append(step)
            break
        way.append(step)
    return tuple(way)


def _message(kind: str, detail: Any, location: Location, models: Mapping[Location, type[BaseModel]]) -> str:
    if kind == "extra_forbidden":
        model = models[tuple(step for step in location[:-1] if isinstance(step, str))]
        return f"unknown field{nearest(location[-1], list(model.model_fields))}"
    if kind == "string_type":
        return _not_text(detail["input"])
    if kind in ("enum", "literal_error"):
        expected = str(detail["ctx"]["expected"])
        known = [name.strip(" '") for name in expected.replace(" or ", ", ").split(",")]
        return f"must be one of {expected}, not {detail['input']!r}{nearest(detail['input'], known)}"
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    return _PLAIN.get(kind, str(detail["msg"]))


def _not_text(value: object) -> str:
    if value is None:
        return "is empty; write a text, or leave the field out"
    if isinstance(value, (dict, list)):
        return "must be a text, or for must_have and nice_to_have a list of texts of which one will do"
    return f"must be text, not {value!r}; put it in quotation marks"

"""What is wrong with the form of a deployment file, in plain words. No value of the file is repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_KEY_NAMES = re.compile(r"(.*_)?(api_?)?(key|token|secret|password|passwd|credentials?|authorization|bearer)", re.I)
_KEY_FORM = re.compile(
    r"\b(sk|gsk|xai)-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}(?![.\w])|\bhf_[A-Za-z0-9]{20,}|^Bearer\s", re.I
)
_HINT = (
    "a key does not stand in this file. Put it into an environment variable and name that in key_variable, or into a "
    "file and name that in key_file; and make the key that stood here invalid"
)
_PLAIN = {
    "missing": "is missing",
    "string_type": "is text in quotes",
    "string_too_short": "is empty",
    "bool_type": "is true or false",
    "bool_parsing": "is true or false",
    "int_type": "is a whole number, without quotes",
    "int_parsing": "is a whole number, without quotes",
    "int_from_float": "is a whole number",
    "float_type": "is a number, without quotes",
    "float_parsing": "is a number, without quotes",
    "finite_number": "is a finite number",
    "tuple_type": "is a list in square brackets",
    "list_type": "is a list in square brackets",
    "dict_type": "is a table",
    "model_type": "is a table",
    "path_type": "is a path in quotes",
}


def explained(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each mistake: where it stands, and what is allowed there."""
    return list(dict.fromkeys(_line(each, model) for each in error.errors(include_url=False)))


def misplaced_keys(content: dict[str, Any]) -> list[str]:
    """A line for each value that looks like a key, or stands under a name that says it is one."""
    return [f"{_place(where)}: {_HINT}." for where in _key_places(content, ())]


def _key_places(content: Any, where: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(content, dict):
        for name, value in content.items():
            if isinstance(value, str) and (_KEY_NAMES.fullmatch(name) or _KEY_FORM.search(value)):
                yield (*where, name)
            else:
                yield from _key_places(value, (*where, name))
    elif isinstance(content, list):
        for number, each in enumerate(content):
            yield from _key_places(each, (*where, number))
    elif isinstance(content, str) and _KEY_FORM.search(content):
        yield where


def _line(error: Any, model: type[BaseModel]) -> str:
    where, kind, context = error["loc"], error["type"], error.get("ctx", {})
    within, trail = _followed(model, where)
    place = _place(trail)
    if kind == "extra_forbidden":
        known = list(within.model_fields)
        name = f"{place}.{where[-1]}" if trail else where[-1]
        return f"{name} is not known.{_suggestion(where[-1], known)} Known are {', '.join(known)}."
    if kind in ("enum", "literal_error"):
        allowed = re.findall(r"'([^']*)'", context.get("expected", ""))
        near = _suggestion(error["input"], allowed) if isinstance(error["input"], str) else ""
        return f"{place} is one of {', '.join(repr(each) for each in allowed)}.{near}"
    for bound, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if bound in context:
            return f"{place} is {words} {context[bound]:g}."
    if kind == "value_error":
        return f"{place}: {context.get('error', 'cannot be used')}."
    return f"{place} {_PLAIN.get(kind, 'has another form than it should')}."


def _place(where: Sequence[Any]) -> str:
    """("providers", 1, "model") as "providers[2].model", counted from 1 as people count."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else str(part)
    return text or "The file"


def _followed(model: type[BaseModel], where: Sequence[Any]) -> tuple[type[BaseModel], list[Any]]:
    """The innermost table that a place leads to, and the place without what is pydantic's own (a union's branches)."""
    trail: list[Any] = []
    inner: type[BaseModel] | None = model
    for part in where:
        if isinstance(part, int):
            trail.append(part)
        elif inner is not None and part in inner.model_fields:
            trail.append(part)
            model, inner = inner, _model_in(inner.model_fields[part].annotation)
    return inner or model, trail


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)


def _suggestion(name: Any, known: Sequence[str]) -> str:
    near = get_close_matches(str(name), known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""

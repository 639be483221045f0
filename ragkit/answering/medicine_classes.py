"""Which class words speak of a medicine: "a thrombolytic" of alteplase, "opiates" of fentanyl."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def speaks_of_class(text: str, medicines: Iterable[str]) -> bool:
    """Whether ``text`` names the class of one of the medicines.

    Args:
        text: lines of a document.
        medicines: names of medicines in lower case, brand and generic.
    """
    classes = _classes()
    patterns = {classes[name] for name in medicines if name in classes}
    return any(pattern.search(text) for pattern in patterns)


def names_member(text: str, names: Iterable[str]) -> bool:
    """Whether ``text`` names the class, or a medicine of it, where one of ``names`` is the name of a class ("lytics").

    Args:
        text: lines of a document.
        names: names in lower case.
    """
    by_name = _members()
    patterns = {by_name[name] for name in names if name in by_name}
    return any(pattern.search(text) for pattern in patterns)


@cache
def _members() -> dict[str, re.Pattern[str]]:
    """Name of a class -> a pattern of its names and its medicines."""
    found: dict[str, list[str]] = {}
    for entry in _entries():
        for name in entry["names"]:
            found.setdefault(name, []).extend((*entry["names"], *entry["members"]))
    return {
        name: re.compile(r"\b(?:" + "|".join(map(re.escape, forms)) + r")\b", re.IGNORECASE)
        for name, forms in found.items()
    }


@cache
def _classes() -> dict[str, re.Pattern[str]]:
    """Medicine -> a pattern of the names of its class."""
    found: dict[str, list[str]] = {}
    for entry in _entries():
        for member in entry["members"]:
            found.setdefault(member, []).extend(entry["names"])
    return {
        member: re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b", re.IGNORECASE)
        for member, names in found.items()
    }


@cache
def _entries() -> list[dict[str, list[str]]]:
    import yaml

    raw = files("ragkit.answering").joinpath("models", "medicine_classes.yaml").read_text(encoding="utf-8")
    entries: list[dict[str, list[str]]] = yaml.safe_load(raw)
    return entries

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


@cache
def _classes() -> dict[str, re.Pattern[str]]:
    """Medicine -> a pattern of the names of its class."""
    import yaml

    raw = files("ragkit.answering").joinpath("models", "medicine_classes.yaml").read_text(encoding="utf-8")
    found = {}
    for entry in yaml.safe_load(raw):
        pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, entry["names"])) + r")\b", re.IGNORECASE)
        found.update(dict.fromkeys(entry["members"], pattern))
    return found

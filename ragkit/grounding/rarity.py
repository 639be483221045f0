"""How much a word says: inverse document frequency over English encyclopaedia articles and health information."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files


@cache
def rarity() -> Callable[[str], float]:
    """Gives for a stem ln(documents / documents with it), between about 0 ("the") and that of the unknown."""
    content = json.loads((files("ragkit.grounding") / "models/rarity.json").read_text(encoding="utf-8"))
    table: dict[str, float] = {}
    for value, stems in content["stems"].items():
        table.update(dict.fromkeys(stems.split(), float(value)))
    unknown = float(content["unknown"])
    return lambda stem: table.get(stem, unknown)

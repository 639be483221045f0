"""Question sets with gold quotes, one JSON object a line: reading them, and judging an answer's citations against them.

Questions for measuring have ``site`` and ``must_have`` (short strings that a right answer has to contain); items for
training have gold quotes only, and their site is the folder of their files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ragkit.evaluation.matching import Cited, all_shown, contains
from ragkit.evaluation.questions.question import GoldSpan


@dataclass(frozen=True)
class Item:
    """One question with what is known about its answer."""

    id: str
    site: str
    question: str
    category: str
    answerable: bool
    gold: tuple[GoldSpan, ...]
    must_have: tuple[str, ...] = ()
    nearest: tuple[GoldSpan, ...] = ()
    paraphrase: str = ""


def load_items(path: Path) -> list[Item]:
    """The items of one file, in its order."""
    return [_item(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _item(data: dict[str, Any]) -> Item:
    gold, nearest = _spans(data.get("gold", ())), _spans(data.get("nearest", ()))
    return Item(
        id=data["id"],
        site=data.get("site") or PurePosixPath((gold + nearest)[0].document).parts[0],
        question=data["question"],
        category=data["category"],
        answerable=data["answerable"],
        gold=gold,
        must_have=tuple(data.get("must_have", ())),
        nearest=nearest,
        paraphrase=data.get("paraphrase", ""),
    )


def _spans(places: Sequence[dict[str, Any]]) -> tuple[GoldSpan, ...]:
    return tuple(GoldSpan(document=place["file"], quote=place["quote"]) for place in places)


def is_complete(item: Item, cited: Sequence[Cited]) -> bool:
    """Whether the citations hold the answer.

    With ``must_have``: every string stands in the quotes, case and punctuation aside. Without: the gold quotes of one
    gold file are shown.
    """
    if item.must_have:
        together = "\n".join(citation.quote for citation in cited)
        return all(contains(together, wanted) for wanted in item.must_have)
    return all_shown(item.gold, cited)

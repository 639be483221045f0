"""Question sets with gold quotes: reading them, and judging an answer's citations against them.

Two formats, one JSON object a line. Questions for measuring have ``site`` and ``must_have`` (short strings that a right
answer has to contain); items for training have gold quotes only, and their site is the folder of their files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

GRAM = 4
QUOTE_OVERLAP = 0.8
"""A quote counts as shown if this share of its word 4-grams stands in the citations."""


@dataclass(frozen=True)
class Gold:
    """A place that answers: a file and the verbatim words."""

    file: str
    quote: str

    @property
    def name(self) -> str:
        """The file without its folder and its suffix: the same document may be read as PDF or as its text."""
        return PurePosixPath(self.file).stem.lower()


@dataclass(frozen=True)
class Item:
    """One question with what is known about its answer."""

    id: str
    site: str
    question: str
    category: str
    answerable: bool
    gold: tuple[Gold, ...]
    must_have: tuple[str, ...] = ()
    nearest: tuple[Gold, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class Cited:
    """One citation of an answer: the source's file name and the quote."""

    source: str
    quote: str

    @property
    def name(self) -> str:
        """The file without its folder and its suffix."""
        return PurePosixPath(self.source).stem.lower()


def load_items(path: Path) -> list[Item]:
    """The items of one file, in its order."""
    return [_item(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _item(data: dict[str, object]) -> Item:
    gold = tuple(Gold(str(g["file"]), str(g["quote"])) for g in data.get("gold", []))  # type: ignore[attr-defined]
    nearest = tuple(Gold(str(g["file"]), str(g["quote"])) for g in data.get("nearest", []))  # type: ignore[attr-defined]
    site = data.get("site") or PurePosixPath((gold + nearest)[0].file).parts[0]
    return Item(
        id=str(data["id"]),
        site=str(site),
        question=str(data["question"]),
        category=str(data["category"]),
        answerable=bool(data["answerable"]),
        gold=gold,
        must_have=tuple(map(str, data.get("must_have", ()))),  # type: ignore[arg-type, call-overload]
        nearest=nearest,
        notes=str(data.get("notes", "")),
    )


def plain_words(text: str) -> list[str]:
    """The words and numbers of a text without case and punctuation."""
    return re.findall(r"[a-z]+|\d+", text.lower().replace("\x02", "-"))


def grams(text: str) -> set[tuple[str, ...]]:
    """The word 4-grams of a text; a shorter text is one gram."""
    words = plain_words(text)
    if len(words) <= GRAM:
        return {tuple(words)} if words else set()
    return {tuple(words[i : i + GRAM]) for i in range(len(words) - GRAM + 1)}


def overlap(quote: str, shown: Iterable[str]) -> float:
    """Share of the quote's word 4-grams that stand in the shown texts, taken one by one and joined in order."""
    wanted = grams(quote)
    if not wanted:
        return 1.0
    shown = list(shown)
    found: set[tuple[str, ...]] = set()
    for text in [*shown, "\n".join(shown)]:
        found |= grams(text)
        if len(plain_words(quote)) < GRAM and _contains(text, quote):
            return 1.0
    return len(wanted & found) / len(wanted)


def _contains(text: str, wanted: str) -> bool:
    spaced, needle = f" {' '.join(plain_words(text))} ", f" {' '.join(plain_words(wanted))} "
    return needle in spaced or (len(needle) > 8 and needle.replace(" ", "") in spaced.replace(" ", ""))


def recall(item: Item, cited: Sequence[Cited]) -> float:
    """Share of the gold words shown, for the gold file that is shown best (several files say the same)."""
    best = 0.0
    for name in {gold.name for gold in item.gold}:
        quotes = [gold.quote for gold in item.gold if gold.name == name]
        shown = [citation.quote for citation in cited if citation.name == name]
        total = sum(len(grams(quote)) for quote in quotes)
        best = max(best, sum(overlap(quote, shown) * len(grams(quote)) for quote in quotes) / max(1, total))
    return best


def is_complete(item: Item, cited: Sequence[Cited]) -> bool:
    """Whether the citations hold the answer.

    With ``must_have``: every string stands in the quotes, case and punctuation aside. Without: every gold quote of one
    gold file is shown to at least ``QUOTE_OVERLAP``.
    """
    if item.must_have:
        together = "\n".join(citation.quote for citation in cited)
        return all(_contains(together, wanted) for wanted in item.must_have)
    for name in {gold.name for gold in item.gold}:
        shown = [citation.quote for citation in cited if citation.name == name]
        if all(overlap(gold.quote, shown) >= QUOTE_OVERLAP for gold in item.gold if gold.name == name):
            return True
    return False


def has_right_source(item: Item, cited: Sequence[Cited]) -> bool:
    """Whether one of the cited files is one of the gold files."""
    return bool({citation.name for citation in cited} & {gold.name for gold in item.gold})

"""How well a chunk's words match a question's: terms as groups of equal forms, weighed by how rare they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragkit.chunking.chunk import Chunk
from ragkit.retrieval.query import Query
from ragkit.retrieval.words import stems
from ragkit.store.rows import VersionRow

_LINE_END = re.compile(r"\n|(?<=[.;:?!])\s+(?=[A-Z(])")
_BM25_K1 = 1.2
_BM25_B = 0.4
_USUAL_LENGTH = 120
HEADING_COUNT = 2.0
"""A term in the title or section trail counts as this many in the body."""


@dataclass(frozen=True)
class TermGroup:
    """A term and its variants as one thing to look for.

    Attributes:
        forms: each form as its stems joined by spaces.
        phrases: each form as written, for the full-text search.
        weight: the term's weight times its inverse document frequency.
    """

    forms: tuple[str, ...]
    phrases: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class ChunkWords:
    """A chunk's words, prepared for matching: single stems counted, and all stems as one padded string for phrases."""

    body: Counter[str]
    body_text: str
    heading: frozenset[str]
    heading_text: str
    length: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class WordMatch:
    """How a chunk matches.

    Attributes:
        bm25: group BM25 (Robertson and Zaragoza 2009, with a group of forms as one term), as a share of the highest
            possible sum.
        coverage: weight of the terms that occur in body or heading, as a share of all.
        heading: weight of the terms that occur in title or section trail, as a share of all.
        line: weight of the terms that occur together in one line or sentence, as a share of all; of the best line.
    """

    bm25: float = 0.0
    coverage: float = 0.0
    heading: float = 0.0
    line: float = 0.0


def term_groups(
    query: Query, frequency: Callable[[Sequence[str]], int], chunk_count: int, *, variants: bool = True
) -> tuple[TermGroup, ...]:
    """The query's terms as groups, weighed by rarity: idf = ln(1 + (N - n + 0.5) / (n + 0.5)), n of the whole group."""
    groups = []
    for term in query.terms:
        phrases = (term.text, *term.variants) if variants else (term.text,)
        forms = tuple(dict.fromkeys(form for form in (" ".join(stems(phrase)) for phrase in phrases) if form))
        if not forms:
            continue
        found = frequency(phrases)
        idf = math.log(1 + (max(chunk_count - found, 0) + 0.5) / (found + 0.5))
        groups.append(TermGroup(forms, phrases, term.weight * idf if found else 0.0))
    return tuple(groups)


def chunk_words(chunk: Chunk, row: VersionRow, *, section: bool = True) -> ChunkWords:
    """Prepares a chunk."""
    body = stems(chunk.text)
    heading = stems(" ".join((row.title, row.reference_number or "", *(chunk.section if section else ()))))
    lines = tuple(f" {' '.join(stems(line))} " for line in _LINE_END.split(chunk.text) if line.strip())
    return ChunkWords(
        Counter(body), f" {' '.join(body)} ", frozenset(heading), f" {' '.join(heading)} ", len(body), lines
    )


def match_words(groups: Sequence[TermGroup], words: ChunkWords) -> WordMatch:
    """Matches a chunk's words against the groups."""
    total = sum(group.weight for group in groups)
    if total <= 0:
        return WordMatch()
    norm = _BM25_K1 * (1 - _BM25_B + _BM25_B * words.length / _USUAL_LENGTH)
    bm25 = coverage = heading = 0.0
    present: list[tuple[float, tuple[str, ...]]] = []
    for group in groups:
        if group.weight <= 0:
            continue
        in_heading = any(_in_heading(form, words) for form in group.forms)
        count = sum(_count(form, words) for form in group.forms) + HEADING_COUNT * in_heading
        if not count:
            continue
        coverage += group.weight
        heading += group.weight * in_heading
        bm25 += group.weight * count * (_BM25_K1 + 1) / (count + norm)
        present.append((group.weight, tuple(f" {form} " for form in group.forms if _count(form, words))))
    line = max((_line_weight(present, line) for line in words.lines), default=0.0)
    return WordMatch(bm25 / (total * (_BM25_K1 + 1)), coverage / total, heading / total, line / total)


def _line_weight(present: Sequence[tuple[float, tuple[str, ...]]], line: str) -> float:
    return sum(weight for weight, forms in present if any(form in line for form in forms))


def _count(form: str, words: ChunkWords) -> int:
    return words.body_text.count(f" {form} ") if " " in form else words.body[form]


def _in_heading(form: str, words: ChunkWords) -> bool:
    return f" {form} " in words.heading_text if " " in form else form in words.heading

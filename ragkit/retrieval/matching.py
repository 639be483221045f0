"""How well a chunk's words match a question's: terms as groups of equal forms, weighed by how rare they are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragkit.chunking.chunk import Chunk
from ragkit.retrieval.query import Query
from ragkit.retrieval.words import stems
from ragkit.store.rows import VersionRow

_LINE_END = re.compile(r"\n|(?<=[.;:?!])\s+(?=[A-Z(])")
_LINE_BREAK = " \n "
_BM25_K1 = 1.2
_BM25_B = 0.4
_USUAL_LENGTH = 120
HEADING_COUNT = 2.0
"""A term in the title or section trail counts as this many in the body."""


@dataclass(frozen=True)
class TermGroup:
    """A term and its variants as one thing to look for.

    Attributes:
        forms: each form as its stems, joined by spaces and with a space on either side.
        phrases: each form as written, for the full-text search.
        weight: the term's weight times its inverse document frequency.
    """

    forms: tuple[str, ...]
    phrases: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class ChunkWords:
    """A chunk's words, prepared for matching: stems with a space on either side, so that " stem " finds whole words.

    Attributes:
        body: the stems of its text, a line break after every line or sentence.
        heading: the stems of title, number and section trail.
        length: number of words of the body.
    """

    body: str
    heading: str
    length: int


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
    """The query's terms as groups, weighed by rarity: idf = ln(1 + (N - n + 0.5) / (n + 0.5)), n of the whole group.

    Terms that occur in no chunk of the scope are left out: nothing can be found by them.
    """
    groups = []
    for term in query.terms:
        phrases = (term.text, *term.variants) if variants else (term.text,)
        forms = tuple(dict.fromkeys(f" {' '.join(found)} " for phrase in phrases if (found := stems(phrase))))
        if not forms:
            continue
        holding = frequency(phrases)
        if holding:
            idf = math.log(1 + (max(chunk_count - holding, 0) + 0.5) / (holding + 0.5))
            groups.append(TermGroup(forms, phrases, term.weight * idf))
    return tuple(groups)


def chunk_words(chunk: Chunk, row: VersionRow, *, section: bool = True) -> ChunkWords:
    """Prepares a chunk."""
    lines = [" ".join(stems(line)) for line in _LINE_END.split(chunk.text)]
    heading = (row.title, row.reference_number or "", *(chunk.section if section else ()))
    body = f" {_LINE_BREAK.join(line for line in lines if line)} "
    return ChunkWords(body, f" {' '.join(stems(' '.join(heading)))} ", body.count(" ") - body.count("\n") - 1)


def match_words(groups: Sequence[TermGroup], words: ChunkWords) -> WordMatch:
    """Matches a chunk's words against the groups."""
    total = sum([group.weight for group in groups])
    if total <= 0:
        return WordMatch()
    norm = _BM25_K1 * (1 - _BM25_B + _BM25_B * words.length / _USUAL_LENGTH)
    bm25 = coverage = heading = 0.0
    present: list[TermGroup] = []
    for group in groups:
        weight = group.weight
        count = 0.0
        for form in group.forms:
            count += words.body.count(form)
        if count:
            present.append(group)
        if any(form in words.heading for form in group.forms):
            heading += weight
            count += HEADING_COUNT
        if count:
            coverage += weight
            bm25 += weight * count * (_BM25_K1 + 1) / (count + norm)
    line = _best_line(present, words.body)
    return WordMatch(bm25 / (total * (_BM25_K1 + 1)), coverage / total, heading / total, line / total)


def _best_line(present: Sequence[TermGroup], body: str) -> float:
    """Weight of the groups that occur together in one line; ``present`` are those that occur at all."""
    if len(present) < 2:
        return sum([group.weight for group in present])
    best = 0.0
    for line in body.split("\n"):
        weight = 0.0
        for group in present:
            for form in group.forms:
                if form in line:
                    weight += group.weight
                    break
        best = max(best, weight)
    return best

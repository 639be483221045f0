"""Which terms of the question a piece of text covers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import mul
from typing import Protocol

from ragkit.answering.words import root, words
from ragkit.retrieval.query import Query
from ragkit.retrieval.words import STOP_WORDS

FAMILY_CREDIT = 0.7
"""What a match by word family ("authorization" for "authorized") counts, against 1 for the word itself."""


class CorpusStatistics(Protocol):
    """What the answerer has to know of all the texts the reader may see."""

    @property
    def chunk_count(self) -> int:
        """How many chunks the reader may see."""
        ...

    def document_frequency(self, phrases: Sequence[str]) -> int:
        """In how many of those chunks at least one of the phrases (a term and its variants) occurs."""
        ...


@dataclass(frozen=True, slots=True)
class TextView:
    """A text prepared for matching.

    Attributes:
        stems: its stems, space-separated and with a space at either end.
        roots: the word families of its words.
        length: number of words.
    """

    stems: str
    roots: frozenset[str]
    length: int


@lru_cache(maxsize=16384)
def view(text: str) -> TextView:
    """The matching view of a text."""
    stems = words(text)
    return TextView(f" {' '.join(stems)} ", frozenset(map(root, stems)), len(stems))


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """A term of the question, ready to be looked for.

    Attributes:
        text: as asked.
        phrases: the term and its variants as stems, each with a space at either end.
        roots: word families of the single-word forms.
        idf: how rare it is in the texts the reader may see.
        weight: idf times the query's own weight.
        occurs: whether it, or a variant, occurs in those texts at all.
    """

    text: str
    phrases: tuple[str, ...]
    roots: frozenset[str]
    idf: float
    weight: float
    occurs: bool

    def credit(self, text: TextView) -> float:
        """1 where the term or a variant stands in the text, ``FAMILY_CREDIT`` for a word of its family, else 0."""
        stems = text.stems
        for phrase in self.phrases:
            if phrase in stems:
                return 1.0
        if not self.roots.isdisjoint(text.roots):
            return FAMILY_CREDIT
        return 0.0


Credits = tuple[float, ...]
"""For each term of the question, how well some text covers it, 0..1."""


@dataclass(frozen=True)
class Question:
    """The question as the answerer sees it.

    Attributes:
        query: what the retriever understood.
        terms: its terms with their weights.
        total: sum of the weights of the terms that occur in the readable texts; at least a small positive number.
    """

    query: Query
    terms: tuple[QuestionTerm, ...]
    total: float
    _known: dict[str, Credits] = field(default_factory=dict, repr=False, compare=False)

    def credits(self, text: str) -> Credits:
        """For each term, how well the text covers it. Remembered: headings and lead-ins come up again and again."""
        known = self._known.get(text)
        if known is None:
            seen = view(text)
            known = self._known[text] = tuple(term.credit(seen) for term in self.terms)
        return known

    def coverage(self, credits: Sequence[float]) -> float:
        """Share of the question's weight that these credits stand for, 0..1."""
        return float(sum(map(mul, self._weights, credits))) / self.total

    @cached_property
    def _weights(self) -> tuple[float, ...]:
        return tuple(term.weight for term in self.terms)


def prepare_question(query: Query, statistics: CorpusStatistics) -> Question:
    """Weighs the question's terms by how rare they are in what the reader may see.

    The inverse document frequency is the one of BM25 (Robertson and Zaragoza 2009, equation 3.3), kept positive.
    """
    count = max(1, statistics.chunk_count)
    terms: list[QuestionTerm] = []
    for term in query.terms:
        phrases = tuple(dict.fromkeys(_stemmed_phrases((term.text, *term.variants))))
        if not phrases:
            continue
        frequency = min(count, statistics.document_frequency((term.text, *term.variants)))
        idf = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
        single = frozenset(root(phrase.strip()) for phrase in phrases if " " not in phrase.strip())
        terms.append(
            QuestionTerm(
                text=term.text,
                phrases=phrases,
                roots=single,
                idf=idf,
                weight=idf * term.weight,
                occurs=frequency > 0,
            )
        )
    total = sum(term.weight for term in terms if term.occurs)
    return Question(query, tuple(terms), max(total, 1e-6))


def _stemmed_phrases(forms: Iterable[str]) -> Iterable[str]:
    for form in forms:
        stems = words(form)
        if stems and not (len(stems) == 1 and stems[0] in STOP_WORDS):
            yield f" {' '.join(stems)} "

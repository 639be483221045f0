"""A proposed question: the words, the place that answers, and the pattern it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ragkit.access.catalogue import DocumentRow
from ragkit.answering.patterns import AMOUNT, DURATION
from ragkit.answering.sentences import sentence_spans
from ragkit.documents.document import Block, BlockKind, Document

_MARKER = re.compile(
    r"^(?:[•▪◦‣·●○■□\-–—*>]+\s*|o\s+|\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Za-z]|[ivxIVX]{1,5})[.)](?=\s)\s*|"
    r"\d{1,2}(?:\.\d{1,2}){1,3}\s+(?=[A-Z“\"(]))+"
)
_NUMBERING = re.compile(
    r"^(?:(?:section|article|part)\s+)?(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVXA-Z]{1,4}[.)])\s+", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"^(?:polic(?:y|ies)|ref(?:erence)?|no)?\.?\s*(?:[A-Z]{1,5}[- ]?)?\d{2,5}[\w.-]*\s*[:–-]?\s+", re.I
)
_DETERMINERS = frozenset(["a", "an", "the", "all", "any", "each", "every", "no", "two"])
_LONGEST_ABBREVIATION = 5
_SMALL = frozenset(["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_FIGURES = re.compile(rf"(?:{AMOUNT.pattern}|{DURATION.pattern})(?:/[A-Za-z]+)*", re.IGNORECASE)


class DraftKind(StrEnum):
    """The patterns that questions are drafted from."""

    TABLE = "table"
    DEFINITION = "definition"
    LIST = "list"
    HEADING = "heading"
    TIME_LIMIT = "time_limit"
    DOSE = "dose"
    WHO_MAY = "who_may"
    NEAR_MISS = "near_miss"


@dataclass(frozen=True)
class Proposal:
    """A proposed question.

    Attributes:
        kind: the pattern.
        question: the words, without a hint at the document.
        category: of the question set.
        start, end: the span of the document's text that answers.
        page: on which the span starts.
        section: the headings above it.
        must_have: what a right answer has to contain; stands in the span.
        pattern: what it was read from, in words.
        weight: how likely it is a good question, 0..1; only for choosing among those of one document.
        core: the question before document and section were named.
    """

    kind: DraftKind
    question: str
    category: str
    start: int
    end: int
    page: int | None
    section: tuple[str, ...]
    must_have: tuple[str, ...]
    pattern: str
    weight: float = 0.5
    core: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence of a document, without the marker of its list item."""

    text: str
    start: int
    end: int
    block: Block


@dataclass(frozen=True)
class Source:
    """A document that questions are drafted from.

    Attributes:
        row: of the list of documents.
        document: its text and blocks.
        names: words that are names, of places and people: they keep their capital.
    """

    row: DocumentRow
    document: Document
    names: frozenset[str] = frozenset()

    def words(self, block: Block) -> str:
        """A block's words without list marker, on one line."""
        return plain(self.document.text[block.start : block.end])

    @cached_property
    def title(self) -> str:
        """The document's title as it is spoken of: without number, not in capitals."""
        return self.spoken(self.row.title)

    @cached_property
    def small_words(self) -> frozenset[str]:
        """Words that the document also writes in lower case: they may lose their capital."""
        return frozenset(re.findall(r"\b[a-z][a-z'-]*\b", self.document.text))

    def lowered(self, text: str) -> str:
        """With a small first letter, unless the first word is a name or an abbreviation."""
        first, *rest = text.split() or [""]
        if first == "A":
            return f"a{text[1:]}"
        if not re.fullmatch(r"[A-Z][a-z]+(?:[-'’/][a-z]+)*[,:]?", first):
            return text
        word = re.sub(r"[^a-z'-]", "", first.lower())
        a_name = (bool(rest) and rest[0][0].isupper()) or (
            word.capitalize() in self.names and word not in self.small_words
        )
        return text if a_name and word not in _DETERMINERS else text[0].lower() + text[1:]

    def spoken(self, heading: str) -> str:
        """A title or heading as it is spoken of; of one in capitals the abbreviations keep theirs."""
        words = spoken_title(heading)
        if words == one_line(heading) or not one_line(heading).isupper():
            return words
        return " ".join(self._spoken_word(word) for word in words.split())

    def _spoken_word(self, word: str) -> str:
        letters = re.sub(r"[^a-z]", "", word.lower())
        short = 1 < len(letters) <= _LONGEST_ABBREVIATION and letters not in self.small_words and letters not in _SMALL
        return word.upper() if short else word

    def sentences(self) -> Iterator[Sentence]:
        """The sentences of paragraphs and list items, outside the header block."""
        for block in self.document.blocks:
            if block.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}:
                yield from self._sentences(block)

    def _sentences(self, block: Block) -> Iterator[Sentence]:
        body = self.document.text[block.start : block.end]
        for start, end in sentence_spans(body):
            marker = _MARKER.match(body[start:end])
            first = start + (marker.end() if marker else 0)
            if first < end:
                yield Sentence(one_line(body[first:end]), block.start + first, block.start + end, block)


def names_in(text: str) -> set[str]:
    """Words written with a capital within a sentence, and never without one."""
    within = set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+\b", text))
    return within - {word.capitalize() for word in re.findall(r"\b[a-z]+\b", text)}


def plain(text: str) -> str:
    """On one line, without the marker of a list item."""
    return _MARKER.sub("", one_line(text))


def one_line(text: str) -> str:
    """White space made plain."""
    return " ".join(text.split())


def spoken_title(title: str) -> str:
    """A title or heading without its number; one in capitals gets small letters."""
    words = _NUMBERING.sub("", one_line(title))
    words = _REFERENCE.sub("", words) or words
    words = words.strip(" :.-–")
    if words.isupper() and (len(words) > 6 or words in {"ADULT", "ADULTS", "CHILD"}):
        parts = [
            word.lower() if n and word.lower() in _SMALL else word.capitalize() for n, word in enumerate(words.split())
        ]
        words = " ".join(parts)
    return words


def figures_in(text: str) -> tuple[str, ...]:
    """The amounts and spans of time in a text, as they are written, each once."""
    found = (one_line(match.group()) for match in _FIGURES.finditer(text))
    return tuple(dict.fromkeys(figure for figure in found if any(character.isdigit() for character in figure)))

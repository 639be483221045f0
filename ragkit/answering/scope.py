"""Whom a document is for, by what it says of itself: "Applies to", its scope section, "This policy covers ..."."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from ragkit.answering.bands import Band, bands_of
from ragkit.answering.sentences import sentence_spans
from ragkit.documents.document import Block, BlockKind, Document

_SCOPE_HEADING = re.compile(r"\b(?:scope|applicability|applies to|population|who this (?:is|applies))\b", re.IGNORECASE)
_OPENING_HEADING = re.compile(
    r"\b(?:purpose|introduction|policy statement|overview|scope|application)\b", re.IGNORECASE
)
_APPLIES_LINE = re.compile(
    r"^\W*(?:applies to|applicab\w+|populations?|patients?|scope)\b\s*:?\s*(?P<whom>.+)", re.I | re.S
)
_SPEAKS_OF_ITSELF = re.compile(
    r"\bthis (?:policy|protocol|procedure|guideline|document|pathway|order set|standard)s?\b.{0,60}?"
    r"\b(?:appl(?:y|ies)|covers?|is for|governs|is intended for|concerns)\b",
    re.IGNORECASE,
)
_SENDS_AWAY = re.compile(
    r"\b(?:not|except|exclud\w*|excepting|own|separate(?:ly)?|instead|other than|another|see|refer|treated by|"
    r"covered by|without)\b",
    re.IGNORECASE,
)
_LONGEST_SECTION_WORDS = 150
_KEPT = 512


@dataclass(frozen=True)
class DocumentScope:
    """Whom a document says it is for.

    Attributes:
        text: the sentences that say so, without those that send someone elsewhere; empty where it does not say.
        ages: the bands of age that they name, in months.
    """

    text: str
    ages: tuple[Band, ...]


class _Scopes:
    """The scopes of recently used document versions."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], DocumentScope] = OrderedDict()
        self._lock = Lock()

    def of(self, document: Document) -> DocumentScope:
        key = (document.document_id, document.version, document.content_hash)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        scope = _read(document)
        with self._lock:
            self._kept[key] = scope
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return scope


_scopes = _Scopes()


def scope_of(document: Document) -> DocumentScope:
    """Whom the document says it is for."""
    return _scopes.of(document)


def _read(document: Document) -> DocumentScope:
    sentences = [sentence for sentence in _sentences(document) if not _SENDS_AWAY.search(sentence)]
    ages = [band for sentence in sentences for band in bands_of(sentence) if band.dimension == "age"]
    return DocumentScope("\n".join(sentences), tuple(ages))


def _sentences(document: Document) -> Iterator[str]:
    words_left = _LONGEST_SECTION_WORDS
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind is BlockKind.HEADER_BLOCK:
            found = _APPLIES_LINE.match(text)
            if found is not None:
                yield found.group("whom")
            continue
        heading = _heading(block)
        if _SCOPE_HEADING.search(heading) and "purpose" not in heading.lower() and words_left > 0:
            words_left -= len(text.split())
            yield from _split(text)
        elif _OPENING_HEADING.search(heading):
            yield from (sentence for sentence in _split(text) if _SPEAKS_OF_ITSELF.search(sentence))


def _heading(block: Block) -> str:
    if block.kind in (BlockKind.HEADING, BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER) or not block.section:
        return ""
    return block.section[-1]


def _split(text: str) -> Iterator[str]:
    for start, end in sentence_spans(text):
        yield text[start:end]

"""The lines of documents that questions are made from: their own words, what stands above them, and where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from answer_quality import prepare_folder

from ragkit import KnowledgeBase
from ragkit.answering.judged_line import above_unit
from ragkit.answering.units import Layout, UnitKind
from ragkit.answering.words import content_words
from ragkit.cross_encoder.inputs import line_in_context
from ragkit.documents.document import Document
from ragkit.store.store import Store

FEWEST_WORDS, MOST_WORDS = 6, 45
_MARKER = re.compile(r"^(?:\W+|o\s+|\(?(?:[A-Za-z]|[ivxIVX]{1,5}|\d{1,2}(?:\.\d{1,2})*)[.)]\s+)+")
_FURNITURE = re.compile(
    r"\bpage \d+ of\b|_{4,}|\.{5,}|^\W*(?:effective|revised|supersedes|approved)\b|\d{3}[-.]\d{4}|https?:|www\.",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True)
class Line:
    """One line of a document.

    Attributes:
        text: its own words, white space folded.
        title: the document's title.
        section: the headings above it.
        lead_in: the lead-ins or table header above it.
        announced_by: the nearest lead-in alone, "" where there is none.
        document: which document it stands in.
        folder: which collection the document belongs to.
        place: its position in the document.
    """

    text: str
    title: str
    section: tuple[str, ...]
    lead_in: str
    document: str
    folder: str
    place: int
    announced_by: str = ""

    @cached_property
    def judged(self) -> str:
        """As the model reads it."""
        return line_in_context(self.text, title=self.title, section=self.section, lead_in=self.lead_in)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content stems of its own words."""
        return frozenset(content_words(self.text))

    @property
    def words(self) -> str:
        """Its own words without the number or bullet of a list item."""
        return _MARKER.sub("", self.text)

    def saying(self, text: str) -> Line:
        """The same line with other words."""
        return replace(self, text=text)


def lines_of(document: Document, folder: str) -> list[Line]:
    """The sentences and list items of a document that are long enough to say something and short enough to show."""
    layout = Layout(document)
    lines = []
    for index in range(len(layout.blocks)):
        for unit in layout.units_of(index):
            text = " ".join(" ".join(document.text[start:end] for start, end in unit.spans).split())
            if unit.kind in (UnitKind.SENTENCE, UnitKind.LIST_ITEM) and _says_something(text):
                title, section, lead_in = above_unit(document, unit)
                nearest = " ".join(document.text[slice(*unit.context[-1])].split()) if unit.context else ""
                announced_by = "" if nearest in section else nearest
                lines.append(Line(text, title, section, lead_in, document.source, folder, unit.start, announced_by))
    return lines


def _says_something(text: str) -> bool:
    words = text.split()
    return (
        FEWEST_WORDS <= len(words) <= MOST_WORDS
        and len(_WORD.findall(text)) >= 0.6 * len(words)
        and not _FURNITURE.search(text)
        and not text.endswith(("?", ":"))
    )


def documents_below(folder: Path, cache: Path) -> Iterator[tuple[str, Document]]:
    """The documents of every folder in ``folder``, read as ragkit reads them, each with its folder's name.

    Args:
        folder: holds one folder for each collection.
        cache: where the knowledge base is kept; what was read before is not read again.
    """
    path = cache / "fitting.kb"
    with KnowledgeBase.open(path, access="open") as kb:
        for site in sorted(each for each in folder.iterdir() if each.is_dir()):
            kb.ingest(prepare_folder(site, cache), site=site.name)
    store = Store.open(path, read_only=True)
    for row in store.versions():
        if (folder / row.site).is_dir():
            yield row.site, store.load_document(row.version_key)

"""Sentences, list items and table rows of policies and of medical answers, each with what stands around it.

They are what examples of support are made of by rule: a sentence of a document is true of its document.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from planting_sources import VERBATIM, Good, Line

from ragkit.answering.judged_line import judged_unit
from ragkit.answering.units import Layout, Unit, UnitKind
from ragkit.documents.document import Document
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import read_document
from ragkit.documents.sources import SourceFile
from ragkit.grounding.words import sentences

_ATOMIC = frozenset({UnitKind.SENTENCE, UnitKind.LIST_ITEM, UnitKind.TABLE_ROW, UnitKind.FOOTNOTE})
_PAGE_MARK = re.compile(rb"=== PAGE \d+ ===\n?")
_FEWEST_WORDS, _MOST_WORDS = 6, 45
_BULLET = re.compile(
    r"^\s*(?:(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivxIVX]{1,4})[.)]|>|[-–*•‣◦▪●■]|o(?=\s))\s*)+(?=[A-Za-z0-9<≥])"
)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_REST_OF_MARKUP = re.compile(r"[\"“”]\s*/>\s*")
_NO_STATEMENT = re.compile(
    r"[_.]{4,}|\bPAGE \d|REFERENCE NO|\bRef(?:erence)?\.? No\. \d+$|SUBJECT:|EFFECTIVE|REVISED|APPROVED|SUPERSEDES|"
    r"Effective (?:Date|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|Page \d+ of|\bFR \d{4,}|\?\s*$|[\"“]\s*/>|"
    r"https?:|www\.|[{}]|\x02"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|must|shall|should|may|can|will|do|does|cannot|[a-z]{3,}(?:ed|es))\b|"
    r"^[A-Z][a-z]+ (?:the|a|an|all|any|each|if|with|to|for|and|in|patient|patients)\b"
)


@dataclass(frozen=True)
class Statement:
    """A sentence that says something by itself.

    Attributes:
        own: its words, without bullet or number.
        shown: as the model reads it in use: under its title, section and lead-in; the same as ``own`` where it has
            none.
        document: the document's name, with its folder.
        folder: of the document; "medquad" for medical answers.
        passage: the paragraph, list or answer it stands in; neighbours of one passage say what "it" is.
        place: its place in the document.
    """

    own: str
    shown: str
    document: str
    folder: str
    passage: int
    place: int = field(default=0, compare=False)

    @property
    def lays_down_rules(self) -> bool:
        """Whether it is of a policy: what "may" be done is allowed there, and possible elsewhere."""
        return self.folder != "medquad"

    def good(self, *, text: str | None = None, beside: tuple[str, ...] = ()) -> Good:
        """The statement as the planters of ``benchmarks`` take it.

        Args:
            text: in other words; None for its own.
            beside: other lines of the evidence, which must not say what is planted.
        """
        lines = (Line(self.own), *(Line(text) for text in beside))
        return Good(text or self.own, lines, self.document, self.folder, VERBATIM)


def policy_statements(folder: Path, count: int | None = None) -> Iterator[list[Statement]]:
    """For each document below ``folder``, the statements in it.

    Args:
        folder: holds a folder for each agency with text files in it; those that nothing can be read of are left out.
        count: only the first so many files; None for all.
    """
    for path in sorted(folder.glob("*/*"))[:count]:
        data = _PAGE_MARK.sub(b"", path.read_bytes())
        source = SourceFile(path.name, len(data), 0.0, content=lambda data=data: data)  # type: ignore[misc]
        try:
            document = read_document(source)
        except UnreadableDocumentError:
            continue
        found = list(_statements(document, f"{path.parent.name}/{path.name}", path.parent.name))
        yield [replace(each, place=place) for place, each in enumerate(found)]


def _statements(document: Document, name: str, folder: str) -> Iterator[Statement]:
    layout = Layout(document)
    for index in range(len(document.blocks)):
        for unit in layout.units_of(index):
            if unit.kind in _ATOMIC and not unit.ends_in_colon:
                own = _own(document, unit)
                if is_statement(own):
                    yield Statement(own, _shown(judged_unit(document, unit)), name, folder, index)


def _shown(line: str) -> str:
    return _REST_OF_MARKUP.sub("", _LINK.sub(r"\1", line))


def _own(document: Document, unit: Unit) -> str:
    text = " ".join(" ".join(document.text[start:end].split()) for start, end in unit.spans)
    return _BULLET.sub("", _LINK.sub(r"\1", text)).strip()


def medical_statements(path: Path, count: int, rng: random.Random) -> Iterator[list[Statement]]:
    """For each of ``count`` answers, by chance, the statements in it.

    Args:
        path: ``medquad.jsonl.gz``.
        count: how many answers.
        rng: chooses.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for row in rng.sample(rows, min(count, len(rows))):
        document = f"medquad:{row['focus']}"
        texts = [text for text in sentences(re.sub(r" - (?=[A-Z])", "\n", row["answer"])) if is_statement(text)]
        yield [Statement(text, text, document, "medquad", 0, place) for place, text in enumerate(texts)]


def is_statement(text: str) -> bool:
    """Whether a line says something by itself: words enough, a verb, no header, no question, no shouting."""
    words = text.split()
    letters = [character for character in text if character.isalpha()]
    return (
        _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        and not _NO_STATEMENT.search(text)
        and len(letters) > 0.6 * len(text.replace(" ", ""))
        and sum(map(str.islower, letters)) > 0.6 * len(letters)
        and _VERB.search(text) is not None
        and text.count(":") <= 1
    )

"""What DOCX, HTML, Markdown and plain text are taken apart into, before the canonical text is laid out.

The readers find out *what* each piece of a file is; ``layout`` decides how it is written. Words that are left out and
page breaks can stand in the middle of a piece, so text carries marks: a number between two private-use characters,
explained by a ``Marks`` table. Marks survive the way through a partitioner, which sees them as letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from ragkit.documents.document import ExclusionReason

MARK_START, MARK_END, LINE_BREAK = "\ue000", "\ue001", "\ue002"
MARK_PATTERN = re.compile(f"{MARK_START}([0-9]+){MARK_END}")
RESERVED_CHARACTERS = re.compile(f"[{MARK_START}{MARK_END}{LINE_BREAK}]")


class NodeKind(StrEnum):
    """What a piece of text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CONTINUATION = "continuation"
    """A further paragraph of the list item before it."""
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    HEADER = "header"
    """A governance line of the header block at the top of a policy."""


@dataclass(frozen=True)
class TextNode:
    """A piece of text.

    Attributes:
        kind: what it is.
        text: its words, list marker included, with marks in it.
        level: depth of a heading or list item (or of the item that a continuation belongs to), from 1; 0 for the rest.
        emphasised: the whole piece is set in bold (tells header rows that are not declared as such).
    """

    kind: NodeKind
    text: str
    level: int = 0
    emphasised: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        nodes: what stands in it.
        merged: how the cell came here: "" for a cell of its own, "across" or "down" where a merged cell's value is
            repeated.
    """

    nodes: tuple[Node, ...] = ()
    merged: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table, merged cells repeated, so that every row has the table's width.

    Attributes:
        cells: from left to right.
        header: the file itself says that this is a header row.
    """

    cells: tuple[Cell, ...]
    header: bool = False


@dataclass(frozen=True)
class TableNode:
    """A table with its caption, if it has one of its own."""

    rows: tuple[Row, ...]
    caption: str = ""


@dataclass(frozen=True)
class Loose:
    """Marks that stand between two pieces of text (a struck paragraph, a page break)."""

    text: str


Node = TextNode | TableNode | Loose


@dataclass(frozen=True)
class Exclusion:
    """Words left out at a mark."""

    reason: ExclusionReason
    detail: str
    text: str


@dataclass(frozen=True)
class PageStart:
    """Page ``page`` (1-based) begins at a mark."""

    page: int


@dataclass
class Marks:
    """What the marks in the text of nodes stand for."""

    entries: list[object] = field(default_factory=list)

    def new(self, meaning: object) -> str:
        """Registers a meaning; returns the characters that stand for it in text."""
        self.entries.append(meaning)
        return f"{MARK_START}{len(self.entries) - 1}{MARK_END}"

    def meaning(self, number: int) -> object:
        """What mark ``number`` stands for; None for a number that was never given out."""
        return self.entries[number] if number < len(self.entries) else None

    def resolve(self, text: str) -> tuple[str, list[tuple[int, object]]]:
        """Takes the marks out of a text.

        Returns:
            The text with white space evened out (single spaces, line breaks kept where the source forces them, tabs
            kept), and the meaning of each mark with the offset at which it stood.
        """
        parts: list[str] = []
        found: list[tuple[int, object]] = []
        length = 0
        for index, piece in enumerate(MARK_PATTERN.split(text)):
            if index % 2:
                found.append((length, self.meaning(int(piece))))
                continue
            piece = tidy_spaces(piece)
            if not parts or parts[-1][-1:] in (" ", "\n", "\t"):
                piece = piece.lstrip(" ")
            if piece:
                parts.append(piece)
                length += len(piece)
        joined = "".join(parts)
        left = len(joined) - len(joined.lstrip(" \n"))
        clean = joined.strip(" \n")
        return clean, [(min(max(offset - left, 0), len(clean)), meaning) for offset, meaning in found]


def without_marks(text: str) -> str:
    """The text alone, as a reader sees it, white space evened out."""
    return tidy_spaces(MARK_PATTERN.sub("", text)).strip()


def tidy_spaces(text: str) -> str:
    """Single spaces; line breaks and tabs are kept, without spaces around them."""
    text = text.replace(LINE_BREAK, "\n").replace("\u00a0", " ")
    text = re.sub(r"[ \r\f\v\u2000-\u200a\u202f\u205f\u3000]+", " ", text)
    return re.sub(r" ?([\n\t]) ?", r"\1", text)

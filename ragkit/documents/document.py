"""The Document: one version of one policy, as canonical text with blocks laid over it.

Everything later in the pipeline points into ``Document.text`` with ``[start, end)`` offsets, so that every
citation can be checked word by word. Nothing here knows how a file format is read.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from ragkit.documents.governance import Governance


class BlockKind(StrEnum):
    """What a block of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_HEADER = "table_header"
    TABLE_ROW = "table_row"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    HEADER_BLOCK = "header_block"
    """The governance lines at the top of a policy (number, dates, approvals), kept once and quotable."""


class Block(BaseModel):
    """A span of the canonical text with its role in the document's structure.

    Attributes:
        kind: what the block is.
        start: offset of its first character in ``Document.text``.
        end: offset after its last character.
        page: 1-based page on which it starts; None where the format has no pages.
        level: depth of a heading (1 is the highest) or of a list item (1 is the outermost); 0 for the rest.
        section: the trail of headings above the block, outermost first, without the block itself. In a table laid
            out in columns ("Adult" beside "Pediatric") the column's heading is part of the trail.
        context: indices into ``Document.blocks`` of earlier blocks without which this one cannot be understood,
            in document order: the lead-ins of a list item (outermost first), the caption and header rows of a
            table row. Empty for a block that stands alone.
    """

    model_config = ConfigDict(frozen=True)

    kind: BlockKind
    start: int
    end: int
    page: int | None = None
    level: int = 0
    section: tuple[str, ...] = ()
    context: tuple[int, ...] = ()


class ExclusionReason(StrEnum):
    """Why words of the source are not part of the canonical text."""

    STRUCK = "struck"
    HIDDEN = "hidden"
    UNACCEPTED = "unaccepted"


class ExcludedText(BaseModel):
    """Words of the source that are not in force or that a reader cannot see. Never searched, quoted or answered from.

    Attributes:
        reason: struck (a line drawn through it, a tracked deletion), hidden (white, zero size, covered, off-page) or
            unaccepted (a tracked insertion that nobody has accepted yet: a draft).
        detail: how it was recognised, in words ("line drawn through the text", "covered by a white box").
        text: the words themselves, for the person who reviews the document.
        page: 1-based page, None where the format has none.
        position: the offset in ``Document.text`` at which the words stood.
    """

    model_config = ConfigDict(frozen=True)

    reason: ExclusionReason
    detail: str
    text: str
    page: int | None
    position: int


class ProblemKind(StrEnum):
    """What can be wrong with a source file or its contents."""

    NO_TEXT_LAYER = "no_text_layer"
    BROKEN = "broken"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    WRONG_SUFFIX = "wrong_suffix"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    LOST_TABLE = "lost_table"
    STRUCK_TEXT = "struck_text"
    HIDDEN_TEXT = "hidden_text"
    UNACCEPTED_TEXT = "unaccepted_text"
    UNREADABLE_CHARACTERS = "unreadable_characters"
    IMPOSSIBLE_DATE = "impossible_date"
    GOVERNANCE_CONFLICT = "governance_conflict"
    VERSION_CONFLICT = "version_conflict"


class Problem(BaseModel):
    """Something about a source file that a person should know.

    Attributes:
        kind: the kind of problem, for programs.
        message: what is wrong and what to do about it, for people.
        pages: the 1-based pages concerned; empty where it concerns the whole file or the format has no pages.
    """

    model_config = ConfigDict(frozen=True)

    kind: ProblemKind
    message: str
    pages: tuple[int, ...] = ()


class Document(BaseModel):
    """One version of one policy.

    Attributes:
        document_id: the policy's identity; all its versions share it.
        version: the version's label, unique within the document.
        source: the file's path relative to the folder that was ingested ("nursing/iv-care.pdf").
        media_type: what the content turned out to be ("application/pdf").
        content_hash: SHA-256 of the source file, hexadecimal.
        text: the canonical text. Cells of a table row are separated by a tab, rows and list items by a newline,
            paragraphs by a blank line.
        blocks: in reading order; they do not overlap.
        page_starts: ``page_starts[i]`` is the offset at which page ``i + 1`` begins; empty where there are no pages.
        governance: title, dates, owner, who may read it.
        excluded: struck-out and hidden words that were left out of ``text``.
        problems: what a person should know about this file.
    """

    model_config = ConfigDict(frozen=True)

    document_id: str
    version: str
    source: str
    media_type: str
    content_hash: str
    text: str
    blocks: tuple[Block, ...]
    page_starts: tuple[int, ...] = ()
    governance: Governance
    excluded: tuple[ExcludedText, ...] = ()
    problems: tuple[Problem, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The 1-based page on which the character at ``offset`` stands; None where the format has no pages."""
        if not self.page_starts:
            return None
        return max(1, bisect_right(self.page_starts, offset))

    def quote(self, start: int, end: int) -> str:
        """The verbatim words of ``[start, end)``."""
        return self.text[start:end]

    def _repr_html_(self) -> str:
        from ragkit.display.html import document_html

        return document_html(self)

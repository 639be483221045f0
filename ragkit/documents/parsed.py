"""What a format's reader makes of a file's bytes: the document's words and structure, before governance is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ragkit.documents.document import Block, BlockKind, ExcludedText, ExclusionReason, Problem
from ragkit.errors import DocumentError


class UnreadableDocumentError(DocumentError):
    """Nothing of the file can be used as a document.

    Attributes:
        problem: why, and what to do about it.
    """

    def __init__(self, problem: Problem):
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class ParsedSource:
    """A file's words and structure.

    Attributes:
        text, blocks, page_starts, excluded, problems: as in ``Document``.
        media_type: what the content turned out to be ("application/pdf").
        properties: the format's own document properties, as text ("title", "author", "subject", "keywords",
            "created", "modified", custom properties under their own names, in lower case).
        front_matter: the YAML front matter, or HTML ``<meta>`` names, empty where there is none.
        running_lines: running heads and feet, once each, that were left out of ``text``; governance is read from them.
    """

    text: str
    blocks: tuple[Block, ...]
    media_type: str
    page_starts: tuple[int, ...] = ()
    excluded: tuple[ExcludedText, ...] = ()
    problems: tuple[Problem, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    front_matter: dict[str, Any] = field(default_factory=dict)
    running_lines: tuple[str, ...] = ()


_TABLE_KINDS = {BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER}
_SINGLE_NEWLINE_KINDS = {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER, BlockKind.HEADER_BLOCK}


class CanonicalTextBuilder:
    """Writes the canonical text block by block, so that every reader lays it out the same way.

    Call ``start_page`` before the first block of a page (formats without pages never do), ``add`` for each block in
    reading order, ``exclude`` where struck or hidden words stood; then read ``text``, ``blocks``, ``page_starts`` and
    ``excluded``.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._page: int | None = None
        self.blocks: list[Block] = []
        self.page_starts: list[int] = []
        self.excluded: list[ExcludedText] = []

    @property
    def text(self) -> str:
        """The canonical text written so far."""
        return "".join(self._parts)

    def start_page(self, page: int) -> None:
        """Says that the blocks added from here on stand on ``page`` (1-based, increasing; pages may be skipped)."""
        self._page = page
        while len(self.page_starts) < page:
            self.page_starts.append(self._length)

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        section: tuple[str, ...] = (),
        context: tuple[int, ...] = (),
    ) -> int | None:
        """Adds a block; returns its index, or None if ``text`` is blank and nothing was added.

        White space around the text is dropped, but the tabs of a table row are kept: an empty first or last cell
        must not move the others under the wrong heading.
        """
        if not text.strip():
            return None
        text = text.strip(" \r\n") if kind in _TABLE_KINDS else text.strip()
        separator = self._separator(kind)
        self._write(separator)
        start = self._length
        self._write(text)
        self.blocks.append(
            Block(
                kind=kind,
                start=start,
                end=self._length,
                page=self._page,
                level=level,
                section=section,
                context=context,
            )
        )
        return len(self.blocks) - 1

    def continue_last(self, text: str, separator: str = " ") -> None:
        """Goes on with the last block, for a paragraph or list item that runs over a page or column break.

        The continued block keeps the page on which it started; the page on which the new words stand is found
        through ``page_starts``.
        """
        text = text.strip()
        if not text or not self.blocks:
            return
        last = self.blocks[-1]
        self._write(separator)
        if self._page is not None and self._page > (last.page or 0):
            # the page begins where its own words begin, after the separator
            for index in range((last.page or 1), len(self.page_starts)):
                self.page_starts[index] = max(self.page_starts[index], self._length)
        self._write(text)
        self.blocks[-1] = last.model_copy(update={"end": self._length})

    def exclude(self, reason: ExclusionReason, detail: str, text: str) -> None:
        """Records words that stood here and are not part of the canonical text."""
        self.excluded.append(
            ExcludedText(reason=reason, detail=detail, text=text, page=self._page, position=self._length)
        )

    def _separator(self, kind: BlockKind) -> str:
        if not self.blocks:
            return ""
        return "\n" if kind in _SINGLE_NEWLINE_KINDS and self.blocks[-1].kind in _SINGLE_NEWLINE_KINDS else "\n\n"

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

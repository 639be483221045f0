"""The neighbouring lines that complete a list or a table of which a passage shows a part.

A passage is as short as the search needs it; a reader may need the rest: the items before and after, the lead-in, the
header row. This is a step of its own, taken for the passages that are shown, never for those that are measured.
"""

from __future__ import annotations

from collections.abc import Sequence

from ragkit.documents.document import Block, BlockKind, Document
from ragkit.retrieval.passage import Passage

MOST_CHARACTERS = 6000
_ROWS = frozenset({BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER, BlockKind.CAPTION})


def complete_passage(passage: Passage, document: Document, most_characters: int = MOST_CHARACTERS) -> Passage:
    """The passage with the list or table it cuts into made whole.

    Args:
        passage: what was retrieved.
        document: the version it comes from.
        most_characters: a list or table that would make the passage longer than this is left as it is.

    Returns:
        A passage whose ``text`` is the verbatim span ``[start, end)`` of the document, or the same passage where there
        is nothing to complete.
    """
    start, end = completed_span(document, passage.start, passage.end, most_characters)
    if (start, end) == (passage.start, passage.end):
        return passage
    return passage.model_copy(
        update={"start": start, "end": end, "text": document.text[start:end], "page": document.page_at(start)}
    )


def completed_span(document: Document, start: int, end: int, most_characters: int = MOST_CHARACTERS) -> tuple[int, int]:
    """``[start, end)`` made wider to take in the whole list or table at either end.

    Each end is widened on its own, the end first, and only where the result stays within ``most_characters``.
    """
    blocks = document.blocks
    touched = [index for index, block in enumerate(blocks) if block.start < end and block.end > start]
    if not touched:
        return start, end
    last = _last_of_run(blocks, touched[-1])
    if last != touched[-1] or blocks[last].end > end:
        wider = max(end, blocks[last].end)
        end = wider if wider - start <= most_characters else end
    first = _first_of_run(blocks, touched[0])
    if first != touched[0] or blocks[first].start < start:
        wider = min(start, blocks[first].start)
        start = wider if end - wider <= most_characters else start
    return start, end


def _last_of_run(blocks: Sequence[Block], index: int) -> int:
    """The last block of the list or table that block ``index`` belongs to or leads into."""
    while index + 1 < len(blocks) and _belong_together(blocks, index, index + 1):
        index += 1
    return index


def _first_of_run(blocks: Sequence[Block], index: int) -> int:
    """The first block of the list or table that block ``index`` belongs to, its lead-in included."""
    while index > 0 and _belong_together(blocks, index - 1, index):
        index -= 1
    return index


def _belong_together(blocks: Sequence[Block], earlier: int, later: int) -> bool:
    """Whether two neighbouring blocks are parts of one list, or of one table, or a lead-in and what it leads into."""
    first, second = blocks[earlier], blocks[later]
    if first.section != second.section:
        return False
    if earlier in second.context:
        return True
    if first.kind is BlockKind.LIST_ITEM and second.kind is BlockKind.LIST_ITEM:
        return _outermost(first) == _outermost(second) or _outermost(second) == earlier or first.level < second.level
    if first.kind in _ROWS and second.kind in _ROWS:
        return bool(set(first.context) & set(second.context)) or not (first.context or second.context)
    return False


def _outermost(block: Block) -> int | None:
    return block.context[0] if block.context else None

"""Documents made by hand, for the tests of chunking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.documents.document import Block, BlockKind, Document
from ragkit.documents.governance import Governance


@dataclass(frozen=True)
class Line:
    """One block to be: its words and its place in the structure."""

    kind: BlockKind
    text: str
    section: tuple[str, ...] = ()
    level: int = 0
    context: tuple[int, ...] = ()


def document_of(
    lines: Sequence[Line], *, title: str = "Peripheral IV Care", reference_number: str | None = "IC-204"
) -> Document:
    """The lines laid out as a document: rows and items one below the other, the rest a blank line apart."""
    text, blocks = "", []
    for line in lines:
        if blocks:
            close = line.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW) and blocks[-1].kind == line.kind
            text += "\n" if close else "\n\n"
        start = len(text)
        text += line.text
        blocks.append(
            Block(
                kind=line.kind,
                start=start,
                end=len(text),
                level=line.level,
                section=line.section,
                context=line.context,
            )
        )
    return Document(
        document_id="ic-204",
        version="1",
        source="nursing/iv-care.md",
        media_type="text/markdown",
        content_hash="0" * 64,
        text=text,
        blocks=tuple(blocks),
        governance=Governance(title=title, reference_number=reference_number),
    )


def heading(text: str, *section: str) -> Line:
    return Line(BlockKind.HEADING, text, section, level=len(section) + 1)


def paragraph(text: str, *section: str) -> Line:
    return Line(BlockKind.PARAGRAPH, text, section)


def item(text: str, *section: str, context: tuple[int, ...] = (), level: int = 1) -> Line:
    return Line(BlockKind.LIST_ITEM, text, section, level=level, context=context)


def row(text: str, *section: str, context: tuple[int, ...] = ()) -> Line:
    return Line(BlockKind.TABLE_ROW, text, section, context=context)


def words(text: str) -> int:
    """A tokenizer for tests: one token a word."""
    return len(text.split())

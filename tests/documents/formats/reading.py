"""Short ways to look at what a reader made of a file."""

from __future__ import annotations

from ragkit.documents.document import Block, BlockKind
from ragkit.documents.parsed import ParsedSource


def lines(parsed: ParsedSource, kind: BlockKind | None = None) -> list[str]:
    """The texts of the blocks (of one kind)."""
    return [parsed.text[block.start : block.end] for block in parsed.blocks if kind in (None, block.kind)]


def block(parsed: ParsedSource, text: str) -> Block:
    """The one block with exactly this text."""
    found = [block for block in parsed.blocks if parsed.text[block.start : block.end] == text]
    assert len(found) == 1, (text, lines(parsed))
    return found[0]


def context(parsed: ParsedSource, text: str) -> list[str]:
    """The texts of the blocks without which a block cannot be understood."""
    return [parsed.text[parsed.blocks[index].start : parsed.blocks[index].end] for index in block(parsed, text).context]


def excluded(parsed: ParsedSource) -> list[tuple[str, str]]:
    """What was left out, and why."""
    return [(entry.reason.value, entry.text) for entry in parsed.excluded]


def problem_kinds(parsed: ParsedSource) -> list[str]:
    """The kinds of the problems."""
    return [problem.kind.value for problem in parsed.problems]

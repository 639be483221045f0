"""How questions, lines and claims are written down for the cross-encoder: the same in training and in use.

The model reads two texts: what is asked or claimed, and what a document says. The second is a line with what it needs
to be understood, so that "5 mg" under "Adults" in "Sedation" is not the same as "5 mg" elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_TOKENS = 192
"""The longest input, both texts and special tokens together. What is too long loses the end of the second text."""
FIRST_TOKENS = 64
"""Of the first text, so many tokens at most are read."""
CONTEXT_WORDS = 40
"""Of what stands above a line (title, section, lead-in), so many words at most: the nearest ones."""
_SEPARATOR = " | "


def line_in_context(line: str, *, title: str = "", section: Sequence[str] = (), lead_in: str = "") -> str:
    """A line of a document with what stands above it.

    Args:
        line: its own words.
        title: the document's title.
        section: the trail of headings above it, outermost first.
        lead_in: the lead-in of its list, or the header of its table.

    Returns:
        "title | section | lead-in | line"; where that is long, the line stays whole and the context loses its
        beginning.
    """
    above = [part for part in (title, " > ".join(section[-2:]), lead_in) if part.strip()]
    words = _plain(_SEPARATOR.join(above)).split()[-CONTEXT_WORDS:]
    return _SEPARATOR.join(part for part in (" ".join(words), _plain(line)) if part)


def evidence_text(lines: Sequence[str]) -> str:
    """Several lines, each from ``line_in_context`` or plain, as one second text."""
    return " \u2022 ".join(_plain(line) for line in lines if line.strip())


def _plain(text: str) -> str:
    return " ".join(text.split())

"""Question text made fit to be read: one form for each character, nothing invisible, no control characters."""

from __future__ import annotations

import re
import unicodedata

_TYPOGRAPHIC = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‛": "'",
        "′": "'",
        "“": '"',
        "”": '"',
        "″": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "−": "-",
    }
)
_SPACE = re.compile(r"\s+")


def clean_question(question: str) -> str:
    """The question in Unicode normal form NFKC, typographic quotes and dashes made plain, white space collapsed.

    Control, format (zero-width, bidirectional), surrogate and private-use characters are taken out; tabs and line
    breaks become spaces.
    """
    normal = unicodedata.normalize("NFKC", question).translate(_TYPOGRAPHIC)
    visible = "".join(character if _readable(character) else _replacement(character) for character in normal)
    return _SPACE.sub(" ", visible).strip()


def _readable(character: str) -> bool:
    return (character.isascii() and character.isprintable()) or unicodedata.category(character)[0] != "C"


def _replacement(character: str) -> str:
    return " " if character.isspace() else ""

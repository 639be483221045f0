"""The lines of a block become its text: broken words are joined, form lines kept short."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORM_LINE = re.compile(r"_{4,}|(?:_\s){3,}_+")
_LEADER = re.compile(r"\.{4,}|(?:\.\s){3,}\.+|…{2,}")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+)-$")
_FIRST = re.compile(r"^([^\W\d_]+)")
_SUFFIX = re.compile(
    r"(?:ation|tion|sion|ment|ing|ist|or|ation|ence|ance|ure|est)s?|ness|able|ible|ably|ally|ical|ity|ties|ous|t?ive|"
    r"ed|ers?|ly|es|tors?|ary|ory|ism|ular|ated|ating"
)
"""What only ends words."""
_LONG_SUFFIX = re.compile(r"\w*(?:ations?|tions?|sions?|ments?|ings?|ness|able|ible|ically|ances?|ences?|ated|ating)")


def vocabulary_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of a document in lower case, compounds with their hyphen; line ends are left out."""
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def join_lines(head: str, tail: str, vocabulary: frozenset[str]) -> str:
    """Joins two lines of one block.

    A word that the line end broke loses its hyphen; a compound ("two-week") keeps it. Which of the two it is, is
    told by the document's own words, else by how the second part looks.
    """
    if not head:
        return tail
    if not tail:
        return head
    if head.endswith(("—", "/")) and not head.endswith(" /"):
        return head + tail
    if not head.endswith("-") or head.endswith((" -", "--")):
        return head + " " + tail
    last, first = _LAST.search(head), _FIRST.search(tail)
    if last and first and is_broken_word(last[1], first[1], vocabulary):
        return head[:-1] + tail
    return head + tail


def is_broken_word(first: str, second: str, vocabulary: frozenset[str]) -> bool:
    """Whether ``first-`` at a line end and ``second`` at the next line's start are one word without a hyphen."""
    if not second.islower() or (first.isupper() and len(first) > 1):
        return False
    a, b = first.lower(), second.lower()
    if f"{a}-{b}" in vocabulary:
        return False
    if a + b in vocabulary:
        return True
    if a in vocabulary and b in vocabulary:
        return False
    return bool(_SUFFIX.fullmatch(b)) or (b not in vocabulary and bool(_LONG_SUFFIX.fullmatch(b)))


def shorten_fill(text: str) -> str:
    """Empty form lines and dotted leaders, which carry no words, cut to three signs."""
    if "__" in text or "_ _" in text:
        text = _FORM_LINE.sub("___", text)
    if ".." in text or ". ." in text or "……" in text:
        text = _LEADER.sub("...", text)
    return text

"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\s+|[^\W_]+(?:[.,:/-][^\W_]+)*|.", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """A run of words that is in both texts, only in the new one, or only in the old one."""

    kind: Literal["same", "inserted", "deleted"]
    text: str


def word_changes(old: str, new: str) -> list[Change]:
    """The runs that turn ``old`` into ``new``, in reading order.

    A number stays whole ("0.5", "10:30", "mg/kg"), so that a changed dose shows as one change.

    Examples:
        >>> [(c.kind, c.text) for c in word_changes("give 0.5 mg", "give 5 mg")]
        [('same', 'give '), ('deleted', '0.5'), ('inserted', '5'), ('same', ' mg')]
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    changes: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(after[c:d])))
            continue
        if b > a:
            changes.append(Change("deleted", "".join(before[a:b])))
        if d > c:
            changes.append(Change("inserted", "".join(after[c:d])))
    return changes

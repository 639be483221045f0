"""Which part of long evidence the cross-encoder reads: what holds the claim's words, with its neighbours.

The model reads ``MAX_TOKENS`` tokens. What is longer must not be cut where the room happens to end: the sentence that
decides may be the last one. Training and use choose the window by the same function.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.cross_encoder.inputs import CONTEXT_WORDS, FIRST_TOKENS, MAX_TOKENS

_SPECIAL_TOKENS = 3
_SLACK = 5
"""The count is an estimate; so much it may be wrong by."""
_FEWEST = 48
"""However long the first text is, the second has at least so much room."""
_SENTENCE_END = re.compile(r"(?<=[.!?;])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9•])|\s*\n+\s*")
_PIECE = re.compile(r"[A-Za-zÀ-ɏͰ-Ͽ]+|\d+|[^\sA-Za-z\d]")
_LETTERS_EACH = 7
_NEIGHBOUR = 0.15
"""Of a sentence's worth, what its neighbours are worth more for standing beside it: they say what "it" is."""


_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]{2,}")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|e|s|ly)$")
_LIGHT_WORDS = """
    a an and any are as at be been but by can for from has have if in into is it its may must no not of on or shall
    should so such than that the their them then there these they this those to was were when which who will with
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has for the model's tokenizer, without asking it.

    Words of up to seven letters count once, longer ones once more for every further seven; numbers once for every three
    digits, signs one by one.
    """
    count = 0
    for piece in _PIECE.findall(text):
        each = 3 if piece[0].isdigit() else _LETTERS_EACH
        count += math.ceil(len(piece) / each)
    return count


def _stems(text: str) -> frozenset[str]:
    """Words and numbers without light words and endings; coarse, since it only ranks sentences of one text."""
    return frozenset(_ENDING.sub("", word) for word in _WORD.findall(text.lower()) if word not in _LIGHT)


def room_for_evidence(first: str) -> int:
    """How many tokens of the second text are read beside this first one."""
    return max(_FEWEST, MAX_TOKENS - _SPECIAL_TOKENS - _SLACK - min(FIRST_TOKENS, estimated_tokens(first)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    line: int
    text: str
    stems: frozenset[str]
    tokens: int


def evidence_window(first: str, lines: Sequence[str], *, room: int | None = None) -> list[str]:
    """The evidence, or where it is too long its sentences that hold most of the first text's words.

    Args:
        first: the claim or the question.
        lines: what is read beside it, plain or from ``inputs.line_in_context``, in order; each may be of any length.
        room: in tokens (``estimated_tokens``); None for what is left of ``MAX_TOKENS``.

    Returns:
        Lines in the order they were given in. Neighbouring sentences of a line stay together as one; where a line
        loses its beginning it keeps what stands above it, if that fits.
    """
    room = room_for_evidence(first) if room is None else room
    lines = [line for line in lines if line.strip()]
    if sum(estimated_tokens(line) + 1 for line in lines) <= room:
        return list(lines)
    sentences = [sentence for place, line in enumerate(lines) for sentence in _sentences(place, line, first, room)]
    kept = _chosen(frozenset(_stems(first)), sentences, room)
    return _lines(sentences, kept, lines, room)


def _sentences(place: int, line: str, first: str, room: int) -> list[_Sentence]:
    found = []
    for text in _SENTENCE_END.split(line):
        for part in _parts(" ".join(text.split()), room):
            found.append(_Sentence(place, part, frozenset(_stems(part)), estimated_tokens(part) + 1))
    return found


def _parts(text: str, room: int) -> list[str]:
    """A sentence that is longer than a third of the room is read in parts, so that one list does not fill it."""
    most = max(16, room // 3)
    if not text or estimated_tokens(text) <= most:
        return [text] if text else []
    parts: list[list[str]] = [[]]
    size = 0
    for word in text.split():
        tokens = estimated_tokens(word)
        if parts[-1] and size + tokens > most:
            parts.append([])
            size = 0
        parts[-1].append(word)
        size += tokens
    return [" ".join(part) for part in parts]


def _chosen(wanted: frozenset[str], sentences: Sequence[_Sentence], room: int) -> set[int]:
    """The places of the sentences that are kept: greedily the one that adds most of what is wanted.

    A stem counts by how rare it is in the evidence, and half again where it is held already, so that a second sentence
    on the matter (which may say the opposite) goes before one that has nothing of it.
    """
    held_by = Counter(stem for sentence in sentences for stem in sentence.stems & wanted)
    rarity = {stem: math.log(1 + len(sentences) / count) for stem, count in held_by.items()}
    kept: set[int] = set()
    times: Counter[str] = Counter()
    left = room
    while True:
        best, best_worth = -1, 0.0
        for place, sentence in enumerate(sentences):
            if place in kept or sentence.tokens > left:
                continue
            worth = sum(rarity[stem] * 0.5 ** times[stem] for stem in sentence.stems & wanted)
            worth += _NEIGHBOUR * sum(_beside(sentences, place, other) for other in kept)
            if worth > best_worth:
                best, best_worth = place, worth
        if best < 0:
            break
        kept.add(best)
        times.update(sentences[best].stems & wanted)
        left -= sentences[best].tokens
    return kept or _first_that_fit(sentences, room)


def _beside(sentences: Sequence[_Sentence], one: int, other: int) -> bool:
    return abs(one - other) == 1 and sentences[one].line == sentences[other].line


def _first_that_fit(sentences: Sequence[_Sentence], room: int) -> set[int]:
    """Where nothing shares a word: the beginning."""
    kept: set[int] = set()
    for place, sentence in enumerate(sentences):
        room -= sentence.tokens
        if room < 0:
            break
        kept.add(place)
    return kept


def _lines(sentences: Sequence[_Sentence], kept: set[int], lines: Sequence[str], room: int) -> list[str]:
    left = room - sum(sentences[place].tokens for place in kept)
    found: list[str] = []
    begun: set[int] = set()
    for place in sorted(kept):
        sentence = sentences[place]
        if place - 1 in kept and sentences[place - 1].line == sentence.line:
            found[-1] += f" {sentence.text}"
            continue
        above = _above(lines[sentence.line]) if sentence.line not in begun else ""
        needed = estimated_tokens(above)
        if above and not sentence.text.startswith(above) and needed <= left:
            found.append(above + sentence.text)
            left -= needed
        else:
            found.append(sentence.text)
        begun.add(sentence.line)
    return found


def _above(line: str) -> str:
    """What ``line_in_context`` put before a line, with its separators; "" for a plain one."""
    head, separator, _ = line.rpartition(" | ")
    return head + separator if separator and len(head.split()) <= CONTEXT_WORDS + 3 else ""

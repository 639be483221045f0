"""British and American spelling, and misspellings.

A misspelling is mended only where the word is no English word, is unknown to the vocabulary *and* to the documents the
reader may search, and a near word of those documents is known; the person is told. A medicine is reached over one slip
of the pen at most, since "dopamine" and "dobutamine" are two slips apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from ragkit.retrieval.understanding.english import is_english
from ragkit.retrieval.understanding.vocabulary import ClinicalVocabulary, EntryKind

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_MENDED = 5
_SHORTEST_WITH_TWO_SLIPS = 8
_MOST_COMPARED = 400


class CorpusVocabulary:
    """The words of the documents a reader may search."""

    def __init__(
        self, *, count_words: Callable[[], Mapping[str, int]], occurs: Callable[[str], bool] | None = None
    ) -> None:
        """Nothing is counted before a question holds a word that is not known otherwise.

        Args:
            count_words: counts the words (lower case) of the documents: in how many chunks each occurs.
            occurs: a quicker way to learn whether a word occurs at all, such as a full-text index.
        """
        self._count_words = count_words
        self._occurs = occurs

    @cached_property
    def frequencies(self) -> Mapping[str, int]:
        """Word in lower case -> in how many chunks it occurs."""
        return self._count_words()

    def __contains__(self, word: str) -> bool:
        return self._occurs(word) if self._occurs is not None else word in self.frequencies

    @cached_property
    def by_shape(self) -> dict[tuple[str, int], list[str]]:
        """Words by first letter and length, for the search of near words."""
        shapes: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self.frequencies:
            if word.isalpha():
                shapes[(word[0], len(word))].append(word)
        return shapes


def american_form(word: str, vocabulary: ClinicalVocabulary) -> str | None:
    """The American spelling of a British one, None where the families of spelling do not touch ``word``."""
    if len(word) < _SHORTEST_MENDED:
        return None
    american = word
    for british, replacement in vocabulary.spelling_families:
        american = british.sub(replacement, american)
    return american if american != word else None


def mended(word: str, vocabulary: ClinicalVocabulary, corpus: CorpusVocabulary) -> str | None:
    """The word that ``word`` is a misspelling of; None where it is none or nothing near is known.

    Costs at most some 600 set look-ups for one slip (insertion, deletion, substitution, transposition) and
    ``_MOST_COMPARED`` comparisons for two.
    """
    if len(word) < _SHORTEST_MENDED or not word.isascii() or not word.isalpha():
        return None
    if word in vocabulary.words or word in corpus or is_english(word):
        return None
    known = [near for near in set(_one_slip(word)) if near in corpus.frequencies or near in vocabulary]
    if known:
        return max(known, key=lambda near: (near[0] == word[0], corpus.frequencies.get(near, 0), near))
    if len(word) < _SHORTEST_WITH_TWO_SLIPS:
        return None
    near_words = [near for near in _similar_shape(word, corpus) if _two_slips_apart(word, near)]
    near_words = [near for near in near_words if not _is_medicine(near, vocabulary)]
    return max(near_words, key=lambda near: (corpus.frequencies[near], near), default=None)


def _one_slip(word: str) -> Iterator[str]:
    for index in range(len(word) + 1):
        head, tail = word[:index], word[index:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _similar_shape(word: str, corpus: CorpusVocabulary) -> Iterator[str]:
    compared = 0
    for length in (len(word), len(word) - 1, len(word) + 1, len(word) - 2, len(word) + 2):
        for near in corpus.by_shape.get((word[0], length), ()):
            if len(set(word) ^ set(near)) <= 4:
                compared += 1
                if compared > _MOST_COMPARED:
                    return
                yield near


def _two_slips_apart(left: str, right: str) -> bool:
    """Whether at most two insertions, deletions, substitutions or transpositions lie between the words."""
    previous_but_one: list[int] = []
    previous = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            cost = min(
                previous[column] + 1,
                current[column - 1] + 1,
                previous[column - 1] + (letter != other),
            )
            swapped = row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other
            if swapped:
                cost = min(cost, previous_but_one[column - 2] + 1)
            current.append(cost)
        if min(current) > 2:
            return False
        previous_but_one, previous = previous, current
    return previous[-1] <= 2


def _is_medicine(word: str, vocabulary: ClinicalVocabulary) -> bool:
    return any(entry.kind is EntryKind.MEDICINE for entry in vocabulary.entries.get(word, ()))

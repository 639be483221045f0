"""Which words of the claim the evidence holds, and where: what the lexical features are counted on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ragkit.grounding import words as vocabulary
from ragkit.grounding.words import Word

Array = npt.NDArray[np.float64]
Rarity = Callable[[str], float]
_FAMILY, _SYNONYM, _SAME_BEGINNING = 0.9, 0.7, 0.75
_BEGINNING = 5


@dataclass(frozen=True)
class Evidence:
    """The evidence cut into sentences and indexed by stem.

    Attributes:
        sentences: the words of each sentence, stop words included.
        where: for each stem, the sentences that hold it.
        beginnings: for each first letters, the stems of the evidence that begin so.
    """

    sentences: tuple[tuple[Word, ...], ...]
    where: dict[str, tuple[int, ...]]
    beginnings: dict[str, tuple[str, ...]]


@lru_cache(maxsize=256)
def indexed(evidence: tuple[str, ...]) -> Evidence:
    """``evidence`` cut and indexed; kept, because many claims are held against the same spans."""
    cut = tuple(vocabulary.words(sentence) for span in evidence for sentence in vocabulary.sentences(span))
    where: dict[str, list[int]] = defaultdict(list)
    for number, sentence in enumerate(cut):
        for stemmed in {word.stem for word in sentence}:
            where[stemmed].append(number)
    beginnings: dict[str, list[str]] = defaultdict(list)
    for stemmed in where:
        if len(stemmed) > _BEGINNING and stemmed.isalpha():
            beginnings[stemmed[:_BEGINNING]].append(stemmed)
    return Evidence(
        cut,
        {stemmed: tuple(numbers) for stemmed, numbers in where.items()},
        {begin: tuple(stems) for begin, stems in beginnings.items()},
    )


@dataclass(frozen=True)
class Alignment:
    """The claim's words against the evidence's sentences.

    Attributes:
        claim: the words of the claim.
        content: the claim's distinct content words, in order.
        rarity: how much each content word says (inverse document frequency).
        exact: for each content word and sentence, 1 where the stem stands there.
        soft: the same, with words of the family, synonyms and words of the same beginning counted in part.
        order: sentences by what they hold of the claim, the best first.
        evidence: the evidence.
    """

    claim: tuple[Word, ...]
    content: tuple[Word, ...]
    rarity: Array
    exact: Array
    soft: Array
    order: tuple[int, ...]
    evidence: Evidence

    def coverage(self, matrix: Array, sentences: Sequence[int] | None = None) -> float:
        """Share of the claim's content, weighted by rarity, that the sentences hold; all sentences by default."""
        if not len(self.content) or not matrix.shape[1]:
            return 0.0
        held = matrix if sentences is None else matrix[:, list(sentences)]
        return float(held.max(axis=1, initial=0.0) @ self.rarity / self.rarity.sum())

    @property
    def best(self) -> tuple[Word, ...]:
        """The words of the sentence that holds most of the claim."""
        return self.evidence.sentences[self.order[0]] if self.order else ()


def align(claim: str, evidence: tuple[str, ...], rarity: Rarity) -> Alignment:
    """The claim's words looked for in the evidence.

    Args:
        claim: the claim.
        evidence: the evidence.
        rarity: how much a stem says.
    """
    spoken = vocabulary.words(claim)
    index = indexed(evidence)
    content = tuple({word.stem: word for word in spoken if word.content}.values())
    if not content:  # "He was there": then every word counts
        content = tuple({word.stem: word for word in spoken}.values())
    exact = np.zeros((len(content), len(index.sentences)))
    soft = np.zeros_like(exact)
    for row, word in enumerate(content):
        for stemmed, strength in _alike(word, index).items():
            soft[row, list(index.where[stemmed])] = np.maximum(soft[row, list(index.where[stemmed])], strength)
        exact[row, list(index.where.get(word.stem, ()))] = 1.0
    weights = np.array([rarity(word.stem) for word in content]) if content else np.zeros(0)
    held = weights @ soft if len(content) else np.zeros(len(index.sentences))
    order = tuple(int(number) for number in np.argsort(-held, kind="stable"))
    return Alignment(spoken, content, weights, exact, soft, order, index)


def _alike(word: Word, index: Evidence) -> dict[str, float]:
    """The stems of the evidence that say what ``word`` says, with how surely."""
    found = {}
    if word.stem.isalpha() and len(word.stem) > _BEGINNING:
        for other in index.beginnings.get(word.stem[:_BEGINNING], ()):
            shared = _shared_beginning(word.stem, other)
            if shared / max(len(word.stem), len(other)) >= 0.6:
                found[other] = _SAME_BEGINNING
    for strength, others in (
        (_SYNONYM, vocabulary.synonyms(word.stem)),
        (_FAMILY, vocabulary.family(word.stem)),
        (1.0, (word.stem,)),
    ):
        found.update((other, strength) for other in others if other in index.where)
    return found


def _shared_beginning(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count

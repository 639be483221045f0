"""Two texts as one input of the cross-encoder: ``[CLS] first [SEP] second [SEP]``. The same in training and in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ragkit.cross_encoder.inputs import FIRST_TOKENS, MAX_TOKENS
from ragkit.embedding.tokenizing import DefaultTokenizer

PADDING = 0
"""The id that fills a row up; it is masked, so that any would do."""


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """The tokens of two texts.

    Attributes:
        ids: token ids with the special tokens, at most ``MAX_TOKENS``.
        second_start: where the second text begins in them; its final [SEP] belongs to it.
    """

    ids: list[int]
    second_start: int

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class PaddedPairs:
    """Pairs of one batch, all int64 of shape (pairs, length of the longest).

    Attributes:
        input_ids: token ids, filled up with ``PADDING``.
        token_type_ids: 1 for the tokens of the second text with its final [SEP], 0 for all others and for padding.
        attention_mask: 1 for tokens, 0 for padding.
    """

    input_ids: npt.NDArray[np.int64]
    token_type_ids: npt.NDArray[np.int64]
    attention_mask: npt.NDArray[np.int64]


class PairTokenizer:
    """Turns pairs of texts into tokens, with the limits of ``inputs``. May be used from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """Looks the tokenizer up; it is read at the first use.

        Args:
            folder: where ``tokenizer.json`` lies; the default embedding model's package by default.

        Raises:
            EmbeddingError: the package is not installed.
        """
        self._tokenizer = DefaultTokenizer(folder)

    def encode(self, pairs: Sequence[tuple[str, str]]) -> list[EncodedPair]:
        """The tokens of each pair.

        The first text keeps its first ``FIRST_TOKENS`` tokens; the second what then fits into ``MAX_TOKENS``.
        """
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        pieces = dict(zip(texts, self._tokenizer.pieces(texts), strict=True))
        start, end = self._tokenizer.special("[CLS]"), self._tokenizer.special("[SEP]")
        encoded = []
        for first, second in pairs:
            head = [start, *pieces[first][:FIRST_TOKENS], end]
            encoded.append(EncodedPair([*head, *pieces[second][: MAX_TOKENS - len(head) - 1], end], len(head)))
        return encoded

    def count(self, texts: Sequence[str]) -> list[int]:
        """Length of each text in tokens, special tokens excluded."""
        return [len(pieces) for pieces in self._tokenizer.pieces(texts)]


def padded(pairs: Sequence[EncodedPair]) -> PaddedPairs:
    """One batch of pairs (at least one), as arrays."""
    input_ids = np.full((len(pairs), max(map(len, pairs))), PADDING, dtype=np.int64)
    token_type_ids, attention_mask = np.zeros_like(input_ids), np.zeros_like(input_ids)
    for row, pair in enumerate(pairs):
        input_ids[row, : len(pair)] = pair.ids
        token_type_ids[row, pair.second_start : len(pair)] = 1
        attention_mask[row, : len(pair)] = 1
    return PaddedPairs(input_ids, token_type_ids, attention_mask)

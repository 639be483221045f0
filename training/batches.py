"""Examples as tokens, and the batches of an epoch: the same ones in the same order for the same seed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from examples import Example, Task, read_examples
from torch import Tensor

from ragkit.cross_encoder.encoding import EncodedPair, PairTokenizer, padded
from ragkit.cross_encoder.inputs import FIRST_TOKENS, MAX_TOKENS
from ragkit.embedding.weights import default_model_folder

_LENGTH_NOISE = 6
"""Lengths are shaken by so many tokens before sorting, so that not the same examples meet in every epoch."""
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class TokenisedExamples:
    """Examples, and their two texts as the model reads them.

    Attributes:
        examples: in the order of the files.
        pairs: the tokens of each.
    """

    examples: list[Example]
    pairs: list[EncodedPair]

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each input, special tokens included."""
        return np.array([len(pair) for pair in self.pairs], dtype=np.int64)

    def chosen(self, indices: Sequence[int]) -> TokenisedExamples:
        """Some of them, in that order."""
        return TokenisedExamples([self.examples[i] for i in indices], [self.pairs[i] for i in indices])


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of one task as tensors.

    Attributes:
        task: which head judges them.
        indices: their places among the examples.
        input_ids: int64 (batch, length); ``token_type_ids`` and ``attention_mask`` likewise.
        labels: float32 (batch,).
        weights: float32 (batch,).
        questions: int64 (batch,): the same number for the same first text.
    """

    task: Task
    indices: list[int]
    input_ids: Tensor
    token_type_ids: Tensor
    attention_mask: Tensor
    labels: Tensor
    weights: Tensor
    questions: Tensor


def load_tokenised(paths: Sequence[Path], cache: Path | None = None) -> TokenisedExamples:
    """The examples of files, tokenised.

    Args:
        paths: files of ``examples.write_examples``.
        cache: a folder where the tokens are kept for the next time.
    """
    examples: list[Example] = []
    pairs: list[EncodedPair] = []
    for path in paths:
        found = list(read_examples(path))
        examples += found
        pairs += _cached_pairs(path, found, cache)
    return TokenisedExamples(examples, pairs)


def tokenised(examples: Sequence[Example]) -> TokenisedExamples:
    """Examples at hand, tokenised."""
    return TokenisedExamples(list(examples), _encoded(examples))


def collate(data: TokenisedExamples, indices: Sequence[int]) -> Batch:
    """Examples of one task as padded tensors."""
    chosen = [data.examples[i] for i in indices]
    arrays = padded([data.pairs[i] for i in indices])
    numbers: dict[str, int] = {}
    return Batch(
        task=chosen[0].task,
        indices=[int(i) for i in indices],
        input_ids=torch.from_numpy(arrays.input_ids),
        token_type_ids=torch.from_numpy(arrays.token_type_ids),
        attention_mask=torch.from_numpy(arrays.attention_mask),
        labels=torch.tensor([example.label for example in chosen], dtype=torch.float32),
        weights=torch.tensor([example.weight for example in chosen], dtype=torch.float32),
        questions=torch.tensor([numbers.setdefault(example.first, len(numbers)) for example in chosen]),
    )


def in_order(data: TokenisedExamples, tokens_per_batch: int) -> list[list[int]]:
    """Batches for judging: every example once, each task by itself, sorted by length."""
    lengths = data.lengths
    batches: list[list[int]] = []
    for task in Task:
        own = [i for i in np.argsort(lengths, kind="stable").tolist() if data.examples[i].task is task]
        batches += _cut([[i] for i in own], lengths, tokens_per_batch)
    return batches


def epoch_batches(
    data: TokenisedExamples,
    shares: npt.NDArray[np.float64],
    *,
    seed: int,
    epoch: int,
    tokens_per_batch: int,
    by_question: bool = False,
) -> list[list[int]]:
    """The batches of an epoch, in random order that depends only on the arguments.

    Args:
        data: the examples.
        shares: for each example how often it is seen: 0.3 in three epochs of ten, 2 twice in each epoch.
        seed: of the whole training.
        epoch: counted from 0.
        tokens_per_batch: a batch has at most so many places, padding included.
        by_question: relevance examples with the same first text stay together, for a loss that compares them.
    """
    random = np.random.default_rng([seed, epoch])
    repeats = np.floor(shares + random.random(len(data))).astype(np.int64)
    indices = np.repeat(np.arange(len(data)), repeats)
    random.shuffle(indices)
    lengths = data.lengths
    batches: list[list[int]] = []
    for task in Task:
        own = [i for i in indices.tolist() if data.examples[i].task is task]
        groups = _by_question(data, own) if by_question and task is Task.RELEVANCE else [[i] for i in own]
        keys = [max(lengths[i] for i in group) + random.uniform(0, _LENGTH_NOISE) for group in groups]
        ordered = [groups[place] for place in np.argsort(keys, kind="stable")]
        batches += _cut(ordered, lengths, tokens_per_batch)
    return [batches[place] for place in random.permutation(len(batches))]


def file_sha256(path: Path) -> str:
    """The hexadecimal hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _by_question(data: TokenisedExamples, indices: Sequence[int]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for i in indices:
        groups.setdefault(data.examples[i].first, []).append(i)
    return list(groups.values())


def _cut(groups: Sequence[list[int]], lengths: npt.NDArray[np.int64], tokens_per_batch: int) -> list[list[int]]:
    """Neighbours into batches that hold at most ``tokens_per_batch`` places; a group larger than that is divided."""
    batches: list[list[int]] = []
    current: list[int] = []
    longest = 0
    for group in groups:
        wider = max(longest, *(int(lengths[i]) for i in group))
        if current and wider * (len(current) + len(group)) > tokens_per_batch:
            batches.append(current)
            current, wider = [], max(int(lengths[i]) for i in group)
        most = max(1, tokens_per_batch // wider)
        current = current + group
        longest = wider
        while len(current) > most:
            batches.append(current[:most])
            current = current[most:]
    return [*batches, current] if current else batches


def _cached_pairs(path: Path, examples: Sequence[Example], cache: Path | None) -> list[EncodedPair]:
    if cache is None:
        return _encoded(examples)
    tokenizer = default_model_folder() / "tokenizer.json"
    key = f"{file_sha256(path)} {file_sha256(tokenizer)} {FIRST_TOKENS} {MAX_TOKENS}"
    kept = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.npz"
    if kept.is_file():
        with np.load(kept) as arrays:
            rows = np.split(arrays["ids"], arrays["ends"][:-1])
            starts = arrays["second_starts"].tolist()
        return [EncodedPair(row.tolist(), start) for row, start in zip(rows, starts, strict=True)]
    pairs = _encoded(examples)
    cache.mkdir(parents=True, exist_ok=True)
    partial = cache / f"{kept.stem}.{os.getpid()}.npz"
    np.savez(
        partial,
        ids=np.array([token for pair in pairs for token in pair.ids], dtype=np.int32),
        ends=np.cumsum([len(pair) for pair in pairs]),
        second_starts=np.array([pair.second_start for pair in pairs]),
    )
    partial.replace(kept)
    return pairs


def _encoded(examples: Sequence[Example]) -> list[EncodedPair]:
    tokenizer = PairTokenizer()
    pairs: list[EncodedPair] = []
    for start in range(0, len(examples), _AT_ONCE):
        part = examples[start : start + _AT_ONCE]
        pairs += tokenizer.encode([(example.first, example.second) for example in part])
    return pairs

"""The examples that the cross-encoder is trained on: two texts and a label, one JSON object a line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Task(StrEnum):
    """What is judged; each task has a head of its own."""

    RELEVANCE = "relevance"
    ANSWERABILITY = "answerability"
    SUPPORT = "support"


SUPPORT_LABELS = ("supported", "contradicted", "unsupported")
"""The classes of the support head, in the order of its outputs."""


@dataclass(frozen=True, slots=True)
class Example:
    """One judgement.

    Attributes:
        task: which head is trained.
        first: the question, or the claim.
        second: the line or lines of a document, written as ``ragkit.cross_encoder.inputs`` writes them.
        label: relevance and answerability: 1 yes, 0 no (relevance also between); support: index in SUPPORT_LABELS.
        source: where it comes from ("medquad", "fever", "corruption:number", "policy:tco" ...).
        document: what it must not be divided from when sets are split (a document, or a cluster of claims).
        weight: how much it counts.
    """

    task: Task
    first: str
    second: str
    label: float
    source: str
    document: str
    weight: float = 1.0


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Writes a gzipped file; the same examples give the same bytes. Returns how many there were."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:
        for example in examples:
            file.write((json.dumps(asdict(example), ensure_ascii=False) + "\n").encode())
            count += 1
    return count


def read_examples(path: Path) -> Iterator[Example]:
    """The examples of a file in order."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            data = json.loads(line)
            yield Example(**{**data, "task": Task(data["task"])})

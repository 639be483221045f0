"""Which examples are trained on, and how often: sources left out, folds by agency, sources drawn less or more."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import numpy.typing as npt
from batches import TokenisedExamples
from examples import Example

NEVER_TRAINED_ON = ("validation", "measure", "cache", "parts")
"""Files and folders with one of these words in their name are left out where a folder is trained on: what is measured
on, and what the builders keep for themselves."""
POLICY = "policy"
"""Sources that begin so are named "policy...:group"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to train on.

    Attributes:
        exclude_sources: patterns (as of file names) of sources that are left out, or of "task/source".
        include_groups: of the policy sources, only these groups; all of them where empty.
        exclude_groups: of the policy sources, not these groups.
        shares: pairs of a pattern of the same kind and how often an example of such a source is seen in an epoch; the
            first that fits counts, 1 where none does.
    """

    exclude_sources: tuple[str, ...] = ()
    include_groups: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    shares: tuple[tuple[str, float], ...] = ()

    def takes(self, example: Example) -> bool:
        """Whether an example is trained on."""
        if any(_fits(example, pattern) for pattern in self.exclude_sources):
            return False
        group = policy_group(example.source)
        if not group:
            return True
        return group not in self.exclude_groups and (not self.include_groups or group in self.include_groups)

    def share(self, example: Example) -> float:
        """How often an example is seen in an epoch."""
        return next((share for pattern, share in self.shares if _fits(example, pattern)), 1.0)


def _fits(example: Example, pattern: str) -> bool:
    return fnmatch(example.source, pattern) or fnmatch(f"{example.task}/{example.source}", pattern)


def policy_group(source: str) -> str:
    """The group of a policy source ("policy:tla" and "policy-claims:tla" are of "tla"); "" for other sources."""
    name, _, group = source.rpartition(":")
    return group if name.startswith(POLICY) else ""


def policy_groups(examples: Sequence[Example]) -> list[str]:
    """The groups that occur, in alphabetical order."""
    return sorted({policy_group(example.source) for example in examples} - {""})


def training_files(places: Sequence[Path]) -> list[Path]:
    """The files to train on: those given, and in folders all that are not for measuring, by name.

    Raises:
        FileNotFoundError: there is none.
    """
    chosen = []
    for place in places:
        inside = sorted(place.rglob("*.jsonl.gz")) if place.is_dir() else []
        chosen += [place] if place.is_file() else [path for path in inside if _to_train_on(path.relative_to(place))]
    if not chosen:
        raise FileNotFoundError(f"No *.jsonl.gz to train on in {', '.join(map(str, places))}. Build the data first.")
    return chosen


def validation_files(places: Sequence[Path]) -> list[Path]:
    """All files of examples in folders, and the files given."""
    return [path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*.jsonl.gz")))]


def _to_train_on(path: Path) -> bool:
    return not any(word in part for part in path.parts for word in NEVER_TRAINED_ON)


def held_out_by_document(data: TokenisedExamples, share: float) -> TokenisedExamples:
    """The examples of about this share of the documents, chosen by the hash of the document's name."""
    threshold = round(share * 10_000)
    return data.chosen([i for i, example in enumerate(data.examples) if _bucket(example.document) < threshold])


def _bucket(document: str) -> int:
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big") % 10_000


def chosen_examples(data: TokenisedExamples, choice: Choice, held_out: Sequence[Example] = ()) -> TokenisedExamples:
    """The examples that a choice takes, without those of a document that is held out."""
    documents = {example.document for example in held_out if example.document}
    return data.chosen(
        [i for i, example in enumerate(data.examples) if choice.takes(example) and example.document not in documents]
    )


def shares(data: TokenisedExamples, choice: Choice) -> npt.NDArray[np.float64]:
    """How often each example is seen in an epoch."""
    return np.array([choice.share(example) for example in data.examples])


def counts(examples: Sequence[Example]) -> dict[str, int]:
    """How many examples there are of each task and source, as "task source"."""
    return dict(sorted(Counter(f"{example.task} {example.source}" for example in examples).items()))

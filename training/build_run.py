"""What a builder of training data is given, and what it gives."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from examples import Example


@dataclass(frozen=True)
class Run:
    """What a builder is given.

    Attributes:
        data: the folder of all data sets.
        cache: where what is slow to make is kept (knowledge bases).
        rng: the builder's own source of chance.
        small: whether a few hundred examples are enough.
    """

    data: Path
    cache: Path
    rng: random.Random
    small: bool


Built = Iterable[tuple[str, Example]]
"""(stage, example): the stage is "general" or "policy/<item file>"."""

"""Takes examples out until word overlap alone cannot tell the classes apart.

A model that is trained on pairs whose positives share more words learns to count words, which ragkit can do without a
model. So the classes of every made-up source are given the same distribution of word overlap.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from examples import SUPPORT_LABELS, Example, Task
from sklearn.metrics import roc_auc_score

from ragkit.answering.words import content_words

LOWEST, HIGHEST = 0.45, 0.55
"""The AUROC that word overlap may have: 0.5 is blind."""
_AIM = 0.03
_BINS = 20
_STRENGTH = 0.5
_ROUNDS = 40


@lru_cache(maxsize=200_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def coverage(example: Example) -> float:
    """Share of the first text's content stems that stand in the second, 0..1; 0 for a text without content words."""
    wanted = _stems(example.first)
    return len(wanted & _stems(example.second)) / len(wanted) if wanted else 0.0


def class_of(example: Example) -> str:
    """The class: "yes" or "no" (a label between counts as yes from 0.5 on), or one of ``SUPPORT_LABELS``."""
    if example.task is Task.SUPPORT:
        return SUPPORT_LABELS[int(example.label)]
    return "yes" if example.label >= 0.5 else "no"


def overlap_auroc(examples: Sequence[Example]) -> dict[str, float]:
    """How well ``coverage`` alone tells each other class from the positive one, as AUROC; 0.5 is chance.

    Returns:
        By class ("no"; "contradicted", "unsupported"); a class without examples, or without positives, is left out.
    """
    covered: dict[str, list[float]] = defaultdict(list)
    for example in examples:
        covered[class_of(example)].append(coverage(example))
    positive = covered.pop("yes", []) or covered.pop("supported", [])
    return {
        name: float(roc_auc_score([1] * len(positive) + [0] * len(values), positive + values))
        for name, values in sorted(covered.items())
        if positive
    }


def balanced(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """A subset, in order, in which word overlap tells no class from the positive one.

    Where a class has more than its share of examples with some overlap, some of those are left out, a little each
    round, until every AUROC lies between ``LOWEST`` and ``HIGHEST`` with room to spare.

    Args:
        examples: of one source and one task.
        rng: decides which are left out.
    """
    kept = list(examples)
    for _ in range(_ROUNDS):
        if all(abs(value - 0.5) <= _AIM for value in overlap_auroc(kept).values()):
            break
        kept = _thinned(kept, rng)
    return kept


def _thinned(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """Without some of the examples in those bins of overlap where their class is overrepresented."""
    places = [(class_of(example), min(_BINS - 1, int(coverage(example) * _BINS))) for example in examples]
    sizes, in_bin = Counter(name for name, _ in places), Counter(places)
    share = {place: count / sizes[place[0]] for place, count in in_bin.items()}
    usual = {
        bin_: sum(share.get((name, bin_), 0.0) for name in sizes) / len(sizes) for bin_ in {bin_ for _, bin_ in places}
    }
    keep = {place: min(1.0, (usual[place[1]] / value) ** _STRENGTH) for place, value in share.items()}
    return [example for example, place in zip(examples, places, strict=True) if rng.random() < keep[place]]

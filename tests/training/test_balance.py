"""Made-up examples may not be told apart by counting shared words."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from balance import HIGHEST, LOWEST, balanced, coverage, overlap_auroc
from examples import Example, Task

WORDS = ("saline", "flush", "port", "nurse", "sterile", "dressing", "catheter", "needle")


def pair(shared: int, label: float, number: int, task: Task = Task.RELEVANCE) -> Example:
    second = " ".join(WORDS[:shared]) + f" line{number}"
    return Example(task, " ".join(WORDS), second, label, "made", "document")


def test_coverage_is_the_share_of_the_questions_content_words() -> None:
    one = Example(Task.RELEVANCE, "how often is the port flushed?", "Flush it daily.", 1.0, "made", "document")
    assert coverage(one) == 0.5


def test_examples_whose_positives_share_more_words_are_thinned_until_it_does_not_tell() -> None:
    rng = random.Random(1)
    examples = [pair(rng.choice((3, 4, 5, 6, 7, 8)), 1.0, n) for n in range(1000)]
    examples += [pair(rng.choice((1, 2, 3, 4, 5, 6)), 0.0, n) for n in range(1000)]
    assert overlap_auroc(examples)["no"] > 0.7
    kept = balanced(examples, random.Random(1))
    assert LOWEST <= overlap_auroc(kept)["no"] <= HIGHEST
    assert len(kept) > 500
    assert kept == balanced(examples, random.Random(1))


def test_balanced_examples_are_left_alone() -> None:
    examples = [pair(n % 8, float(n % 16 >= 8), n) for n in range(400)]
    assert balanced(examples, random.Random(1)) == examples


def test_each_other_class_of_support_is_balanced_against_supported() -> None:
    rng = random.Random(2)
    shared = {0: (5, 6, 7, 8), 1: (5, 6, 7, 8), 2: (2, 4, 5, 6)}
    examples = [pair(rng.choice(shared[n % 3]), float(n % 3), n, Task.SUPPORT) for n in range(1500)]
    assert overlap_auroc(examples)["unsupported"] > 0.7
    found = overlap_auroc(balanced(examples, random.Random(1)))
    assert set(found) == {"contradicted", "unsupported"}
    assert all(LOWEST <= value <= HIGHEST for value in found.values())

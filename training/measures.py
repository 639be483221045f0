"""How well judgements fit the labels: by task and source, beside what word overlap alone would do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from balance import coverage
from examples import SUPPORT_LABELS, Example, Task
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

ALL = "all"
Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table.

    Attributes:
        task: what was judged.
        source: of the examples; "all" for all of them.
        count: how many examples.
        auroc: by contrast ("yes-no"; "supported-contradicted", "supported-unsupported"), of the model's score.
        words: the same of the share of the first text's content words that stand in the second.
        balanced: balanced accuracy of the likeliest class over the classes that occur (support only).
        balanced_supported: balanced accuracy of supported against all else, at probability 0.5.
    """

    task: str
    source: str
    count: int
    auroc: dict[str, float]
    words: dict[str, float]
    balanced: float | None = None
    balanced_supported: float | None = None


def measure(examples: Sequence[Example], logits: Floats) -> list[Measured]:
    """The table of a set.

    Args:
        examples: of any tasks.
        logits: from ``judging.judge``, (examples, 3).

    Returns:
        For each task a line for all examples and one for each source, in alphabetical order; none for a line in which
        there is nothing to tell apart.
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        places[example.task.value, ALL].append(place)
        places[example.task.value, example.source].append(place)
    order = sorted(places, key=lambda key: (key[0], key[1] != ALL, key[1]))
    found = []
    for task, source in order:
        own = places[task, source]
        found.append(_measured(task, source, [examples[i] for i in own], logits[own]))
    return [line for line in found if line.auroc]


def supported_log_odds(logits: Floats) -> Floats:
    """log(P(supported) / P(not supported)) from the logits of the support head, (examples, 3) -> (examples,)."""
    others: Floats = np.logaddexp(logits[:, 1], logits[:, 2])
    return logits[:, 0] - others


def as_table(lines: Sequence[Measured]) -> str:
    """The lines for reading: AUROC of the model, in brackets that of word overlap."""
    rows = [f"{'task':14} {'source':34} {'n':>6}  AUROC (words alone)"]
    for line in lines:
        parts = [f"{name} {value:.3f} ({line.words[name]:.3f})" for name, value in line.auroc.items()]
        if line.balanced is not None and line.balanced_supported is not None:
            parts.append(f"balanced accuracy {line.balanced:.3f}, of supported {line.balanced_supported:.3f}")
        rows.append(f"{line.task:14} {line.source:34} {line.count:6}  {'  '.join(parts)}")
    return "\n".join(rows)


def as_data(lines: Sequence[Measured]) -> list[dict[str, Any]]:
    """The lines for JSON, rounded to four places."""
    return [{key: _rounded(value) for key, value in asdict(line).items()} for line in lines]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _measured(task: str, source: str, examples: list[Example], logits: Floats) -> Measured:
    covered = np.array([coverage(example) for example in examples])
    labels = np.array([example.label for example in examples])
    if task != Task.SUPPORT:
        truth = labels >= 0.5
        return Measured(
            task, source, len(examples), _contrast("yes-no", truth, logits[:, 0]), _contrast("yes-no", truth, covered)
        )
    scores = supported_log_odds(logits)
    auroc: dict[str, float] = {}
    words: dict[str, float] = {}
    for index, name in enumerate(SUPPORT_LABELS[1:], start=1):
        own = (labels == 0) | (labels == index)
        auroc |= _contrast(f"supported-{name}", labels[own] == 0, scores[own])
        words |= _contrast(f"supported-{name}", labels[own] == 0, covered[own])
    classes = np.unique(labels).astype(int)
    likeliest = classes[np.argmax(logits[:, classes], axis=1)]
    return Measured(
        task,
        source,
        len(examples),
        auroc,
        words,
        float(balanced_accuracy_score(labels, likeliest)) if auroc else None,
        float(balanced_accuracy_score(labels == 0, scores > 0)) if auroc else None,
    )


def _contrast(name: str, truth: npt.NDArray[np.bool_], scores: Floats) -> dict[str, float]:
    """The AUROC under its name; nothing where one side is empty."""
    return {name: float(roc_auc_score(truth, scores))} if truth.any() and not truth.all() else {}

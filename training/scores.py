"""Writes the logits of every example of a file.

Usage:
    python training/scores.py --model RUN --data FILE_OR_DIR... --out FILE [--group NAME...] [--full-precision]

``FILE`` is gzipped JSON lines in the order of the examples: ``{"task", "source", "document", "first", "second",
"label", "weight", "logits"}``, one logit for relevance and answerability, three for support in the order of
``SUPPORT_LABELS``. With ``--group`` only the examples of those policy groups are judged: those a fold has not seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from batches import load_tokenised
from choosing import policy_group, validation_files
from examples import SUPPORT_LABELS, Example, Task
from judging import judge
from run_folder import load_model


def main(arguments: list[str] | None = None) -> None:
    """Reads the arguments and judges."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--group", nargs="+", default=[])
    parser.add_argument("--full-precision", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    data = load_tokenised(validation_files(options.data), options.out.parent / "tokens")
    if options.group:
        own = [i for i, example in enumerate(data.examples) if policy_group(example.source) in options.group]
        data = data.chosen(own)
    logits = judge(load_model(options.model), data, half=not options.full_precision)
    write_scores(options.out, data.examples, logits)
    print(f"{len(data)} examples judged: {options.out}")


def write_scores(path: Path, examples: Sequence[Example], logits: npt.NDArray[np.float32]) -> None:
    """Writes examples with their logits.

    Args:
        path: the gzipped file, replaced at once.
        examples: in order.
        logits: (examples, 3), as ``judging.judge`` gives them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".unfinished")
    with partial.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:
        for example, row in zip(examples, logits, strict=True):
            outputs = len(SUPPORT_LABELS) if example.task is Task.SUPPORT else 1
            line = {**asdict(example), "logits": [round(float(value), 5) for value in row[:outputs]]}
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    partial.replace(path)


def read_scores(paths: Sequence[Path]) -> tuple[list[Example], npt.NDArray[np.float32]]:
    """The examples of such files, and their logits as ``judging.judge`` gives them."""
    examples: list[Example] = []
    rows: list[list[float]] = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                data = json.loads(line)
                given = data.pop("logits")
                rows.append(given + [float("nan")] * (len(SUPPORT_LABELS) - len(given)))
                examples.append(Example(**{**data, "task": Task(data["task"])}))
    return examples, np.array(rows, dtype=np.float32).reshape(len(rows), len(SUPPORT_LABELS))


if __name__ == "__main__":
    main()

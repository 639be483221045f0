"""How often a question that is complete is changed because another one was asked before it.

    python benchmarks/follow_up_questions.py eval/northmoor ../shared/data/questions [--pairs 5] [--seed 1]

Each question of the sets (``.yaml`` of ragkit's own format, ``.jsonl`` with a "question") is put after random other
questions of its set, by the rules alone. Nearly all of them are about something else, so that none should be changed;
those that are changed are printed, since some lean on something that was never said ("what's the dose?").
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

import yaml

from ragkit.conversation.follow_up import standalone_question


def questions_of(path: Path) -> Iterator[str]:
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.suffix == ".jsonl":
            yield from (json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines() if line)
        elif file.suffix == ".yaml":
            for item in yaml.safe_load(file.read_text(encoding="utf-8")).get("questions", ()):
                yield item["question"]
                yield from (variant["question"] for variant in item.get("variants", ()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for path in options.paths:
        draw = random.Random(options.seed)
        questions = list(dict.fromkeys(questions_of(path)))
        changed = {
            question: result.text
            for question in questions
            for before in draw.choices(questions, k=options.pairs)
            if (result := standalone_question(question, [before])).changed
        }
        print(f"{path}: {len(changed)} of {len(questions)} questions are changed by one of {options.pairs} before them")
        for question, text in changed.items():
            print(f"  {question}\n      {text}")


if __name__ == "__main__":
    main()

"""Builds the training data of the small models from the data sets, outside the repository.

Usage:
    python training/build_data.py ../shared/data --out DIR [--only NAME ...] [--small] [--cache DIR] [--seed N]

Writes ``DIR/general/<task>.jsonl.gz`` (medical questions, headings, cloze questions, entailment sets, corruptions) and
``DIR/policy/<item file>/<task>.jsonl.gz`` (what ragkit's own search brings for the written items). NAME is a builder of
``BUILDERS``; the parts of the others stay as they are. ``--small`` makes a few hundred examples of each, to try
it out. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path

from balance import HIGHEST, LOWEST, class_of, overlap_auroc
from build_run import Built, Run
from examples import Example, Task, read_examples, write_examples

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

SMALL = 300
"""Examples that ``--small`` keeps of each builder, task and stage."""


BUILDERS: dict[str, str] = {
    "policy": "policy_items",
    "medical": "medical_questions",
    "heading": "heading_questions",
    "cloze": "cloze_questions",
    "entailment": "entailment_sets",
    "claims": "policy_claims",
    "corruption": "corruptions",
}
"""The name of each builder and its module, whose ``build(run)`` gives what is built. A builder is one line here."""


def main() -> None:
    """Reads the arguments and builds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=sorted(BUILDERS), default=list(BUILDERS))
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--cache", type=Path, help="default: OUT/cache")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    for name in options.only:
        started = time.perf_counter()
        print(f"{name} ...", flush=True)
        rng = random.Random(f"{options.seed}:{name}")
        run = Run(options.data, options.cache or options.out / "cache", rng, options.small)
        builder: Callable[[Run], Built] = import_module(BUILDERS[name]).build
        write_part(options.out, name, builder(run), run)
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    join_parts(options.out)


def write_part(out: Path, name: str, built: Built, run: Run) -> None:
    """Writes what one builder makes below ``out/parts``, and prints how well word overlap alone would do on it."""
    found: dict[tuple[str, Task], list[Example]] = defaultdict(list)
    seen: set[tuple[str, Task, str, str]] = set()
    for stage, example in built:
        place = (stage, example.task, example.first, example.second)
        if place not in seen:  # a pair with two labels would teach nothing: the first one stands
            seen.add(place)
            found[stage, example.task].append(example)
    for (stage, task), examples in sorted(found.items()):
        run.rng.shuffle(examples)
        kept = examples[:SMALL] if run.small else examples
        _write(out / "parts" / name / stage / f"{task}.jsonl.gz", kept)
        if stage == "general":
            _print_balance(f"{name} {task}", kept)
    for stale in set((out / "parts" / name).rglob("*.jsonl.gz")) - {
        out / "parts" / name / stage / f"{task}.jsonl.gz" for stage, task in found
    }:
        stale.unlink()


def _write(path: Path, examples: Iterable[Example]) -> int:
    """Writes a file and puts it in its place at once: who reads beside it sees the old one or the new one."""
    unfinished = path.with_suffix(".unfinished")
    count = write_examples(unfinished, examples)
    unfinished.replace(path)
    return count


def _print_balance(name: str, examples: list[Example]) -> None:
    classes = Counter(map(class_of, examples))
    for other, value in overlap_auroc(examples).items():
        verdict = "" if LOWEST <= value <= HIGHEST else "  NOT BALANCED"
        print(f"  {name}: {dict(classes)}, word overlap against {other}: AUROC {value:.3f}{verdict}", flush=True)


def join_parts(out: Path) -> None:
    """Joins the parts of all builders into one file for each stage and task, in the order of ``BUILDERS``."""
    files: dict[Path, list[Path]] = defaultdict(list)
    for name in BUILDERS:
        for path in sorted((out / "parts" / name).rglob("*.jsonl.gz")):
            files[path.relative_to(out / "parts" / name)].append(path)
    for target, parts in sorted(files.items()):
        print(f"{target}: {_write(out / target, _all(parts))} examples", flush=True)


def _all(parts: Iterable[Path]) -> Iterator[Example]:
    for path in parts:
        yield from read_examples(path)


if __name__ == "__main__":
    main()

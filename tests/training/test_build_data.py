"""The command that builds all training data."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from build_data import BUILDERS, join_parts, write_part
from build_run import Run
from examples import Example, Task, read_examples


def run(tmp_path: Path, *, small: bool = False) -> Run:
    return Run(tmp_path, tmp_path, random.Random(1), small)


def pairs(word: str, count: int, stage: str = "general") -> Iterator[tuple[str, Example]]:
    for number in range(count):
        yield stage, Example(Task.RELEVANCE, f"{word} {number}?", f"{word} {number}", float(number % 2), word, word)


def test_a_builder_that_runs_again_replaces_its_own_part_only(tmp_path: Path) -> None:
    first, second = list(BUILDERS)[:2]
    write_part(tmp_path, first, pairs("port", 6), run(tmp_path))
    write_part(tmp_path, second, pairs("drain", 4), run(tmp_path))
    write_part(tmp_path, first, pairs("pump", 2), run(tmp_path))
    join_parts(tmp_path)
    found = list(read_examples(tmp_path / "general" / "relevance.jsonl.gz"))
    assert sorted(each.source for each in found) == ["drain"] * 4 + ["pump"] * 2


def test_stages_have_files_of_their_own_and_small_keeps_a_few_hundred(tmp_path: Path) -> None:
    name = next(iter(BUILDERS))
    write_part(tmp_path, name, [*pairs("port", 900), *pairs("pump", 3, "policy/tno")], run(tmp_path, small=True))
    join_parts(tmp_path)
    assert len(list(read_examples(tmp_path / "general" / "relevance.jsonl.gz"))) == 300
    assert len(list(read_examples(tmp_path / "policy" / "tno" / "relevance.jsonl.gz"))) == 3


def test_a_pair_is_written_once_with_its_first_label(tmp_path: Path) -> None:
    one = Example(Task.RELEVANCE, "q", "line", 1.0, "made", "d")
    other = Example(Task.RELEVANCE, "q", "line", 0.0, "made", "d")
    name = next(iter(BUILDERS))
    write_part(tmp_path, name, [("general", one), ("general", other)], run(tmp_path))
    join_parts(tmp_path)
    assert list(read_examples(tmp_path / "general" / "relevance.jsonl.gz")) == [one]


def test_what_word_overlap_alone_can_tell_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = [("general", Example(Task.RELEVANCE, "port flush", f"port flush {n}", 1.0, "m", "d")) for n in range(9)]
    wrong = [("general", Example(Task.RELEVANCE, "port flush", f"drain {n}", 0.0, "m", "d")) for n in range(9)]
    write_part(tmp_path, next(iter(BUILDERS)), [*right, *wrong], run(tmp_path))
    assert "AUROC 1.000  NOT BALANCED" in capsys.readouterr().out


def test_the_same_examples_give_the_same_bytes(tmp_path: Path) -> None:
    name = next(iter(BUILDERS))
    for folder in ("one", "two"):
        write_part(tmp_path / folder, name, pairs("port", 50), run(tmp_path))
        join_parts(tmp_path / folder)
    one, two = ((tmp_path / folder / "general" / "relevance.jsonl.gz").read_bytes() for folder in ("one", "two"))
    assert one == two

"""Pairs from written items: what ragkit's own search brings, held against the gold quotes."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from build_run import Run
from examples import Example, Task
from policy_items import Gold, build, grade, grade_read
from question_sets import Item

from ragkit.evaluation.questions.question import GoldSpan

GOLD = "Flush the implanted port with 10 mL of saline every 8 hours."
NEAREST = "The dressing of the port is changed by a nurse of the ward."
FILES = {
    "ports.txt": f"PORT CARE\n\n{GOLD}\n\n{NEAREST}\n\nDocument every flush of the port in the ward book.\n",
    "drains.txt": "DRAIN CARE\n\nEmpty the drain each morning.\n\nThe port of the drain is closed after this.\n",
}
ITEMS = [
    {
        "id": "n-1",
        "question": "how often do we flush a port",
        "paraphrase": "At what interval is an implanted port flushed?",
        "category": "time_limit",
        "answerable": True,
        "gold": [{"file": "north/ports.txt", "quote": GOLD}],
    },
    {
        "id": "n-2",
        "question": "how many nurses change the dressing of a port",
        "paraphrase": "Number of nurses for a dressing change of the port?",
        "category": "unanswerable_near_miss",
        "answerable": False,
        "gold": [],
        "nearest": [{"file": "north/ports.txt", "quote": NEAREST}],
    },
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Example]]:
    data = tmp_path_factory.mktemp("data")
    folder = data / "training" / "text" / "north"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (data / "training" / "tno.jsonl").write_text("\n".join(map(json.dumps, ITEMS)), encoding="utf-8")
    return list(build(Run(data, tmp_path_factory.mktemp("cache"), random.Random(1), small=False)))


def of(built: list[tuple[str, Example]], task: Task, number: int) -> list[Example]:
    questions = {ITEMS[number]["question"], ITEMS[number]["paraphrase"]}
    return [example for _, example in built if example.task is task and example.first in questions]


def test_each_item_file_is_a_stage_and_each_document_a_unit_that_is_not_divided(
    built: list[tuple[str, Example]],
) -> None:
    assert {stage for stage, _ in built} == {"policy/tno"}
    assert {(each.source, each.document) for _, each in built} == {("policy:tno", "north/ports.txt")}


def test_question_and_paraphrase_are_both_asked(built: list[tuple[str, Example]]) -> None:
    assert len({each.first for each in of(built, Task.RELEVANCE, 0)}) == 2


def test_the_gold_line_answers_and_what_shows_nothing_of_it_does_not(built: list[tuple[str, Example]]) -> None:
    pairs = of(built, Task.RELEVANCE, 0)
    assert {each.label for each in pairs if GOLD in each.second} == {1.0}
    wrong = [each for each in pairs if each.label == 0.0]
    assert any("dressing" in each.second for each in wrong)
    assert all("every 8 hours" not in each.second for each in wrong)
    assert max(sum(each.first == pair.first for each in wrong) for pair in wrong) <= 8


def test_nothing_answers_an_unanswerable_item(built: list[tuple[str, Example]]) -> None:
    for task in (Task.RELEVANCE, Task.ANSWERABILITY):
        found = of(built, task, 1)
        assert found and all(each.label == 0.0 for each in found)


def test_evidence_with_the_gold_answers_and_with_the_gold_taken_out_does_not(
    built: list[tuple[str, Example]],
) -> None:
    sets = of(built, Task.ANSWERABILITY, 0)
    assert {each.label for each in sets} == {0.0, 1.0}
    assert all(("every 8 hours" in each.second) == (each.label == 1.0) for each in sets)
    assert all(each.weight < 1.0 for each in sets if each.label == 0.0)


def item_with(*quotes: str) -> Item:
    gold = tuple(GoldSpan(document="ports.txt", quote=quote) for quote in quotes)
    return Item("n", "north", "q", "dose", True, gold)


def test_a_line_that_may_say_the_same_is_neither_right_nor_wrong() -> None:
    gold = Gold.of(item_with(GOLD))
    retold = "Every 8 hours the port that is implanted gets its saline flush."
    assert grade(gold, retold, retold) is None
    assert (
        grade(gold, "Empty the drain each morning before breakfast.", "Empty the drain each morning before breakfast.")
        == 0.0
    )
    assert grade(gold, f"Port care | {GOLD}", GOLD) == 1.0


def test_a_piece_of_a_long_gold_quote_answers_in_part() -> None:
    piece = "Close the clamp before the needle is taken out of the septum."
    rest = "Then wait for one minute, write down the time and tell the patient to keep the arm still for a while."
    gold = Gold.of(item_with(f"{GOLD} {piece} {rest}"))
    found = grade(gold, piece, piece)
    assert found is not None
    assert 0.0 < found < 1.0


def test_a_long_list_whose_gold_stands_beyond_what_the_model_reads_is_left_out() -> None:
    gold = Gold.of(item_with(GOLD))
    padding = "Write the number of the bed on the label of the bag. " * 20
    assert grade_read(gold, "how often flush", f"{GOLD} {padding}", f"{GOLD} {padding}") == 1.0
    assert grade_read(gold, "how often flush", f"{padding} {GOLD}", f"{padding} {GOLD}") is None

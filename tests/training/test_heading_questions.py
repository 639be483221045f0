"""Questions made of headings and of the lead-ins of lists."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from document_lines import Line
from examples import Example, Task
from heading_questions import examples_of, heading_topics, list_topics


def line(text: str, heading: str, place: int, announced_by: str = "") -> Line:
    return Line(text, "Ports", ("Nursing", heading), announced_by, "ports.md", "north", place, announced_by)


LEAD_IN = "The handover of a ventilated patient includes:"
POLICY = [
    line("A port is accessed with a bent needle by a trained nurse.", "Accessing the Port", 0),
    line("Access is documented with the size of the needle.", "Accessing the Port", 1),
    line("Waste is put into the yellow bin beside the door.", "Disposal of Waste", 2),
    line("The bin is emptied by the night shift.", "Disposal of Waste", 3),
    line("settings of the ventilator and last blood gas", "Handover Notes", 4, LEAD_IN),
    line("size and depth of the tube at the teeth", "Handover Notes", 5, LEAD_IN),
]


def test_a_heading_is_answered_by_lines_that_speak_of_it_and_not_by_those_of_other_sections() -> None:
    topic = next(t for t in heading_topics(POLICY, set(), random.Random(1)) if "port" in t.question.lower())
    assert {each.place for each in topic.right} == {0, 1}
    assert {each.place for each in topic.wrong} >= {2, 3}


def test_the_heading_is_mostly_left_out_of_what_stands_above_the_line() -> None:
    shown = [
        "Accessing the Port" in topic.right[0].judged
        for seed in range(40)
        for topic in heading_topics(POLICY, set(), random.Random(seed))
        if topic.right[0].place == 0
    ]
    assert 0 < sum(shown) < len(shown) / 2


def test_furniture_is_no_heading_to_ask_for() -> None:
    topics = heading_topics(POLICY, {"Accessing the Port", "Disposal of Waste"}, random.Random(1))
    assert all(each.right[0].place not in (0, 1, 2, 3) for each in topics)


def test_a_lead_in_by_itself_does_not_answer_what_its_list_answers() -> None:
    (topic,) = list_topics(POLICY, random.Random(1))
    assert {each.place for each in topic.right} == {4, 5}
    assert topic.alone is not None
    assert topic.alone.judged.endswith(LEAD_IN)


def test_the_examples_name_their_folder_and_document() -> None:
    made = examples_of([POLICY], random.Random(1))
    assert {each.task for each in made} == {Task.RELEVANCE, Task.ANSWERABILITY}
    assert {(each.source, each.document) for each in made} == {("heading:north", "north/ports.md")}
    assert made == examples_of([POLICY], random.Random(1))
    assert any(right_line(each) for each in made)


def right_line(example: Example) -> bool:
    return example.label == 1.0 and ("ventilator" in example.second or "needle" in example.second)

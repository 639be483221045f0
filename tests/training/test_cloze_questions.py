"""Questions made of sentences by taking out what they ask for."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from cloze_questions import Cloze, Maker, clozes_of, with_other_subject
from cloze_wording import in_staff_words, same_substances, spoken_forms
from document_lines import Line
from examples import Example, Task


def line(text: str, lead_in: str = "", place: int = 0) -> Line:
    return Line(text, "Ports", ("Flushing",), lead_in, "ports.md", "north", place)


def made(text: str, name: str, lead_in: str = "", seed: int = 1) -> Cloze:
    found = [each for each in clozes_of(line(text, lead_in), random.Random(seed)) if each.name == name]
    assert found, f"no question for {name}"
    return found[0]


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("deadline", "The charge nurse reports the lost device to pharmacy within 24 hours.", "24"),
        ("frequency", "The implanted port is flushed with saline every 8 hours on the ward.", "every"),
        ("period", "Keep the removed catheter tip in the specimen bag for at least 30 days.", "30"),
        ("dose", "Give the adult patient ondansetron 4 mg before the infusion is started.", "4"),
        ("route", "Give the adult patient ondansetron IV before the infusion is started.", "IV"),
        ("agent", "The ward pharmacist must verify each high-alert infusion pump setting.", "pharmacist"),
        ("condition", "Remove the catheter of the arm and call the nurse if the site is red or swollen.", "red"),
        ("purpose", "Rotate the injection sites on the abdomen to prevent hardened skin.", "hardened"),
        ("count", "The sharps drill is watched by two trained observers and three nurses of the unit.", "three"),
        ("threshold", "Hold the evening infusion and call the team for glucose below 70 mg/dL.", "70"),
        ("age", "Offer the school visit programme to patients over 12 years of age and their parents.", "12"),
        ("where", "Document the wasted remainder of the syringe on the narcotic waste form.", "form"),
    ],
)  # fmt: skip
def test_the_question_does_not_hold_what_it_asks_for(name: str, text: str, answer: str) -> None:
    for seed in range(8):
        cloze = made(text, name, seed=seed)
        assert cloze.line.text == text
        without_tags = cloze.question.replace("which form", "").replace("what form", "").replace("every how many", "")
        assert answer not in without_tags.replace("IV or IM", "").replace("on which form", "").split()
        if cloze.without is not None:
            assert answer not in cloze.without.text


def test_a_sentence_with_two_time_limits_is_not_asked_for_its_time_limit() -> None:
    text = "Report the lost device within 24 hours and send the written form within 3 days."
    assert all(each.name != "deadline" for each in clozes_of(line(text), random.Random(1)))


def test_a_sentence_that_points_back_is_no_answer_by_itself() -> None:
    assert not list(clozes_of(line("This must be reported to the pharmacy within 24 hours."), random.Random(1)))


def test_the_sentence_without_its_answer_is_no_negative_where_what_stands_above_it_answers() -> None:
    text = "The charge nurse reports the lost device to pharmacy within 24 hours."
    assert made(text, "deadline").without is not None
    assert made(text, "deadline", lead_in="Immediately after the loss:").without is None


def test_a_definition_is_asked_for_by_its_term() -> None:
    cloze = made("Near miss means an event that could have harmed a patient and did not.", "definition")
    assert "near miss" in cloze.question.lower()
    assert cloze.may_answer(line("Sentinel event means an unexpected death."))
    assert not cloze.may_answer(line("A near miss is reported on the same day."))


def test_staff_words_replace_policy_words_and_names_of_the_same_substance_only() -> None:
    said = {in_staff_words("submit the form for ondansetron", random.Random(seed)) for seed in range(40)}
    assert any("zofran" in each for each in said)
    assert any("send in" in each or "turn in" in each for each in said)
    names = same_substances()
    for phrase, forms in spoken_forms().items():
        if phrase in names:
            assert {names.get(form, names[phrase]) for form in forms} == {names[phrase]}


def test_another_medicine_or_population_makes_a_question_that_the_line_does_not_answer() -> None:
    held = line("Give ondansetron 4 mg before the infusion is started.")
    other = with_other_subject("how much ondansetron before infusion", held, random.Random(1))
    assert other is not None
    assert "ondansetron" not in other and "zofran" not in other
    adults = line("Flush the port of adults every 8 hours.")
    assert with_other_subject("how often flush port of adults", adults, random.Random(1)) is not None
    both = line("Flush the port of adults and children every 8 hours.")
    assert with_other_subject("how often flush port of adults", both, random.Random(1)) is None


POLICY = [
    line("The charge nurse reports the lost device to pharmacy within 24 hours.", place=0),
    line("A lost device is described by its number and by the ward it was lost on.", place=1),
    line("The pharmacy keeps the list of lost devices of every ward in its safe.", place=2),
    line("Broken glass is swept up with the blue brush and thrown into the yellow bin.", place=3),
    line("Visitors leave the treatment room within 5 minutes once the alarm has sounded.", place=4),
    line("Linen is changed by the night shift and taken to the lift in closed bags.", place=5),
]


def test_what_does_not_answer_lacks_the_form_or_is_about_something_else() -> None:
    made_examples = Maker([POLICY], random.Random(3)).examples(20)
    of_deadline = [
        each
        for each in made_examples
        if each.task is Task.RELEVANCE and "lost device" in each.second and each.label == 1.0
    ]
    assert of_deadline
    for question in {each.first for each in of_deadline}:
        right = {each.second for each in made_examples if each.first == question and each.label == 1.0}
        wrong = {each.second for each in made_examples if each.first == question and each.label == 0.0}
        assert wrong
        assert not right & wrong


def test_evidence_without_the_answer_is_made_beside_evidence_with_it() -> None:
    sets = [each for each in Maker([POLICY], random.Random(3)).examples(20) if each.task is Task.ANSWERABILITY]
    by_label: dict[float, list[Example]] = {1.0: [], 0.0: []}
    for each in sets:
        by_label[each.label].append(each)
    asked_for_time = [each for each in by_label[1.0] if "within 24 hours" in each.second]
    assert asked_for_time and by_label[0.0]
    assert all(each.source == "cloze:north" and each.document == "north/ports.md" for each in sets)


def test_the_same_seed_gives_the_same_examples() -> None:
    assert Maker([POLICY], random.Random(5)).examples(20) == Maker([POLICY], random.Random(5)).examples(20)

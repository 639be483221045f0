"""Pairs from medical questions with answers (invented rows in the shape of the published ones)."""

from __future__ import annotations

import gzip
import json
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from build_run import Run
from examples import Task
from medical_questions import Others, answerability_of, asked, build, pieces_of, read_answered, relevance_of

ROWS = [
    ("Brindle fever", "What is (are) Brindle fever ?", "Brindle fever is an infection of the liver. It often starts "
     "with pain below the ribs."),
    ("Brindle fever", "What are the symptoms of Brindle fever ?", "What are the symptoms? Pain in the right side and "
     "a rash are the first symptoms. Most people feel tired for weeks."),
    ("Brindle fever", "What are the treatments for Brindle fever ?", "It is treated with a long course of antibiotics. "
     "These resources address the management of it: - One - Two"),
    ("Grey fever", "What are the symptoms of Grey fever ?", "A cough and a swollen neck are the usual symptoms of it."),
    ("Grey fever", "What are the treatments for Grey fever ?", "Treatment of it is rest and plenty of warm fluids."),
    ("Grey fever", "Where to find support for people with Grey fever ?", "Ask your library for a group near you."),
]  # fmt: skip


@pytest.fixture
def medquad(tmp_path: Path) -> Path:
    path = tmp_path / "groundedness" / "medquad.jsonl.gz"
    path.parent.mkdir()
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for focus, question, answer in ROWS:
            file.write(json.dumps({"id": "1", "focus": focus, "question": question, "answer": answer}) + "\n")
    return path


def test_an_answer_is_cut_into_pieces_without_its_questions_and_links() -> None:
    pieces = pieces_of(ROWS[1][2])
    assert pieces == ("Pain in the right side and a rash are the first symptoms. Most people feel tired for weeks.",)
    assert pieces_of(ROWS[2][2]) == ("It is treated with a long course of antibiotics.",)


def test_questions_of_no_known_aspect_are_left_out(medquad: Path) -> None:
    assert len(read_answered(medquad)) == 5


def test_other_aspects_of_the_disease_and_the_same_of_another_do_not_answer(medquad: Path) -> None:
    answered = read_answered(medquad)
    symptoms = next(each for each in answered if each.aspect.name == "Symptoms" and each.focus == "Brindle fever")
    others = Others(answered, random.Random(1))
    assert any("antibiotics" in piece for _, piece in others.other_aspects(symptoms))
    assert not any("pain below the ribs" in piece for _, piece in others.other_aspects(symptoms)), "it tells a symptom"
    assert [piece for _, piece in others.similar(symptoms)] == [ROWS[3][2]]
    pairs = list(relevance_of(symptoms, others, random.Random(1)))
    assert [each.label for each in pairs].count(1.0) == 1
    assert "rash" in pairs[0].second and pairs[0].label == 1.0
    assert all("rash" not in each.second for each in pairs[1:])


def test_evidence_comes_with_and_without_the_piece_that_answers(medquad: Path) -> None:
    answered = read_answered(medquad)
    symptoms = next(each for each in answered if each.aspect.name == "Symptoms" and each.focus == "Brindle fever")
    made = [
        e for s in range(10) for e in answerability_of(symptoms, Others(answered, random.Random(s)), random.Random(s))
    ]
    assert {each.label for each in made} == {0.0, 1.0}
    assert all(("rash" in each.second) == (each.label == 1.0) for each in made)


def test_half_of_the_questions_are_put_as_staff_put_them(medquad: Path) -> None:
    one = read_answered(medquad)[1]
    put = [asked(one, random.Random(seed)) for seed in range(60)]
    assert 15 < put.count(one.question) < 45
    assert len(set(put)) > 4


def test_the_same_seed_gives_the_same_examples(medquad: Path, tmp_path: Path) -> None:
    built = [list(build(Run(tmp_path, tmp_path, random.Random(1), small=False))) for _ in range(2)]
    assert built[0] == built[1]
    assert all(stage == "general" and example.task is not Task.SUPPORT for stage, example in built[0])

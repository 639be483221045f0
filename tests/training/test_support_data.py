"""What support is trained on, made of small invented texts."""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from balance import HIGHEST, LOWEST, class_of, overlap_auroc
from build_data import Run
from contradicting import KINDS
from corruptions import corruption_examples
from entailment_sets import build as build_entailment
from entailment_sets import read_rows, untokenised
from evidence_lines import Neighbourhood, share_held
from examples import SUPPORT_LABELS, Example
from planting_kinds import Pool
from planting_sources import VERBATIM, Good, Line
from policy_claims import policy_claim_examples
from rewording import clause, reworded
from statements import Statement, is_statement, policy_statements
from unsupported import added_detail, without_detail

from ragkit.cross_encoder.windows import estimated_tokens

SENTENCES = [
    "The nurse must notify the physician within 30 minutes if the blood pressure falls below 90 mmHg.",
    "Adults receive 5 mg of morphine IV every 4 hours after the pain score is documented.",
    "The pump is checked by two nurses at least every 12 hours in the intensive care unit.",
    "Visitors may stay for 2 hours unless the patient objects.",
    "Clean the hub before the cap is removed, then flush the line with 10 mL of saline.",
    "Children should wear a mask in the waiting room during the influenza season.",
    "The pharmacist must inform the supervisor of each error by the end of the shift.",
    "Do not administer aspirin to patients with a bleeding disorder.",
    "Blood is returned to the bank within 30 minutes in the sealed container.",
    "The form is kept for 6 years by the records office.",
    "All staff must complete the annual training before the end of March.",
    "Patients with a higher temperature are assessed by the charge nurse at the bedside.",
]


def statements(document: str, sentences: list[str]) -> list[Statement]:
    return [Statement(text, f"Title | {text}", document, "north", 0, place) for place, text in enumerate(sentences)]


WHO = ["The nurse", "The pharmacist", "The charge nurse", "The physician", "Each porter", "The records clerk"]
DOES = ["must check", "may open", "should clean", "must not move", "shall label", "will inspect", "can replace"]
WHAT = ["the infusion pump", "the blood fridge", "the dialysis chair", "the drug cupboard", "the birth record"]
HOW = ["every 12 hours in the intensive care unit", "before the patient is moved", "with 10 mL of alcohol",
       "if the alarm is on for at least 20 minutes", "by the end of the shift", "unless the supervisor is absent",
       "after the second dose of 5 mg morphine IV", "within 3 days of the audit"]  # fmt: skip


def invented(chance: random.Random) -> list[str]:
    made = [f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)} {chance.choice(HOW)}." for _ in range(5)]
    return [*made, *chance.sample(SENTENCES, 3)]


DOCUMENTS = [
    statements(f"north/{number}.txt", list(dict.fromkeys(invented(random.Random(number))))) for number in range(50)
]
LINE = DOCUMENTS[0][0]


@pytest.fixture(scope="module")
def made() -> list[Example]:
    return corruption_examples(DOCUMENTS, random.Random(1))


def planted(kind: str, text: str) -> str | None:
    pool = Pool({}, [])
    change = next(each for each in KINDS if each.name == kind).change
    found = change(Good(text, (Line(text),), "a", "north", VERBATIM), pool, random.Random(2))
    return found[0] if found else None


def test_corruptions_have_as_many_of_each_class(made: list[Example]) -> None:
    sizes = Counter(map(class_of, made))
    assert set(sizes) == set(SUPPORT_LABELS)
    assert len(set(sizes.values())) == 1


def test_word_overlap_does_not_tell_the_classes_of_corruptions_apart(made: list[Example]) -> None:
    for other, value in overlap_auroc(made).items():
        assert LOWEST <= value <= HIGHEST, other


def test_a_corruption_says_its_kind_and_the_agency_it_comes_of(made: list[Example]) -> None:
    assert {example.source.split(":")[0] for example in made} == {"corruption"}
    assert {example.source.split(":")[2] for example in made} == {"north"}
    assert len({example.source for example in made}) > 8


def test_corruptions_count_less_than_what_people_labelled(made: list[Example]) -> None:
    assert {example.weight for example in made} == {0.5}


def test_no_pair_of_texts_has_two_labels(made: list[Example]) -> None:
    assert len({(example.first, example.second) for example in made}) == len(made)


def test_some_corruptions_are_shown_as_the_line_and_stated_as_the_claim() -> None:
    examples = corruption_examples(DOCUMENTS, random.Random(3))
    own = [line.own for document in DOCUMENTS for line in document]
    wrong_lines = [e for e in examples if class_of(e) == "contradicted" and not any(line in e.second for line in own)]
    assert wrong_lines
    assert len(wrong_lines) < sum(class_of(e) == "contradicted" for e in examples)


def test_the_same_chance_makes_the_same_corruptions(made: list[Example]) -> None:
    assert corruption_examples(DOCUMENTS, random.Random(1)) == made


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("comparison", "Wait at least 10 minutes.", "Wait at most 10 minutes."),
        ("opposite", "The dose is increased at night.", "The dose is decreased at night."),
        ("parties", "The nurse must notify the physician.", "The physician must notify the nurse."),
        ("parties", "Mutations in the gene cause fever.", "Fever causes mutations in the gene."),
        ("and-or", "Call either the nurse or the doctor.", "Call both the nurse and the doctor."),
        ("bound-lost", "Keep the patient flat for at least 5 minutes.", "Keep the patient flat for 5 minutes."),
    ],
)
def test_an_error_is_planted(kind: str, text: str, expected: str) -> None:
    assert planted(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("exception-dropped", "Ask if the patient has pain and record it."),
        ("bound-lost", "Check the pump every 4 hours at night."),
        ("comparison", "One or more nurses are on duty."),
        ("route", "Glycogen storage disease type IV is rare in adults."),
        ("opposite", "Increase or decrease the dose."),
    ],
)
def test_what_would_be_no_error_is_not_planted(kind: str, text: str) -> None:
    assert planted(kind, text) is None


def test_a_statement_in_other_words_keeps_its_numbers() -> None:
    good = Good(SENTENCES[1], (Line(SENTENCES[1]),), "a", "north", VERBATIM)
    for seed in range(20):
        text = reworded(good, random.Random(seed), strongly=True)
        assert text is not None
        assert text != SENTENCES[1]
        assert "5 m" in text.replace("5000 mcg", "5 m").replace("5,000 mcg", "5 m")


def test_may_of_a_medical_text_is_not_told_as_a_permission() -> None:
    text = "The rash may spread to the arms."
    good = Good(text, (Line(text),), "a", "medquad", VERBATIM)
    told = [reworded(good, random.Random(seed), rules=False) or text for seed in range(30)]
    assert not any("allowed" in each or "permitted" in each for each in told)


def test_a_clause_is_taken_only_where_no_condition_binds_it() -> None:
    assert clause("The pump is checked daily; the log is signed by the nurse.", random.Random(1))
    assert clause("If it fails, the pump is stopped at once; the log is signed by the nurse.", random.Random(1)) is None


def test_an_added_detail_is_not_in_the_statement() -> None:
    near = Neighbourhood(DOCUMENTS)
    more = added_detail(LINE, LINE.own, near, random.Random(1))
    assert more is not None
    assert more.startswith(LINE.own.rstrip(".") + " ")


def test_a_line_loses_one_phrase() -> None:
    assert without_detail("The blue form is kept in a folder for six years.", random.Random(1)) is not None
    assert without_detail("The form is kept.", random.Random(1)) is None


def test_lines_like_a_statement_do_not_say_the_same() -> None:
    near = Neighbourhood(DOCUMENTS)
    line = DOCUMENTS[0][-1]
    others = near.alike(line, 4, random.Random(1))
    assert others
    assert all(share_held(line.own, other.own) < 0.6 for other in others)


@pytest.mark.parametrize(
    "text", ["EMERGENCY DEPARTMENT POLICY AND PROCEDURE MANUAL", "Is the pump checked each day?", "Page"]
)
def test_headers_and_questions_are_no_statements(text: str) -> None:
    assert not is_statement(text)


def test_policies_are_read_with_what_stands_above_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "north"
    folder.mkdir()
    (folder / "pumps.txt").write_text("=== PAGE 1 ===\nPumps\n\nChecks:\n1. The pump is checked by two nurses daily.\n")
    (folder / "empty.txt").write_text("")
    [found] = [document for document in policy_statements(tmp_path) if document]
    assert found[0].own == "The pump is checked by two nurses daily."
    assert found[0].folder == "north"
    assert "PAGE" not in found[0].shown


def write_rows(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"set": name, **row}) + "\n" for row in rows)


def rows_of(count: int, labels: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {
            "group": f"g{number}",
            "claim": f"Ward {number} has {number} beds for adults.",
            "source": f"Ward {number} of the north wing has {number} beds for adults and a garden.",
            "label": labels[number % len(labels)],
        }
        for number in range(count)
    ]


def test_sets_to_measure_on_are_never_trained_on_and_held_out_groups_neither(tmp_path: Path) -> None:
    for name in ("fever", "check-covid-train", "wice-dev", "begin-wow-dev", "healthver-dev", "nli4ct-train"):
        write_rows(tmp_path / "groundedness", name, rows_of(60, ("supported", "contradicted")))
    built = list(build_entailment(Run(tmp_path, tmp_path, random.Random(1), small=False)))
    by_stage = {stage: [example for name, example in built if name == stage] for stage, _ in built}
    assert {example.source for example in by_stage["measure"]} == {"healthver-dev", "nli4ct-train"}
    assert not {"healthver-dev", "nli4ct-train"} & {example.source for example in by_stage["general"]}
    trained = {example.document for example in by_stage["general"]}
    assert by_stage["validation"]
    assert not trained & {example.document for example in by_stage["validation"]}


def test_a_pair_that_is_once_decided_and_once_not_is_decided(tmp_path: Path) -> None:
    pair = {"group": "g", "claim": "It helps.", "source": "It helps adults."}
    write_rows(tmp_path, "x", [{**pair, "label": "unsupported"}, {**pair, "label": "supported"}])
    assert [row["label"] for row in read_rows(tmp_path, "x")] == ["supported"]


def test_tokenised_text_is_read_as_people_write_it() -> None:
    assert (
        untokenised("The Hit -LRB- 1984 -RRB- is a film , directed by him .")
        == "The Hit (1984) is a film, directed by him."
    )


def test_claims_are_judged_against_all_gold_quotes_together(tmp_path: Path) -> None:
    item = {
        "gold": [{"file": "n/a.txt", "quote": "Give 5 mg."}, {"file": "n/a.txt", "quote": "Wait."}],
        "claims": [{"text": "5 mg is given.", "label": "supported"}, {"text": "6 mg.", "label": "contradicted"}],
    }
    path = tmp_path / "north.jsonl"
    path.write_text(json.dumps(item) + "\n" + json.dumps({"gold": [], "claims": []}) + "\n")
    found = list(policy_claim_examples(path))
    assert [(e.first, class_of(e), e.source) for e in found] == [
        ("5 mg is given.", "supported", "policy:north"),
        ("6 mg.", "contradicted", "policy:north"),
    ]
    assert found[0].second == "Give 5 mg. \u2022 Wait."


def test_evidence_fits_what_the_model_reads(made: list[Example]) -> None:
    assert all(estimated_tokens(e.first) + estimated_tokens(e.second) <= 192 for e in made)

import random
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from planted_errors import FORMS, chosen, figures, half_of, judge, plant
from planting_kinds import KINDS, Planted, Pool
from planting_rewrites import REWRITES, joined, rewritten
from planting_sources import VERBATIM, Good, Line, Material


def good(text: str, document: str = "A", context: str = "", group: str = "") -> Good:
    return Good(text, (Line(text, context, group),), document, "northmoor", VERBATIM)


LINES = [
    "Adults receive 5 mg of morphine IV every 4 hours.",
    "The nurse must not flush the port with heparin unless the physician orders it.",
    "Clean the hub before the cap is removed, then flush with 10 mL of saline.",
    "Visitors may stay for 2 hours if the patient agrees.",
    "The pump is checked by two nurses every 12 hours.",
    "Children should wear a mask in the waiting room.",
]
OTHERS = ["Blood is returned to the bank within 30 minutes.", "The form is kept for 6 years by the records office."]
GOODS = [good(line, "A") for line in LINES] + [good(line, "B") for line in OTHERS]
MATERIAL = Material(tuple(GOODS), {"A": tuple(Line(line) for line in LINES), "B": tuple(Line(line) for line in OTHERS)})
POOL = Pool(MATERIAL.documents, GOODS)


def errors_of(kind: str) -> list[Planted]:
    made = [KINDS[kind](each, POOL, random.Random(seed)) for each in GOODS for seed in range(4)]
    return [each for each in made if each]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_plants_a_change_that_the_evidence_does_not_say(kind: str) -> None:
    made = errors_of(kind)
    assert made, kind
    for each in made:
        lines = [line for text in each.evidence for line in text.split("\n")]
        assert each.text not in lines, each
        assert each.kind == kind


def test_a_planted_number_stands_elsewhere_than_in_its_place() -> None:
    for each in errors_of("number"):
        numbers = re.findall(r"\d+(?:\.\d+)?", each.text)
        assert numbers != re.findall(r"\d+(?:\.\d+)?", each.good.text)


def test_the_number_of_a_list_item_is_no_statement_and_is_not_changed() -> None:
    assert KINDS["number"](good("3. to understand the choice;"), POOL, random.Random(1)) is None


def test_a_wrong_line_leaves_the_statement_as_it_is_and_cites_another_line_of_its_document() -> None:
    for each in errors_of("wrong line"):
        assert each.text == each.good.text
        assert each.evidence[0] in LINES + OTHERS
        assert each.evidence != each.good.evidence


def test_dropping_a_negation_or_an_exception_takes_its_words_away() -> None:
    [dropped] = {each.text for each in errors_of("negation") if "dropped" in each.change}
    assert dropped == LINES[1].replace("must not", "must")
    assert any("unless" not in each.text for each in errors_of("exception dropped") if "unless" in each.good.text)


def test_the_same_seed_plants_the_same_errors_and_another_seed_others() -> None:
    texts = [[each.text for each in plant(GOODS, MATERIAL, 48, seed)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_errors_are_spread_evenly_over_the_kinds_that_apply() -> None:
    planted = plant(GOODS, MATERIAL, 24, 3)
    assert {each.kind for each in planted} == set(KINDS)
    assert max(sum(each.kind == kind for each in planted) for kind in KINDS) <= 2


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("frequency", "Check it q4h.", "Check it every 4 hours."),
        ("frequency", "Check it every 6 hours.", "Check it q6h."),
        ("number words", "Wait 5 minutes.", "Wait five minutes."),
        ("clause order", "If the pump stops, call the nurse.", "Call the nurse if the pump stops."),
        ("clause order", "Call the nurse if the pump stops.", "If the pump stops, call the nurse."),
        ("articles", "Flush the port with a syringe.", "Flush port with syringe."),
    ],
)
def test_a_rewrite_keeps_the_meaning(name: str, text: str, wanted: str) -> None:
    assert REWRITES[name](text, random.Random(1)) == wanted


def test_a_unit_is_converted_and_not_only_renamed() -> None:
    found = {REWRITES["units"]("Give 0.5 mg now.", random.Random(seed)) for seed in range(8)}
    assert found == {"Give 500 mcg now.", "Give 0.5 milligrams now."}


def test_a_lead_in_and_its_item_and_a_row_and_its_header_become_sentences() -> None:
    assert joined(Line("• Check the pulse.", "Before discharge:")) == "Before discharge, check the pulse."
    assert joined(Line("Ward\t4 hours", "Where\tHow often")) == "For Ward, how often: 4 hours."
    assert joined(Line("Check the pulse.")) is None


def test_rewritten_statements_cite_the_same_lines() -> None:
    made = [rewritten(each, random.Random(1)) for each in GOODS]
    assert any(made)
    for each, source in zip(made, GOODS, strict=True):
        assert each is None or (each.lines == source.lines and each.text != source.text and each.how)


def test_a_document_is_always_in_the_same_half_whatever_its_version() -> None:
    assert half_of("policy@1") == half_of("policy@2")
    halves = {half_of(f"policy-{number}") for number in range(20)}
    assert halves == {"tuning", "held-out"}


def test_the_figures_count_what_is_stopped_for_each_kind_and_what_good_is_lost() -> None:
    goods = chosen(MATERIAL, "all", "all")
    judged, milliseconds = judge(plant(goods, MATERIAL, 24, 1), goods)
    rows = {(row["kind"], row["form"]): row for row in figures(judged)}
    assert rows["any error", "all"]["n"] == 24
    assert rows["good", "verbatim"]["n"] == len(GOODS)
    assert rows["good", "verbatim"]["stopped"] == 0
    assert milliseconds > 0
    assert {form for kind, form in rows if kind == "good"} <= {"all", *FORMS}

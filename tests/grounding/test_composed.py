"""The table of statements, held against the verifier: what a language model may say of cited lines, and what not."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from ragkit.grounding.composed import check_composed
from ragkit.grounding.verdict import Verdict

TABLE = Path(__file__).parent / "composed_cases.yaml"


class Case(NamedTuple):
    statement: str
    evidence: tuple[str, ...]
    shown: bool
    kind: str


def read_cases() -> list[Case]:
    groups = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return [
        Case(evidence=tuple([found] if isinstance(found := group["evidence"], str) else found), **case)
        for group in groups
        for case in group["cases"]
    ]


CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}: {case.statement[:70]}" for case in CASES])
def test_a_statement_is_shown_only_if_its_lines_carry_it(case: Case) -> None:
    score = check_composed(case.statement, case.evidence)
    assert (score.verdict is Verdict.SUPPORTED) == case.shown, score


@pytest.mark.parametrize("case", [case for case in CASES if not case.shown], ids=lambda case: case.statement[:70])
def test_what_is_stopped_has_a_reason_that_the_model_can_be_told(case: Case) -> None:
    score = check_composed(case.statement, case.evidence)
    assert score.reasons
    assert score.support < 0.5


def test_the_table_covers_every_kind_of_planted_error_and_good_rewrites() -> None:
    kinds = Counter(case.kind for case in CASES if not case.shown)
    asked = """number, unit, negation, modality, population, route, drug, step order, exception dropped, wrong line,
    invented, merged"""
    for kind in asked.split(","):
        assert kinds[" ".join(kind.split())], kind
    assert len(CASES) >= 60
    assert sum(case.shown for case in CASES) >= 20


def test_the_reason_names_what_is_wrong() -> None:
    [reason, *_] = check_composed("Flush with 20 mL of saline.", ["Flush with 10 mL of saline."]).reasons
    assert "20 mL" in reason


def test_nothing_carries_an_empty_statement_and_no_lines_carry_nothing() -> None:
    assert check_composed(" ", ["Warm the bag."]).verdict is Verdict.UNSUPPORTED
    assert check_composed("Warm the bag.", []).verdict is Verdict.UNSUPPORTED
    assert check_composed("It is so.", ["Warm the bag."]).verdict is Verdict.UNSUPPORTED


def test_a_line_that_is_marked_as_out_of_force_carries_no_statement() -> None:
    lines = ["This policy was superseded on 1 May.\nChange the dressing every 3 days."]
    assert check_composed("The dressing is changed every 3 days.", lines).verdict is not Verdict.SUPPORTED


def test_the_words_of_another_line_do_not_hide_that_the_cited_one_denies() -> None:
    lines = ["Do not warm platelets.", "Warm packed cells to 37 °C."]
    assert check_composed("Warm platelets.", lines).verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize("text", ["(((", "…", "5", "\t\t", "a" * 3000, "no no not", "If when unless", "1. 2.", "— | —"])
def test_odd_texts_raise_nothing(text: str) -> None:
    check_composed(text, ["Warm the bag."])
    check_composed("Warm the bag.", [text])

"""The table of cases, held against the default scorer: what a groundedness scorer for hospitals has to get right."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from ragkit.grounding.base import Pair, Scorer
from ragkit.grounding.ladder import LadderScorer
from ragkit.grounding.rules import RulesScorer

TABLE = Path(__file__).parent / "cases.yaml"


class Case(NamedTuple):
    claim: str
    evidence: str
    verdict: str
    kind: str
    why: str


def read_cases() -> list[Case]:
    groups = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return [Case(evidence=group["evidence"], **case) for group in groups for case in group["cases"]]


CASES = read_cases()


@pytest.fixture(scope="module")
def ladder() -> LadderScorer:
    return LadderScorer()


def judged_right(scorer: Scorer, case: Case) -> bool:
    verdict = scorer.score([Pair(case.claim, (case.evidence,))])[0].verdict.value
    return verdict != "supported" if case.verdict == "not supported" else verdict == case.verdict


@pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}: {case.claim[:70]}" for case in CASES])
def test_the_default_scorer_gets_it_right(ladder: LadderScorer, case: Case) -> None:
    score = ladder.score([Pair(case.claim, (case.evidence,))])[0]
    assert judged_right(ladder, case), f"{case.why}; expected {case.verdict}, got {score}"


def test_the_rules_alone_get_nearly_all_of_them() -> None:
    right = sum(judged_right(RulesScorer(), case) for case in CASES)
    assert right >= 0.97 * len(CASES)


def test_the_table_is_large_and_covers_every_kind_of_change() -> None:
    kinds = Counter(case.kind for case in CASES)
    assert len(CASES) >= 150
    assert len(set(CASES)) == len(CASES)
    asked = """swapped negation, changed dose, wrong unit, wrong population, wrong route, reversed order,
    dropped exception, expired version, wrong document, modality, comparison, timing, range, drug name, device name,
    equivalent unit, equivalent frequency, laterality, role, wrong row, opposite"""
    for kind in asked.split(","):
        assert kinds[" ".join(kind.split())] >= 2, kind


def test_a_scorer_with_one_answer_for_everything_fails() -> None:
    supported = sum(case.verdict == "supported" for case in CASES) / len(CASES)
    assert 0.25 < supported < 0.6

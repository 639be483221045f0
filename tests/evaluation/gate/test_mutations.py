"""The gate notices defects planted one at a time, and raises no alarm without one: on a small invented hospital.

The whole proof, on the project's own corpus and questions, is ``benchmarks/gate_mutations.py``.
"""

import sys
from pathlib import Path

import pytest
from small_hospital import build

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from gate_defects import DEFECTS, Defect
from gate_mutations import Bench, Proof, simulated_alarms

from ragkit.evaluation.configuration import load_configuration

# What 31 questions about one-page policies cannot show: one answer of about 50 may be none of them, and where question
# and policy share their words, nothing is lost by meaning.
TOO_SMALL_FOR = (
    "number changed in one answer of about 50",
    "one question of about 100 raises",
    "search by meaning broken",
)
CAUGHT = [each for each in DEFECTS if each.name not in TOO_SMALL_FOR]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital")
    return Bench(load_configuration(build(folder)), folder / "work")


def test_the_small_hospital_answers_its_questions(bench):
    at_both_sites = {record.key for record in bench.clean.records if record.question.category == "both"}
    complete = {
        key: value for key, value in bench.clean.metrics["answers.complete"].items() if key not in at_both_sites
    }
    assert sum(complete.values()) / len(complete) > 0.8
    assert len(at_both_sites) == 8


@pytest.mark.parametrize("defect", CAUGHT, ids=lambda each: each.name)
def test_a_defect_is_caught(bench, defect: Defect):
    proof = bench.plant(defect)
    assert proof.caught, proof.verdict.text


def test_the_same_in_another_order_with_other_workers_and_seeds_raises_no_alarm(bench):
    proofs: list[Proof] = [bench.rerun(number) for number in range(1, 5)]
    assert [proof.checks for proof in proofs if proof.caught] == []


def test_symmetrical_changes_raise_an_alarm_in_at_most_alpha_of_comparisons(bench):
    assert (
        simulated_alarms(bench.clean, bench.settings, 200, changed=0.3) <= 200 * 0.05 + 2 * (200 * 0.05 * 0.95) ** 0.5
    )

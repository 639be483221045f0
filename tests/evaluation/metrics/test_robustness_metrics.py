import pytest

from ragkit.answering.answer import AnswerStatus
from ragkit.evaluation.metrics import toy
from ragkit.evaluation.metrics.catalogue import measure
from ragkit.evaluation.metrics.robustness import group_gaps, group_rows
from ragkit.evaluation.questions.question import Variant, VariantKind
from ragkit.evaluation.record import Record
from tests.evaluation.metrics.scorers import WordForWord

LINE = "Flush every 8 hours."
HERS, HIS = (Variant(kind=VariantKind.SEX, group=sex, question=f"For a {sex} patient?") for sex in ("female", "male"))
ASKED = toy.question(gold=LINE, must_have=["8 hours"], variants=[HERS, HIS])
RIGHT = toy.answer((LINE, 1), quotes=[LINE])


def test_what_changes_between_a_question_and_its_variant_is_told_apart() -> None:
    moved = toy.answer((LINE, 1), quotes=[toy.citation(1, LINE, start=500)], status=AnswerStatus.PARTIAL)
    records = [toy.record(ASKED, RIGHT), toy.record(ASKED, moved, variant=HERS), toy.record(ASKED, variant=HIS)]
    table = measure(records, WordForWord()).as_table()
    female, male = "q1~sex-1", "q1~sex-2"
    assert table["robustness.same_status"] == {female: 0.0, male: 0.0}
    assert table["robustness.same_spans"] == {female: 0.0, male: 0.0}
    assert table["robustness.same_answer"] == {female: 1.0, male: 0.0}
    assert table["robustness.same_correctness"] == {female: 1.0, male: 0.0}
    assert table["robustness.right"] == {female: 1.0, male: 0.0}


def test_the_gap_is_between_what_the_groups_lose_and_not_between_their_questions() -> None:
    records: list[Record] = []
    for number in range(5):
        hard = toy.question(id=f"hard {number}", gold=LINE, must_have=["8 hours"], variants=[HERS])
        easy = toy.question(id=f"easy {number}", gold=LINE, must_have=["8 hours"], variants=[HIS])
        records += [toy.record(hard), toy.record(hard, variant=HERS)]
        records += [toy.record(easy, RIGHT), toy.record(easy, RIGHT, variant=HIS)]
    rows = group_rows(records)
    assert [(row.group, row.n, row.right, row.base_right, row.lost) for row in rows] == [
        ("female", 5, 0.0, 0.0, 0.0),
        ("male", 5, 1.0, 1.0, 0.0),
    ]
    [gap] = group_gaps(rows)
    assert gap.gap == 0.0


def test_the_group_that_loses_more_is_named_with_its_number() -> None:
    [gap] = measure(hers_lost_once(of=5), WordForWord()).run_level.gaps
    assert (gap.kind, gap.best, gap.worst, gap.gap) == (VariantKind.SEX, "male", "female", pytest.approx(0.2))
    assert (gap.n_best, gap.n_worst) == (5, 5)


def test_small_groups_are_shown_and_not_compared() -> None:
    run_level = measure(hers_lost_once(of=4), WordForWord()).run_level
    assert [(row.group, row.n) for row in run_level.groups] == [("female", 4), ("male", 4)]
    assert run_level.gaps == ()


def hers_lost_once(of: int) -> list[Record]:
    records: list[Record] = []
    for number in range(of):
        asked = toy.question(id=f"q{number}", gold=LINE, must_have=["8 hours"], variants=[HERS, HIS])
        hers = toy.refusal() if number == 0 else RIGHT
        records += [toy.record(asked, RIGHT), toy.record(asked, hers, variant=HERS)]
        records += [toy.record(asked, RIGHT, variant=HIS)]
    return records


def test_a_run_without_variants_has_no_groups() -> None:
    run_level = measure([toy.record(ASKED, RIGHT)], WordForWord()).run_level
    assert (run_level.groups, run_level.gaps) == ((), ())

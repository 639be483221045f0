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
    hard = toy.question(id="hard", gold=LINE, must_have=["8 hours"], variants=[HERS])
    easy = toy.question(id="easy", gold=LINE, must_have=["8 hours"], variants=[HIS])
    records = [
        toy.record(hard), toy.record(hard, variant=HERS),
        toy.record(easy, RIGHT), toy.record(easy, RIGHT, variant=HIS),
    ]  # fmt: skip
    rows = group_rows(records)
    assert [(row.group, row.n, row.right, row.base_right, row.lost) for row in rows] == [
        ("female", 1, 0.0, 0.0, 0.0),
        ("male", 1, 1.0, 1.0, 0.0),
    ]
    [gap] = group_gaps(rows)
    assert gap.gap == 0.0


def test_the_group_that_loses_more_is_named_with_its_number() -> None:
    asked = [toy.question(id=f"q{n}", gold=LINE, must_have=["8 hours"], variants=[HERS, HIS]) for n in range(4)]
    records: list[Record] = []
    for number, question in enumerate(asked):
        hers = toy.refusal() if number == 0 else RIGHT
        records += [toy.record(question, RIGHT), toy.record(question, hers, variant=HERS)]
        records += [toy.record(question, RIGHT, variant=HIS)]
    [gap] = measure(records, WordForWord()).run_level.gaps
    assert (gap.kind, gap.best, gap.worst, gap.gap) == (VariantKind.SEX, "male", "female", 0.25)
    assert (gap.n_best, gap.n_worst) == (4, 4)


def test_a_run_without_variants_has_no_groups() -> None:
    run_level = measure([toy.record(ASKED, RIGHT)], WordForWord()).run_level
    assert (run_level.groups, run_level.gaps) == ((), ())

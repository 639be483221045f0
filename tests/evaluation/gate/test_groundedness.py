from gate_making import run

from ragkit.evaluation.gate.groundedness import corrected_groundedness
from ragkit.evaluation.metrics.toy import answer, question, record, refusal
from ragkit.evaluation.statistics.correction import JudgeError

JUDGE = JudgeError(0.9, 0.8, 400, 400)
LINE = "Flush the port every 8 hours."


def answered(number: int, text: str = LINE):
    of = question("How often is a port flushed?", gold=LINE, id=f"q{number:03}")
    return record(of, answer((text, 1), quotes=[LINE]))


def of(records, values, judge=JUDGE):
    return corrected_groundedness(run({"grounding.faithfulness": values}, records), judge, measured_on="a set")


def test_verbatim_claims_are_exact_and_need_no_correction():
    found = of([answered(number) for number in range(40)], [1.0] * 40, judge=None)
    assert (found.claims, found.verbatim) == (40, 40)
    assert found.corrected == found.raw
    assert (found.raw.estimate, found.raw.high) == (1.0, 1.0)
    assert 0.9 < found.raw.low < 1.0
    assert "verbatim" in found.note


def test_only_claims_in_other_words_are_corrected():
    records = [answered(number) for number in range(60)]
    records += [answered(number, "Every 8 hours the port is to be flushed.") for number in range(60, 100)]
    found = of(records, [1.0] * 90 + [0.0] * 10)
    assert (found.claims, found.verbatim) == (100, 60)
    assert found.raw.estimate == 0.9
    # of 40 judged claims 30 were called supported: (0.75 + 0.8 - 1) / (0.9 + 0.8 - 1) = 0.7857
    assert round(found.corrected.estimate, 4) == round((60 + 40 * 0.55 / 0.7) / 100, 4)
    assert found.corrected.covers(found.corrected.estimate)
    assert "other 40 are corrected" in found.note
    assert "(a set)" in found.note


def test_without_a_measured_error_the_raw_share_is_all_there_is():
    found = of([answered(0, "Every 8 hours the port is to be flushed.")], [1.0], judge=None)
    assert found.corrected is None
    assert "has not been measured" in found.note


def test_a_judge_no_better_than_chance_corrects_nothing_and_the_note_says_why():
    found = of([answered(0, "Every 8 hours the port is to be flushed.")], [1.0], judge=JudgeError(0.5, 0.5, 9, 9))
    assert found.corrected is None
    assert "no better than chance" in found.note


def test_an_answer_that_could_not_be_judged_supports_nothing_beyond_its_verbatim_words():
    records = [answered(0), answered(1, "Every 8 hours the port is to be flushed.")]
    found = corrected_groundedness(run({"grounding.faithfulness": []}, records), JUDGE)
    assert found.raw.estimate == 0.5


def test_refusals_show_no_claim():
    assert of([record(question("How often?"), refusal())], []) is None

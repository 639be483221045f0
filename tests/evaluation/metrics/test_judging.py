from pathlib import Path

import pytest

from ragkit.errors import EvaluationError, GroundingError
from ragkit.evaluation.metrics import toy
from ragkit.evaluation.metrics.catalogue import measure
from ragkit.evaluation.metrics.judging import OUTAGE, PairCache, judge, score_pairs
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.record import CitationFacts, Record
from ragkit.grounding.base import Pair, Score
from ragkit.grounding.verdict import Verdict
from tests.evaluation.metrics.scorers import FailsOn, Gives, WordForWord


def about(name: str, line: str) -> Record:
    asked = toy.question(id=name, gold=line, must_have=[line])
    return toy.record(asked, toy.answer((line, 1), quotes=[line]), [line])


RECORDS = [about("flush", "Flush every 8 hours."), about("weigh", "Weigh every day."), about("turn", "Turn at night.")]


def test_every_pair_of_a_run_is_judged_once_and_together() -> None:
    scorer = WordForWord()
    judge([*RECORDS, RECORDS[0].model_copy(update={"milliseconds": 5.0})], scorer)
    assert scorer.calls == 1
    assert len(scorer.pairs) == len(set(scorer.pairs))


def test_a_record_that_cannot_be_judged_fails_alone() -> None:
    judgements = judge(RECORDS, FailsOn("Weigh"))
    assert judgements.errors == {"weigh": "GroundingError: the server is gone"}
    assert set(judgements.by_key) == {"flush", "turn"}


def test_a_scorer_that_is_down_is_not_asked_for_every_record() -> None:
    scorer = FailsOn("")
    records = [about(f"q{number}", f"Line {number}.") for number in range(20)]
    judgements = judge(records, scorer)
    assert set(judgements.errors) == {record.key for record in records}
    assert scorer.calls == 1 + OUTAGE
    assert "failed 3 times in a row" in judgements.errors["q19"]


def test_failures_apart_are_no_outage() -> None:
    records = [about(f"q{number}", f"{'Weigh' if number % 2 else 'Turn'} {number}.") for number in range(10)]
    judgements = judge(records, FailsOn("Weigh"))
    assert set(judgements.errors) == {"q1", "q3", "q5", "q7", "q9"}
    assert "times in a row" not in "".join(judgements.errors.values())


def test_errors_of_asking_and_of_judging_are_both_reported() -> None:
    broken = Record(question=toy.question(id="disk"), error="StoreError: the disk is full")
    silent = Record(question=toy.question(id="silent"))
    measurement = measure([broken, silent, *RECORDS], FailsOn("Weigh"))
    assert measurement.errors == {
        "disk": "StoreError: the disk is full",
        "silent": "no answer came back",
        "weigh": "GroundingError: the server is gone",
    }


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param([], id="too few"),
        pytest.param([Score(Verdict.SUPPORTED, float("nan"))], id="NaN"),
        pytest.param([Score(Verdict.SUPPORTED, 1.5)], id="above 1"),
        pytest.param([Score(Verdict.CONTRADICTED, 0.0, -0.1)], id="below 0"),
    ],
)
def test_scores_that_are_no_probabilities_are_an_error(scores: list[Score]) -> None:
    with pytest.raises(GroundingError, match="mend it"):
        score_pairs([Pair("a", ("b",))], Gives(scores))


def test_scores_are_kept_on_disk_for_the_same_scorer_only(tmp_path: Path) -> None:
    cache = PairCache(tmp_path / "folder" / "pairs.sqlite3")
    first = measure(RECORDS, WordForWord(), cache)
    again = WordForWord()
    second = measure(RECORDS, again, PairCache(tmp_path / "folder" / "pairs.sqlite3"))
    assert again.calls == 0
    assert second.as_table() == first.as_table()
    other = WordForWord()
    other.fingerprint = "word for word 2"
    measure(RECORDS, other, cache)
    assert other.calls == 1


def test_scores_of_other_code_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, pair = PairCache(tmp_path / "pairs.sqlite3"), Pair("a", ("b",))
    cache.keep("f", {pair: Score(Verdict.SUPPORTED, 1.0)})
    monkeypatch.setattr("ragkit.evaluation.metrics.judging.code_hash", lambda: "a rule was mended")
    assert cache.find("f", [pair]) == {}


def test_a_damaged_cache_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pairs.sqlite3").write_text("no database at all, but long enough to be read as one" * 20)
    with pytest.raises(EvaluationError, match="remove it"):
        PairCache(tmp_path / "pairs.sqlite3")


def test_a_kept_score_comes_back_whole(tmp_path: Path) -> None:
    cache = PairCache(tmp_path / "pairs.sqlite3")
    pair, score = Pair("Give 5 mg.", ("Give 0.5 mg.",)), Score(Verdict.CONTRADICTED, 0.1, 0.8, ("5 mg is not there",))
    cache.keep("f", {pair: score})
    assert cache.find("f", [pair]) == {pair: score}
    assert cache.find("f", [Pair("Give 5 mg.", ("Give 0.5", " mg."))]) == {}


def test_a_quote_that_is_not_in_its_document_is_no_evidence() -> None:
    line = "Flush every 8 hours."
    bad = CitationFacts(number=1, resolves=False, page_right=False, in_force=True, permitted=True, at_site=True)
    record = toy.record(toy.question(gold=line), toy.answer((line, 1), quotes=[line]), facts=[bad])
    table = measure([record], WordForWord()).as_table()
    assert table["citations.recall"] == {"q1": 0.0}
    assert table["grounding.faithfulness"] == {"q1": 0.0}


def test_gold_of_several_documents_is_alternative_unless_all_is_needed() -> None:
    one, other = ({"document": "a.md", "quote": "Flush every 8 hours."}, {"document": "b.md", "quote": "Wash first."})
    got = toy.answer(("Flush every 8 hours.", 1), quotes=["Flush every 8 hours."])
    either = Question.model_validate(_asked(gold=[one, other]))
    both = Question.model_validate(_asked(gold=[one, other], all_gold_needed=True))
    recall = [
        measure([toy.record(asked, got)], WordForWord()).as_table()["grounding.recall"] for asked in (either, both)
    ]
    assert recall == [{"q1": 1.0}, {"q1": 0.5}]


def _asked(**fields: object) -> dict[str, object]:
    return {"id": "q1", "question": "How?", "category": "toy", "answerable": True, **fields}


def test_the_nuggets_are_part_of_the_reference() -> None:
    asked = toy.question(gold="Wait 30 minutes.", must_have=[("30 minutes", "half an hour")])
    record = toy.record(asked, toy.answer(("Half an hour.", 1), quotes=["Half an hour."]))
    assert measure([record], WordForWord()).as_table()["grounding.precision"] == {"q1": 1.0}


def test_an_unanswerable_question_that_is_answered_has_faithfulness_and_no_claim_recall() -> None:
    record = toy.record(toy.question(), toy.answer(("Wash first.", 1), quotes=["Wash first."]))
    table = measure([record], WordForWord()).as_table()
    assert table["grounding.faithfulness"] == {"q1": 1.0}
    assert "grounding.claim_recall" not in table


def test_only_the_first_passages_are_evidence() -> None:
    line = "Flush every 8 hours."
    far = toy.record(toy.question(gold=line), toy.refusal(), [*(f"Other line {n}." for n in range(10)), line])
    assert measure([far], WordForWord()).as_table()["grounding.claim_recall"] == {"q1": 0.0}


def test_a_must_have_is_judged_by_the_gold_claim_in_which_it_stands() -> None:
    """Few words are no claim: a scorer that reads "twice" alone has nothing to go by."""

    class OtherWords(WordForWord):
        def _score(self, pair: Pair) -> Score:
            same = (pair.claim, pair.evidence) == ("Flush it twice.", ("Two flushes.",))
            return Score(Verdict.SUPPORTED, 0.9) if same else super()._score(pair)

    asked = toy.question(gold="Flush it twice. Wait.", must_have=[("two times", "twice"), "Wait", "flush"])
    record = toy.record(asked, toy.answer(("Two flushes.", 1), quotes=["Two flushes."]))
    scorer = OtherWords()
    assert measure([record], scorer).as_table()["answers.must_have_judged"] == {"q1": pytest.approx(2 / 3)}
    assert "twice" not in {pair.claim for pair in scorer.pairs}

"""Records handed to other evaluation tools."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from ragkit.answering.answer import Answer, AnswerStatus, Citation, Statement
from ragkit.errors import EvaluationError
from ragkit.evaluation.adapters import to_deepeval, to_ragas, to_rows
from ragkit.evaluation.questions.question import GoldSpan, Question, Variant
from ragkit.evaluation.record import Record
from ragkit.grounding.verdict import Verdict
from ragkit.retrieval.passage import Passage

GOLD = "Rinse the tube every 6 hours."
ASKED = Question(
    id="tube", question="How often is the tube rinsed?", category="time_limit", answerable=True,
    gold=(GoldSpan(document="tubes.md", quote=GOLD),),
    variants=(Variant(kind="typos", question="how oftn is the tube rinsd?"),),
)  # fmt: skip
SILENT = Question(id="moon", question="Which moon?", category="near_miss", answerable=False)


def passage(text: str) -> Passage:
    return Passage(
        text=text, score=1.0, document_id="tubes", version="1", title="Tubes", source="tubes.md", start=0,
        end=len(text), chunk_index=0,
    )  # fmt: skip


def answered() -> Answer:
    quote = Citation(
        number=1, quote=GOLD, start=0, end=len(GOLD), document_id="tubes", version="1", title="Tubes", source="tubes.md"
    )
    statement = Statement(text=f"{GOLD} [1]", citations=(1,), support=1.0, verdict=Verdict.SUPPORTED)
    return Answer(
        question=ASKED.question, status=AnswerStatus.ANSWERED, text=f"{GOLD} [1]", statements=(statement,),
        citations=(quote,),
    )  # fmt: skip


def refusal() -> Answer:
    return Answer(question="", status=AnswerStatus.INSUFFICIENT_EVIDENCE, text="Not found in the documents.")


RECORDS = (
    Record(question=ASKED, answer=answered(), passages=(passage(GOLD), passage("Other.")), milliseconds=250.0),
    Record(question=ASKED, variant=ASKED.variants[0], answer=refusal(), passages=(passage("Other."),)),
    Record(question=SILENT, answer=refusal()),
    Record(question=SILENT, error="StoreError: no disk"),
)


def test_an_answer_is_a_row_of_plain_values() -> None:
    assert to_rows(RECORDS)[0] == {
        "id": "tube", "question": "How often is the tube rinsed?", "response": GOLD, "contexts": [GOLD, "Other."],
        "reference": GOLD, "reference_contexts": [GOLD], "status": "answered", "category": "time_limit", "error": "",
        "seconds": 0.25,
    }  # fmt: skip


def test_a_variant_is_asked_in_its_own_words_with_the_gold_of_its_question() -> None:
    row = to_rows(RECORDS)[1]
    assert (row["id"], row["question"], row["reference"]) == ("tube~typos-1", "how oftn is the tube rinsd?", GOLD)


def test_a_refusal_is_the_sentence_that_was_shown_and_has_no_reference_where_nothing_answers() -> None:
    row = to_rows(RECORDS)[2]
    assert row["response"] == "Not found in the documents."
    assert row["reference"] is None
    assert row["contexts"] == []


def test_an_error_is_never_left_out() -> None:
    assert to_rows(RECORDS)[3]["status"] == "error"
    kept = to_rows(RECORDS, shown_only=True)
    assert [row["status"] for row in kept] == ["answered", "error"]
    assert kept[1]["error"] == "StoreError: no disk"
    assert kept[1]["response"] == ""


def test_the_contexts_are_passages_up_to_the_limit_or_the_quotes_cited() -> None:
    assert to_rows(RECORDS, limit=1)[0]["contexts"] == [GOLD]
    assert to_rows(RECORDS, contexts="quotes")[0]["contexts"] == [GOLD]
    assert to_rows(RECORDS, contexts="quotes")[1]["contexts"] == []


def test_brackets_that_are_no_marks_stay() -> None:
    statement = answered().statements[0].model_copy(update={"text": "Keep [1] m distance [1, 2]."})
    record = RECORDS[0].model_copy(update={"answer": answered().model_copy(update={"statements": (statement,)})})
    assert to_rows([record])[0]["response"] == "Keep [1] m distance."


@pytest.mark.filterwarnings("ignore")  # of its dependencies, where it is installed
def test_ragas_gets_one_sample_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAGAS_DO_NOT_TRACK", raising=False)
    if find_spec("ragas") is None:
        with pytest.raises(EvaluationError, match=r"pip install 'ragkit\[ragas\]'"):
            to_ragas(RECORDS)
    else:
        samples = to_ragas(RECORDS).samples
        assert [sample.user_input for sample in samples] == [record.asked for record in RECORDS]
        assert samples[0].response == samples[0].reference == GOLD
        assert samples[0].retrieved_contexts == [GOLD, "Other."]
        assert samples[2].reference is None
    assert os.environ["RAGAS_DO_NOT_TRACK"] == "true"


@pytest.mark.filterwarnings("ignore")  # of its dependencies, where it is installed
def test_deepeval_gets_one_case_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPEVAL_TELEMETRY_OPT_OUT", raising=False)
    if find_spec("deepeval") is None:
        with pytest.raises(EvaluationError, match=r"pip install 'ragkit\[deepeval\]'"):
            to_deepeval(RECORDS)
    else:
        cases = to_deepeval(RECORDS)
        assert [case.name for case in cases] == [record.key for record in RECORDS]
        assert cases[0].actual_output == cases[0].expected_output == GOLD
        assert cases[0].retrieval_context == [GOLD, "Other."]
        assert cases[3].metadata == {"status": "error", "error": "StoreError: no disk"}
    assert os.environ["DEEPEVAL_TELEMETRY_OPT_OUT"] == "1"

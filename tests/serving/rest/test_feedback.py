"""Reports of wrong answers: by whoever was given the answer, once, and for a while."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.answering.answer import Answer, AnswerStatus
from ragkit.serving.rest.given_answers import GivenAnswers
from tests.retrieval.library import WordVectors
from tests.serving.rest.house import FLUSHING, SECRET, Client, make_house, serving


@pytest.fixture
def own_house(tmp_path: Path) -> Path:
    return make_house(tmp_path)


@pytest.fixture
def own(own_house: Path) -> Iterator[Client]:
    with serving(own_house) as client:
        yield client


def report(client: Client, answer_id: str, reason: str = "It is every 12 hours.") -> int:
    return client.post("/v1/feedback", {"answer_id": answer_id, "reason": reason}).status_code


def kept(house: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text("utf-8")) for path in (house / "wrong-answers").glob("*.json")]


def test_a_report_is_kept_with_the_whole_answer_and_its_trace(own: Client, own_house: Path) -> None:
    nurse = own.of("nurse")
    answer = nurse.ask(FLUSHING)
    assert report(nurse, answer["answer_id"]) == 201
    [record] = kept(own_house)
    assert record["reason"] == "It is every 12 hours."
    assert record["answer"]["text"] == answer["text"]  # type: ignore[index]
    assert record["answer"]["trace"]["searched"] > 0  # type: ignore[index]


def test_a_streamed_answer_can_be_reported_too(own: Client, own_house: Path) -> None:
    nurse = own.of("nurse")
    assert report(nurse, nurse.events(FLUSHING)[-1][1]["answer_id"]) == 201
    assert len(kept(own_house)) == 1


def test_only_who_was_given_the_answer_may_report_it_and_others_do_not_learn_that_it_exists(
    own: Client, own_house: Path
) -> None:
    given = own.of("pharmacist", user="u7").ask(SECRET)["answer_id"]
    other = own.of("pharmacist", user="u8")
    known, unknown = (
        other.post("/v1/feedback", {"answer_id": name, "reason": "wrong"}) for name in (given, "A" * len(given))
    )
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert {**known.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
    assert kept(own_house) == []


def test_one_report_of_an_answer_is_enough(own: Client, own_house: Path) -> None:
    nurse = own.of("nurse")
    given = nurse.ask(FLUSHING)["answer_id"]
    assert [report(nurse, given) for _ in range(3)] == [201, 404, 404]
    assert len(kept(own_house)) == 1


def test_words_of_a_purged_document_do_not_come_back_through_a_report(own: Client, own_house: Path) -> None:
    nurse = own.of("nurse")
    given = nurse.ask(FLUSHING)["answer_id"]
    with KnowledgeBase.open(own_house, embedding=WordVectors()) as kb:
        kb.purge("iv-101")
    assert report(nurse, given) == 404
    assert kept(own_house) == []


def test_a_report_says_what_is_wrong(own: Client, own_house: Path) -> None:
    nurse = own.of("nurse")
    given = nurse.ask(FLUSHING)["answer_id"]
    assert [report(nurse, given, reason) for reason in ("", "  ", "a" * 2001)] == [422, 422, 422]
    assert report(nurse, "../../etc/passwd") == 422
    assert report(nurse, given) == 201


def test_answers_are_kept_a_bounded_number_for_a_bounded_time() -> None:
    now = 0.0
    given = GivenAnswers(most=3, seconds=60, clock=lambda: now)
    answers = [Answer(question=str(number), status=AnswerStatus.REFUSED, text="") for number in range(5)]
    names = [given.keep(answer, "u1") for answer in answers]
    assert [given.find(name, "u1") for name in names] == [None, None, *answers[2:]]
    now = 61.0
    assert [given.find(name, "u1") for name in names] == [None] * 5

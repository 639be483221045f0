"""Asking, streaming and searching over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from tests.retrieval.library import WordVectors
from tests.serving.rest.house import FLUSHING, Client, make_house, serving, write_policies


def test_an_answer_shows_the_policy_s_words_and_where_they_stand(server: Client) -> None:
    answer = server.of("nurse").ask(FLUSHING)
    assert answer["status"] == "answered"
    [citation] = answer["citations"]
    assert "every 8 hours" in answer["statements"][0]["text"]
    document = server.of("nurse").get(f"/v1/documents/{citation['document_id']}?version={citation['version']}").json()
    assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert (document["title"], document["reference_number"]) == ("Flushing of Peripheral Catheters", "IV-101")


def test_how_an_answer_came_about_is_told_where_it_is_asked_for(server: Client) -> None:
    assert server.of("nurse").ask(FLUSHING)["trace"] is None
    assert server.of("nurse").ask(FLUSHING, trace=True)["trace"]["searched"] > 0


def test_what_no_policy_says_is_not_answered(server: Client) -> None:
    answer = server.of("nurse").ask("Who repairs the helicopter?")
    assert (answer["status"], answer["statements"], answer["citations"]) == ("insufficient_evidence", [], [])


def test_a_stream_gives_the_verified_statements_and_then_the_whole_answer(server: Client) -> None:
    events = server.of("nurse").events(FLUSHING)
    whole = server.of("nurse").ask(FLUSHING)
    assert [name for name, _ in events] == ["statement"] * len(whole["statements"]) + ["answer"]
    assert [data["cited"] for _, data in events[:-1]] == [whole["citations"]]
    assert [data["text"] for _, data in events[:-1]] == [statement["text"] for statement in whole["statements"]]
    assert {**events[-1][1], "answer_id": ""} == {**whole, "answer_id": ""}


def test_a_stream_without_an_answer_says_so(server: Client) -> None:
    [(name, answer)] = server.of("nurse").events("Who repairs the helicopter?")
    assert (name, answer["status"]) == ("answer", "insufficient_evidence")


def test_a_search_gives_passages(server: Client) -> None:
    found = server.of("nurse").post("/v1/search", {"question": "flush catheter", "limit": 1}).json()["passages"]
    assert [passage["title"] for passage in found] == ["Flushing of Peripheral Catheters"]


def test_the_day_that_is_asked_about_counts(server: Client) -> None:
    assert server.of("nurse").ask(FLUSHING, as_of="2024-02-29")["status"] == "insufficient_evidence"
    rows = server.of("nurse").get("/v1/documents?as_of=2024-02-29").json()["documents"]
    assert [row["in_force"] for row in rows] == [False, False]


def test_the_list_of_documents_comes_in_pages(server: Client) -> None:
    nurse = server.of("nurse")
    first, second = (nurse.get(f"/v1/documents?limit=1&offset={offset}").json() for offset in (0, 1))
    assert first["total"] == second["total"] == 2
    assert [row["title"] for row in first["documents"] + second["documents"]] == [
        "Flushing of Peripheral Catheters",
        "Visiting Hours",
    ]


def test_what_another_process_ingests_is_seen_without_a_restart(tmp_path: Path) -> None:
    house = make_house(tmp_path)
    question = "In which container are sharps collected?"
    with serving(house) as server:
        assert server.of("nurse").ask(question)["status"] == "insufficient_evidence"
        sharps = (
            "---\nroles: [staff]\ntitle: Sharps\n---\nSharps are collected in the yellow container at the bedside.\n"
        )
        with KnowledgeBase.open(house, embedding=WordVectors()) as kb:
            kb.ingest(write_policies(tmp_path / "policies", **{"sharps.md": sharps}))
        assert "yellow container" in server.of("nurse").ask(question)["text"]
        with KnowledgeBase.open(house, embedding=WordVectors()) as kb:
            kb.remove("sharps")
        assert server.of("nurse").ask(question)["status"] == "insufficient_evidence"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.question"),
        ({"question": ""}, "body.question"),
        ({"question": "   "}, "body.question"),
        ({"question": "a" * 4001}, "body.question"),
        ({"question": 7}, "body.question"),
        ({"question": "a\0b"}, "body.question"),
        ({"question": FLUSHING, "as_of": "tomorrow"}, "body.as_of"),
        ({"question": FLUSHING, "as_of": 20240301}, "body.as_of"),
        ({"question": FLUSHING, "site": " "}, "body.site"),
        ({"question": FLUSHING, "user": {"user_id": "u2", "roles": ["pharmacist"]}}, "body.user"),
        ({"question": FLUSHING, "roles": ["pharmacist"]}, "body.roles"),
        ({"question": FLUSHING, "previous_questions": [FLUSHING] * 11}, "body.previous_questions"),
    ],
)
def test_a_body_that_cannot_be_used_is_explained_without_being_repeated(
    server: Client, body: dict[str, object], field: str
) -> None:
    reply = server.of("nurse").post("/v1/ask", body)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    problem = reply.json()
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert "tomorrow" not in reply.text and "aaaa" not in reply.text and "u2" not in reply.text


def test_half_a_character_is_no_text(server: Client) -> None:
    headers = {"content-type": "application/json"}
    reply = server.of("nurse").post("/v1/ask", content=b'{"question": "a \\ud800 b"}', headers=headers)
    assert reply.status_code == 422


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b"[" * 5000])
def test_what_is_no_json_is_refused(server: Client, body: bytes) -> None:
    reply = server.of("nurse").post("/v1/ask", content=body, headers={"content-type": "application/json"})
    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_form_that_any_web_page_could_send_is_no_question(server: Client) -> None:
    body = b'{"question": "How often is a catheter flushed?"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        reply = server.of("nurse").post("/v1/ask", content=body, headers={"content-type": kind})
        assert reply.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", "/v1/ask", 405), ("DELETE", "/v1/documents", 405), ("GET", "/v1/ask/", 404)],
)
def test_what_is_not_there_is_a_problem_too(server: Client, method: str, path: str, status: int) -> None:
    reply = server.of("nurse").call(method, path)
    assert (reply.status_code, reply.json()["status"]) == (status, status)
    assert reply.headers["content-type"] == "application/problem+json"

"""The server with a language model behind it: composed, streamed, and down the ladder when the model fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragkit.deployment.deployment import BreakerSettings, GenerationSettings
from tests.language_models import behaviours as model_that
from tests.language_models.exchange import RecordedRequest
from tests.language_models.scripted_server import ScriptedServer
from tests.serving.rest.house import FLUSHING, Client, serving
from tests.serving.rest.test_operations import samples

KEY = "sk-test-0123456789abcdefghij"
COMPOSED = "When it is not in use, flush a peripheral catheter every 8 hours with 5 mL of 0.9% sodium chloride."


def composes(request: RecordedRequest) -> dict[str, Any]:
    """A good reply, citing the line that it rests on."""
    lines = re.findall(r"^\[(\d+)\] Flush a peripheral", request.body["messages"][1]["content"], re.MULTILINE)
    return {"answers": True, "statements": [{"text": COMPOSED, "lines": [int(number) for number in lines]}]}


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    with ScriptedServer(model_that.says(composes), key=KEY) as running:
        yield running
        running.release()


@pytest.fixture
def server(house: Path, model: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setenv("MODEL_KEY", KEY)
    deployment = model.deployment(
        model.provider("house model", key_variable="MODEL_KEY", attempts=1),
        generation=GenerationSettings(deadline_seconds=10),
        breaker=BreakerSettings(failures=1, pause_seconds=600),
    )
    with serving(house, deployment=deployment) as client:
        yield client


def test_a_composed_answer_is_verified_and_counted(server: Client) -> None:
    answer = server.of("nurse").ask(FLUSHING, trace=True)
    assert [(statement["text"], statement["composed"]) for statement in answer["statements"]] == [(COMPOSED, True)]
    assert "every 8 hours" in answer["citations"][0]["quote"]
    counted = samples(server.get("/metrics").text)
    labels = (("name", "house model"), ("outcome", "answered"), ("rung", "language_model"))
    assert counted["ragkit_ladder_steps_total", labels] == 1
    assert counted["ragkit_language_model_tokens_total", (("direction", "output"), ("name", "house model"))] > 0
    assert counted["ragkit_language_model_state", (("name", "house model"), ("state", "closed"))] == 1


def test_a_streamed_statement_comes_with_what_it_cites(server: Client) -> None:
    events = server.of("nurse").events(FLUSHING)
    assert [name for name, _ in events] == ["statement", "answer"]
    statement, answer = events[0][1], events[1][1]
    assert (statement["text"], statement["composed"]) == (COMPOSED, True)
    assert [citation["quote"] for citation in statement["cited"]] == [
        citation["quote"] for citation in answer["citations"]
    ]


def test_a_wrong_dose_is_never_sent(server: Client, model: ScriptedServer) -> None:
    def wrong(request: RecordedRequest) -> dict[str, Any]:
        good = composes(request)
        return {"answers": True, "statements": [{**good["statements"][0], "text": COMPOSED.replace("5 mL", "50 mL")}]}

    model.script(model_that.says(wrong))
    nurse = server.of("nurse")
    sent = f"{nurse.ask(FLUSHING)} {nurse.events(FLUSHING)}"
    assert "50 mL" not in sent and "every 8 hours" in sent


def test_a_model_that_fails_leaves_the_policy_s_own_lines_and_a_server_that_is_ready(
    server: Client, model: ScriptedServer
) -> None:
    model.script(model_that.fails(500))
    answer = server.of("nurse").ask(FLUSHING)
    assert (answer["status"], [statement["composed"] for statement in answer["statements"]]) == ("answered", [False])
    assert answer["notice"]
    counted = samples(server.get("/metrics").text)
    assert counted["ragkit_language_model_state", (("name", "house model"), ("state", "open"))] == 1
    ready = server.get("/ready")
    assert ready.status_code == 200


def test_who_may_not_read_a_document_does_not_get_it_to_a_model_either(server: Client, model: ScriptedServer) -> None:
    server.of("nurse").ask("How is a suspected diversion of fentanyl reported, and how is a catheter flushed?")
    assert "quokka" not in "".join(str(request.body) for request in model.chats).lower()


def test_the_model_s_key_is_in_no_reply_and_in_no_log(server: Client, model: ScriptedServer, capfd: Any) -> None:
    nurse = server.of("nurse")
    said = [nurse.post("/v1/ask", {"question": FLUSHING, "trace": True}).text]
    model.script([model_that.wrong_key(), model_that.fails(500, KEY)])
    said += [nurse.post("/v1/ask", {"question": FLUSHING, "trace": True}).text for _ in range(2)]
    said += [nurse.get(path).text for path in ("/metrics", "/ready", "/docs", "/openapi.json")]
    printed = capfd.readouterr()
    for text in (*said, *server.log, printed.out, printed.err):
        assert KEY not in text
    assert any(KEY in request.headers["authorization"] for request in model.chats)


def test_a_follow_up_question_is_understood_with_the_ones_before_it(server: Client) -> None:
    answer = server.of("nurse").ask("And how much?", previous_questions=["How is a peripheral catheter flushed?"])
    assert "catheter" in (answer["standalone_question"] or "")
    assert server.of("nurse").ask("And how much?")["standalone_question"] is None

"""Against a server over real HTTP that is set up wrong in every way a server can be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ragkit.doctor import Examination, Finding, Level, examine
from ragkit.doctor.clock import clock_skew
from ragkit.doctor.language_models import _AREA
from tests.doctor.conftest import WriteDeployment, findings, the_finding
from tests.language_models.behaviours import Behaviour, fails, not_json, refuses, says, too_many, unknown_model
from tests.language_models.scripted_server import ScriptedServer, refused_address

KEY = "sk-a-key-that-only-the-server-may-see-0123456789"
GOOD = says({"ready": True, "lines": [1, 2]})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(GOOD, key=KEY) as started:
        yield started


@pytest.fixture
def look(write_deployment: WriteDeployment, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Looking:
    monkeypatch.setenv("MODEL_KEY", KEY)
    return Looking(write_deployment, server)


class Looking:
    """Examines a deployment whose only language model is the scripted server."""

    def __init__(self, write: WriteDeployment, server: ScriptedServer) -> None:
        self.write, self.server = write, server

    def __call__(self, script: Behaviour | None = None, *, base_url: str = "") -> Examination:
        if script is not None:
            self.server.script(script)
        content = '[[providers]]\nname = "m"\nmodel = "scripted"\nkey_variable = "MODEL_KEY"\nconnect_seconds = 1\n'
        return examine(None, self.write(f'{content}base_url = "{base_url or self.server.base_url}"\n'))


def language_models(examination: Examination) -> list[Finding]:
    return [finding for finding in examination.findings if finding.area == "language models"]


def test_a_usable_model_is_reached_known_and_honours_the_schema(look: Looking) -> None:
    examination = look()
    assert examination.level is Level.OK
    found = [(finding.check, finding.found) for finding in language_models(examination)]
    assert found == [
        ("reachable", "127.0.0.1 replies"),
        ("key accepted", "yes"),
        ("model known", "scripted"),
        ("JSON schema", "honoured"),
    ]
    assert the_finding(examination, "JSON schema").milliseconds is not None


def test_one_short_question_is_asked_and_no_more(look: Looking) -> None:
    look()
    [chat] = look.server.chats
    assert "ready" in chat.text


def test_offline_no_model_is_asked(look: Looking) -> None:
    file = look.write(f'[[providers]]\nname = "m"\nmodel = "scripted"\nbase_url = "{look.server.base_url}"\n')
    assert not language_models(examine(None, file, offline=True))
    assert not look.server.requests


def test_a_server_that_nobody_answers_at_fails(look: Looking) -> None:
    with refused_address() as address:
        examination = look(base_url=address)
    [finding] = language_models(examination)
    assert (finding.check, finding.level) == ("reachable", Level.FAILED)
    assert "127.0.0.1" in finding.advice


def test_a_key_that_is_not_accepted_fails_and_is_not_shown(look: Looking) -> None:
    look.server.key = "another key"
    examination = look()
    assert the_finding(examination, "key accepted").level is Level.FAILED
    assert KEY not in examination.model_dump_json()


def test_an_unknown_model_fails_and_those_that_there_are_are_named(look: Looking) -> None:
    look.server.models = ("other-a", "other-b")
    finding = the_finding(look(unknown_model()), "model known")
    assert finding.level is Level.FAILED
    assert finding.advice == "The server lists: other-a, other-b."


@pytest.mark.parametrize("script", [says({"ready": "yes"}), says("I am ready.")])
def test_a_model_that_does_not_keep_to_the_schema_fails(look: Looking, script: Behaviour) -> None:
    finding = the_finding(look(script), "JSON schema")
    assert finding.level is Level.FAILED
    assert "'object_schema'" in finding.advice


@pytest.mark.parametrize("script", [fails(500), fails(400), too_many(), refuses(), not_json()])
def test_a_server_that_gives_no_reply_fails_with_what_to_do(look: Looking, script: Behaviour) -> None:
    finding = the_finding(look(script), "reply")
    assert finding.level is Level.FAILED
    assert finding.advice


def test_another_model_that_replies_is_a_warning(look: Looking) -> None:
    finding = the_finding(look(says({"ready": True, "lines": []}, model="something-else")), "model known")
    assert finding.level is Level.WARNING
    assert "something-else" in finding.found


@pytest.mark.parametrize(
    ("date", "level"), [("Mon, 01 Jan 2001 00:00:00 GMT", Level.FAILED), ("no date", None), (None, None)]
)
def test_the_clock_is_compared_where_the_server_tells_its_own(date: str | None, level: Level | None) -> None:
    assert [each.level for each in clock_skew(_AREA, date, "llm.hospital.example")] == ([level] if level else [])


def test_a_check_that_breaks_does_not_hide_the_others(look: Looking, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"something with {KEY}")

    monkeypatch.setattr("ragkit.language_models.probing.probe", broken)
    examination = look()
    finding = the_finding(examination, "probe")
    assert (finding.level, finding.found) == (Level.FAILED, "could not be looked at (RuntimeError)")
    assert findings(examination, "identity")
    assert KEY not in examination.model_dump_json()

"""What a probe finds out."""

from __future__ import annotations

import pytest

from ragkit.egress.policy import LOCAL_ONLY
from ragkit.language_models.base import Outcome
from ragkit.language_models.probing import Probe, probe
from tests.language_models import behaviours as does
from tests.language_models.scripted_server import ScriptedServer, refused_address

READY = does.says({"ready": True, "lines": [1, 2]})


def found(result: Probe) -> tuple[bool | None, ...]:
    return result.reachable, result.key_accepted, result.model_known, result.schema_honoured


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (READY, (True, True, True, True)),
        (does.unknown_model(), (True, True, False, None)),
        (does.wrong_key(), (True, False, None, None)),
        (does.fails(403), (True, False, None, None)),
        (does.says({"ok": 1}), (True, True, True, False)),
        (does.says({"ready": "yes", "lines": [1]}), (True, True, True, False)),
        (does.says("I am ready."), (True, True, True, False)),
        (does.fails(503), (True, None, None, None)),
        (does.too_many(), (True, True, None, None)),
        (does.hangs(), (False, None, None, None)),
        (does.not_json(), (True, None, None, None)),
        (does.refuses(), (True, True, True, None)),
    ],
)
def test_what_is_known_is_said_and_no_more(script: does.Behaviour, expected: tuple[bool | None, ...]) -> None:
    with ScriptedServer(script) as server:
        result = probe(server.provider(), LOCAL_ONLY, seconds=1.5)

    assert found(result) == expected
    assert result.usable == (script is READY)
    assert bool(result.detail) != result.usable


def test_where_the_model_is_unknown_the_known_ones_are_named() -> None:
    with ScriptedServer(does.unknown_model(), models=("a", "b", "<b>bold</b>")) as server:
        assert probe(server.provider(), LOCAL_ONLY).models == ("a", "b", "(no usual name)")


def test_without_its_key_nothing_is_sent() -> None:
    with ScriptedServer(READY) as server:
        result = probe(server.provider(key_variable="NO_SUCH_KEY"), LOCAL_ONLY)

        assert found(result) == (None, False, None, None)
        assert "NO_SUCH_KEY" in result.detail
        assert not server.requests


def test_a_server_that_is_not_permitted_is_not_reached() -> None:
    with ScriptedServer(READY) as server:
        result = probe(server.provider(base_url="https://llm.invalid/v1"), LOCAL_ONLY)

    assert (result.reachable, result.outcome) == (False, Outcome.NOT_PERMITTED)


def test_nobody_listening_is_not_reachable() -> None:
    with ScriptedServer() as server, refused_address() as address:
        assert found(probe(server.provider(base_url=address), LOCAL_ONLY)) == (False, None, None, None)


def test_another_model_is_not_the_one_that_was_asked_for() -> None:
    with ScriptedServer(does.says({"ready": True, "lines": []}, model="other")) as server:
        result = probe(server.provider(), LOCAL_ONLY)

    assert result.model_known is False
    assert "other" in result.detail

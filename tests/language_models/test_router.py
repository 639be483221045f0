"""Who is asked, in which order, for how long, and who may not be asked."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import Any

import pytest

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy
from ragkit.errors import EgressError, SettingsError
from ragkit.language_models.base import NoReplyError, Outcome, UnusableReplyError
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.router import build_language_models
from tests.language_models import behaviours as does
from tests.language_models.asking import GOOD, REQUEST, Streamed, accept, ask, attempts, language_models
from tests.language_models.scripted_server import ScriptedServer


def outside(name: str = "outside", **settings: Any) -> ProviderSettings:
    """A provider in the cloud, under a name that no resolver knows: a request to it cannot go unnoticed."""
    return ProviderSettings(
        **{"name": name, "model": "m", "base_url": "https://llm.invalid/v1", "attempts": 1} | settings
    )


def test_the_lowest_order_is_asked_first_and_the_others_only_where_it_fails() -> None:
    with ScriptedServer(does.by_model({"b": does.fails(400), "a": does.says(GOOD), "c": does.says(GOOD)})) as server:
        third, first, second = (server.provider(m, model=m, order=o) for m, o in (("c", 9), ("b", -1), ("a", 2)))
        with language_models(third, first, second) as models:
            assert [attempt.provider for attempt in ask(models).attempts] == ["b", "a"]


def test_among_those_of_one_order_weights_decide() -> None:
    with ScriptedServer(does.says(GOOD)) as server:
        providers = server.provider("often", weight=9), server.provider("seldom", weight=1)
        with language_models(*providers) as models:
            counts = Counter(ask(models).reply.provider for _ in range(200))

    assert counts["often"] + counts["seldom"] == 200
    assert 150 <= counts["often"] <= 198  # 180 expected; outside of this once in a million


def test_the_others_of_the_same_order_are_asked_where_the_first_fails() -> None:
    with ScriptedServer(does.by_model({"good": does.says(GOOD)})) as server:
        providers = [server.provider(name, model=name) for name in ("bad", "worse", "good")]
        with language_models(*providers) as models:
            for _ in range(5):
                assert ask(models).reply.provider == "good"


def test_what_is_confined_goes_to_no_provider_outside() -> None:
    with ScriptedServer(does.says(GOOD)) as server:
        deployment = Deployment(profile=Profile.HYBRID, providers=(outside(), server.provider("inside", order=2)))
        models = build_language_models(deployment, EgressPolicy.of(deployment))
        first, second = attempts(models, confined=True)
        streamed = Streamed(models, REQUEST, confined=True)
        models.close()

    assert (first.provider, first.outcome, first.requests) == ("outside", Outcome.NOT_PERMITTED, 0)
    assert "on premises" in first.detail
    assert (second.provider, second.outcome) == ("inside", Outcome.REPLIED)
    assert [attempt.outcome for attempt in streamed.attempts] == [Outcome.NOT_PERMITTED, Outcome.REPLIED]


def test_with_none_on_premises_nobody_is_asked() -> None:
    deployment = Deployment(profile=Profile.HYBRID, providers=(outside(),))
    models = build_language_models(deployment, EgressPolicy.of(deployment))
    with pytest.raises(NoReplyError, match="not permitted"):
        ask(models, confined=True)
    models.close()


def test_a_cloud_service_that_is_said_to_be_on_premises_is_not_believed() -> None:
    claimed = outside(base_url="https://api.openai.com/v1", zone=Zone.ON_PREMISES)
    deployment = Deployment(profile=Profile.HYBRID, providers=(claimed,))
    models = build_language_models(deployment, EgressPolicy.of(deployment))

    assert [attempt.outcome for attempt in attempts(models, confined=True)] == [Outcome.NOT_PERMITTED]
    models.close()


def test_a_host_that_is_said_to_be_inside_and_outside_is_outside() -> None:
    inside = outside("inside", zone=Zone.ON_PREMISES)
    deployment = Deployment(profile=Profile.HYBRID, providers=(outside(), inside))
    models = build_language_models(deployment, EgressPolicy.of(deployment))

    assert {attempt.outcome for attempt in attempts(models, confined=True)} == {Outcome.NOT_PERMITTED}
    models.close()


def test_a_server_that_the_profile_does_not_permit_is_passed_over() -> None:
    with ScriptedServer(does.says(GOOD)) as server, language_models(outside(), server.provider(order=2)) as models:
        first, second = ask(models).attempts

    assert (first.outcome, second.outcome) == (Outcome.NOT_PERMITTED, Outcome.REPLIED)
    assert "'local'" in first.detail


def test_a_reply_that_is_not_accepted_is_unusable_and_its_words_are_not_told() -> None:
    def refuse(text: str) -> None:
        raise UnusableReplyError(f"I do not like {text}")

    with ScriptedServer(does.says({"zyxomel": 1})) as server, language_models(server.provider()) as models:
        with pytest.raises(NoReplyError) as raised:
            models.complete(REQUEST, refuse, deadline=Deadline.after(10), confined=False)

        (attempt,) = raised.value.attempts
        assert (attempt.outcome, attempt.output_tokens > 0) == (Outcome.UNUSABLE, True)
        assert "zyxomel" not in repr(raised.value.attempts) + str(raised.value)


def test_an_error_of_the_one_who_accepts_is_not_hidden() -> None:
    def fail(text: str) -> None:
        raise ZeroDivisionError

    with ScriptedServer(does.says(GOOD)) as server, language_models(server.provider(concurrent=1)) as models:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                models.complete(REQUEST, fail, deadline=Deadline.after(10), confined=False)


def test_a_provider_that_hangs_leaves_time_for_the_next_one() -> None:
    with ScriptedServer(does.by_model({"hangs": does.hangs(), "good": does.says(GOOD)})) as server:
        slow = server.provider("hangs", model="hangs", timeout_seconds=60, attempts=5)
        with language_models(slow, server.provider("good", model="good", order=2)) as models:
            started = monotonic()
            completion = ask(models, seconds=4)

    assert completion.value == GOOD
    assert monotonic() - started < 10
    assert completion.attempts[0].milliseconds >= 1900


def test_the_last_one_has_all_the_time_that_is_left() -> None:
    with ScriptedServer(does.after(1.0, does.says(GOOD))) as server:
        gone = server.provider("gone", base_url="http://127.0.0.1:9/v1", attempts=1)
        with language_models(gone, server.provider("slow", order=2)) as models:
            assert ask(models, seconds=30).reply.provider == "slow"


def test_no_provider_is_no_reply() -> None:
    with language_models() as models, pytest.raises(NoReplyError, match="No language model is configured"):
        ask(models)


def test_nothing_is_asked_and_no_key_read_before_a_question_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_KEY_HERE", raising=False)
    with ScriptedServer() as server, language_models(server.provider(key_variable="NO_KEY_HERE")):
        assert not server.requests
        assert server.most_connections == 0


def test_an_address_that_cannot_be_read_is_an_error_at_once_without_its_password() -> None:
    with pytest.raises(EgressError) as raised:
        build_language_models(Deployment(providers=(outside(base_url="https://me:secret@host/v1"),)), LOCAL_ONLY)

    assert "secret" not in str(raised.value)


def test_certificates_that_cannot_be_read_are_an_error_at_once(tmp_path: Any) -> None:
    with ScriptedServer() as server, pytest.raises(SettingsError, match="ca_file"):
        build_language_models(server.deployment(server.provider(ca_file=tmp_path / "none.pem")), LOCAL_ONLY)


@pytest.mark.parametrize(
    ("change", "is_another"),
    [
        ({}, False),
        ({"name": "renamed"}, False),
        ({"timeout_seconds": 3}, False),
        ({"model": "n"}, True),
        ({"output_tokens": 50}, True),
        ({"reply_format": "text"}, True),
        ({"base_url": "https://other.invalid/v1"}, True),
    ],
)
def test_the_fingerprint_is_of_what_decides_the_reply(change: dict[str, Any], is_another: bool) -> None:
    with language_models(outside()) as one, language_models(outside(**change)) as other:
        assert (one.fingerprint != other.fingerprint) == is_another


def test_a_rejected_reply_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(does.says({"wrong": 1})) as server, language_models(server.provider(concurrent=1)) as models:
        outcomes = {attempts(models)[0].outcome for _ in range(4)}

    assert outcomes == {Outcome.UNUSABLE}
    assert accept('{"answers": true}') == {"answers": True}

"""A language model that judges claims connects under the same policy as one that composes answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import GroundingError
from ragkit.grounding.base import Pair
from ragkit.grounding.factory import build_scorer
from tests.egress.servers import Authority, Handler, Network, Server, running

INSIDE, OUTSIDE = "models.hospital.test", "cloud.test"
PAIR = Pair("The pump is checked daily.", ("The pump is checked every day.",))


def judge(handler: Handler, body: bytes) -> None:
    said = {"verdict": "supported", "probability_supported": 0.9, "probability_contradicted": 0.0, "reason": ""}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(said)}}
    whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    handler.send(200, json.dumps(whole).encode(), Content_Type="application/json")


@pytest.fixture
def inside(network: Network, authority: Authority) -> Iterator[Server]:
    with running(Server(judge, authority.context(INSIDE))) as server:
        network.stand_in(INSIDE, "10.20.30.40", server)
        yield server


def test_without_a_deployment_claims_do_not_leave_this_machine(network: Network, inside: Server) -> None:
    scorer = build_scorer("llm:m", base_url=f"https://{INSIDE}/v1")
    with pytest.raises(GroundingError, match=r"'llm:m' cannot be used here.*'local'"):
        scorer.score([PAIR])
    assert (network.looked_up, network.connected, inside.received) == ([], [], [])


def test_a_deployment_permits_a_judge_on_premises(network: Network, inside: Server, authority: Authority) -> None:
    deployment = Deployment(profile=Profile.ON_PREMISES, allowed_hosts=(INSIDE,), ca_file=authority.ca_file)
    scorer = build_scorer("llm:m", base_url=f"https://{INSIDE}/v1", policy=EgressPolicy.of(deployment))
    assert scorer.score([PAIR])[0].support == 0.9
    assert network.outside == ["10.20.30.40"]


def test_a_hybrid_deployment_keeps_claims_on_premises(network: Network) -> None:
    outside = ProviderSettings(name="outside", model="m", base_url=f"https://{OUTSIDE}/v1")
    policy = EgressPolicy.of(Deployment(profile=Profile.HYBRID, providers=(outside,)))
    with pytest.raises(GroundingError, match="stays on premises"):
        build_scorer("llm:m", base_url=f"https://{OUTSIDE}/v1", policy=policy).score([PAIR])
    assert (network.looked_up, network.connected) == ([], [])

"""What each profile connects to while documents are read and questions are answered, and what the servers get to see.

Two servers stand for a host on premises and a cloud service, over TLS. Every name that is looked up and every address
that is connected to is recorded at the socket; every byte that the servers receive is searched.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ragkit import KnowledgeBase, Settings
from ragkit.answering.answer import Rung
from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, Zone
from ragkit.errors import EgressError
from tests.egress.servers import Authority, Handler, Network, Server, running

INSIDE, OUTSIDE = "models.hospital.test", "cloud.test"
INSIDE_ADDRESS, OUTSIDE_ADDRESS = "10.20.30.40", "203.0.113.7"
KEY = "sk-Zq81vWn5Tt3Lk0Yx7Rb2Hc9Ms4"

SHAREABLE = """---
site: north
---
# Peripheral IV Catheters

Flush a peripheral IV catheter every 12 hours with 3 mL of normal saline.
Assess the insertion site of a peripheral IV catheter every 4 hours.
"""
INTERNAL = """---
classification: internal-only
site: south
---
# Panic Alarm

Press the panic alarm under the reception desk twice.
The security code for the medication vault is changed every 14 days.
"""
FLUSH = "How often is a peripheral IV catheter flushed?"
VAULT = "How often is the security code for the medication vault changed?"
IDENTIFIED = "Patient Wilhelmina Oddsdottir, MRN 00482913: how often is her peripheral IV catheter flushed?"
IDENTIFIERS = ("Wilhelmina", "Oddsdottir", "00482913")
SECRET_WORDS = ("panic alarm", "medication vault", "14 days")


def reply(handler: Handler, body: bytes) -> None:
    """An OpenAI-compatible server whose model repeats the first numbered line, or makes up vectors."""
    asked = json.loads(body)
    if handler.path.endswith("/embeddings"):
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        rows = [{"object": "embedding", "index": i, "embedding": vector(text)} for i, text in enumerate(texts)]
        send(handler, {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}})
        return
    found = re.search(r"^\[1\] (.*)$", asked["messages"][-1]["content"], re.MULTILINE)
    said = (
        {"answers": True, "statements": [{"text": found[1], "lines": [1]}]} if found else {"question": "", "text": ""}
    )
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(said)}}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    if asked.get("stream"):
        delta = {"index": 0, "delta": {"role": "assistant", "content": json.dumps(said)}, "finish_reason": "stop"}
        piece = {**whole, "object": "chat.completion.chunk", "choices": [delta]}
        handler.send(200, f"data: {json.dumps(piece)}\n\ndata: [DONE]\n\n".encode(), Content_Type="text/event-stream")
    else:
        send(handler, whole)


def send(handler: Handler, value: dict[str, Any]) -> None:
    handler.send(200, json.dumps(value).encode(), Content_Type="application/json")


def vector(text: str) -> list[float]:
    """Words counted into eight buckets."""
    counts = [1.0] * 8
    for word in text.lower().split():
        counts[sum(word.encode()) % 8] += 1.0
    return counts


@dataclass
class House:
    """A knowledge base of two documents, and the servers it may or may not talk to."""

    folder: Path
    policies: Path
    network: Network
    inside: Server
    outside: Server
    ca_file: Path

    def provider(self, name: str, **settings: Any) -> ProviderSettings:
        host, zone = (INSIDE, Zone.ON_PREMISES) if name == "inside" else (OUTSIDE, Zone.CLOUD)
        return ProviderSettings(
            **{"name": name, "model": "m", "base_url": f"https://{host}/v1", "zone": zone, "attempts": 1}
            | {"key_variable": "MODEL_KEY"}
            | settings
        )

    def deployment(self, profile: Profile, *providers: ProviderSettings, **settings: Any) -> Deployment:
        listed = (INSIDE,) if profile in (Profile.ON_PREMISES, Profile.HYBRID) else ()
        return Deployment(
            **{"profile": profile, "providers": providers, "allowed_hosts": listed, "ca_file": self.ca_file} | settings
        )

    def opened(self, deployment: Deployment | None, settings: Settings | None = None) -> KnowledgeBase:
        return KnowledgeBase.open(self.folder, access="open", deployment=deployment, settings=settings)

    def received(self, server: Server) -> str:
        return b"\n".join(server.received).decode().casefold()


@pytest.fixture
def house(tmp_path: Path, network: Network, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("MODEL_KEY", KEY)
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "iv.md").write_text(SHAREABLE, encoding="utf-8")
    (policies / "alarm.md").write_text(INTERNAL, encoding="utf-8")
    with (
        running(Server(reply, authority.context(INSIDE))) as inside,
        running(Server(reply, authority.context(OUTSIDE))) as outside,
    ):
        network.stand_in(INSIDE, INSIDE_ADDRESS, inside)
        network.stand_in(OUTSIDE, OUTSIDE_ADDRESS, outside)
        house = House(tmp_path / "a.kb", policies, network, inside, outside, authority.ca_file)
        with house.opened(None) as kb:
            assert not kb.ingest(policies).failed
        assert (network.looked_up, network.connected) == ([], [])
        yield house


def by_model(answer: Any) -> bool:
    """Whether a language model replied for this answer."""
    return any(step.rung is Rung.LANGUAGE_MODEL and step.outcome == "answered" for step in answer.trace.ladder)


# local


def test_local_reads_and_answers_without_a_connection_or_a_look_up(house: House) -> None:
    with house.opened(None) as kb:
        kb.ingest(house.policies)
        kb.rebuild()
        assert "12 hours" in kb.ask(FLUSH, site="north").text
        assert kb.search(FLUSH)
        assert list(kb.ask_stream(FLUSH))
        assert asyncio.run(kb.aask(VAULT)).statements
        kb.check()
    assert (house.network.looked_up, house.network.connected) == ([], [])


def test_local_asks_a_model_on_this_machine_only(house: House) -> None:
    with running(Server(reply)) as local:
        provider = house.provider("local", base_url=f"http://localhost:{local.server_port}/v1")
        with house.opened(house.deployment(Profile.LOCAL, provider)) as kb:
            assert by_model(kb.ask(FLUSH, site="north"))
    assert local.received
    assert house.network.looked_up == []
    assert {address for address, _ in house.network.connected} == {"127.0.0.1"}


def test_local_refuses_an_embedding_endpoint_elsewhere_before_it_is_looked_up(house: House, tmp_path: Path) -> None:
    settings = Settings(embedding_model="openai:m", embedding_base_url=f"https://{INSIDE}/v1")
    with KnowledgeBase.open(tmp_path / "b.kb", settings=settings) as kb, pytest.raises(EgressError, match="'local'"):
        kb.ingest(house.policies)
    assert (house.network.looked_up, house.network.connected) == ([], [])


# on premises


def test_on_premises_reaches_the_listed_hosts_and_no_others(house: House, tmp_path: Path) -> None:
    settings = Settings(
        embedding_model="openai:m", embedding_base_url=f"https://{INSIDE}/v1", embedding_api_key_variable="MODEL_KEY"
    )
    deployment = house.deployment(Profile.ON_PREMISES, house.provider("inside"))
    with KnowledgeBase.open(tmp_path / "b.kb", access="open", settings=settings, deployment=deployment) as kb:
        assert not kb.ingest(house.policies).failed
        assert by_model(kb.ask(FLUSH, site="north"))
    assert "/embeddings" in house.received(house.inside)
    assert "/chat/completions" in house.received(house.inside)
    assert house.network.outside == [INSIDE_ADDRESS]
    assert set(house.network.looked_up) == {INSIDE}
    assert house.outside.received == []


def test_a_server_on_premises_cannot_send_a_question_on_to_the_cloud(house: House) -> None:
    house.inside.reply = lambda handler, body: handler.send(307, Location=f"https://{OUTSIDE}/v1/chat/completions")
    deployment = house.deployment(Profile.HYBRID, house.provider("inside"), house.provider("outside", order=2))
    with house.opened(deployment) as kb:
        answer = kb.ask(VAULT, site="south")
    assert "14 days" in answer.text
    assert not by_model(answer)
    assert house.network.outside == [INSIDE_ADDRESS]
    assert house.outside.received == []


# cloud


def test_cloud_reaches_its_language_model_and_nothing_else(house: House) -> None:
    with house.opened(house.deployment(Profile.CLOUD, house.provider("outside"))) as kb:
        assert by_model(kb.ask(FLUSH, site="north"))
        answer = kb.ask(IDENTIFIED, site="north")
    assert by_model(answer)
    assert house.network.outside == [OUTSIDE_ADDRESS]
    assert set(house.network.looked_up) == {OUTSIDE}
    for identifier in IDENTIFIERS:
        assert identifier.casefold() not in house.received(house.outside)


# hybrid


@pytest.fixture
def hybrid(house: House) -> Deployment:
    return house.deployment(Profile.HYBRID, house.provider("outside"), house.provider("inside", order=2))


def test_hybrid_sends_an_ordinary_question_out(house: House, hybrid: Deployment) -> None:
    with house.opened(hybrid) as kb:
        answer = kb.ask(FLUSH, site="north")
    assert by_model(answer)
    assert house.network.outside == [OUTSIDE_ADDRESS]
    assert "catheter" in house.received(house.outside)


@pytest.mark.parametrize("way", ["ask", "ask_stream", "aask"])
def test_hybrid_keeps_a_question_about_a_patient_on_premises(house: House, hybrid: Deployment, way: str) -> None:
    with house.opened(hybrid) as kb:
        answer = answered(kb, way, IDENTIFIED, "north")
    assert "12 hours" in answer.text
    assert by_model(answer)
    assert "patient" in answer.notice
    assert house.network.outside == [INSIDE_ADDRESS]
    assert house.outside.received == []
    for identifier in IDENTIFIERS:
        assert identifier.casefold() not in house.received(house.inside)
        assert identifier not in answer.model_dump_json(exclude={"question"})  # which is the person's own


@pytest.mark.parametrize("way", ["ask", "ask_stream", "aask"])
def test_hybrid_keeps_lines_of_internal_only_documents_on_premises(house: House, hybrid: Deployment, way: str) -> None:
    with house.opened(hybrid) as kb:
        answer = answered(kb, way, VAULT, "south")
    assert "14 days" in answer.text
    assert by_model(answer)
    assert "internal use only" in answer.notice
    assert house.network.outside == [INSIDE_ADDRESS]
    assert house.outside.received == []


def answered(kb: KnowledgeBase, way: str, question: str, site: str) -> Any:
    if way == "ask":
        return kb.ask(question, site=site)
    if way == "aask":
        return asyncio.run(kb.aask(question, site=site))
    stream = kb.ask_stream(question, site=site)
    assert list(stream)
    return stream.answer


def test_hybrid_without_a_model_on_premises_answers_word_for_word_and_says_why(house: House) -> None:
    with house.opened(house.deployment(Profile.HYBRID, house.provider("outside"))) as kb:
        for question, site, words in ((IDENTIFIED, "north", "12 hours"), (VAULT, "south", "14 days")):
            answer = kb.ask(question, site=site)
            assert words in answer.text
            assert not by_model(answer)
            assert "Nothing was sent to a language model outside" in answer.notice
    assert (house.network.outside, house.outside.received) == ([], [])


def test_hybrid_does_not_fall_back_to_the_cloud_when_the_model_on_premises_fails(
    house: House, hybrid: Deployment
) -> None:
    house.inside.reply = lambda handler, body: handler.send(500)
    with house.opened(hybrid) as kb:
        for question, site in ((IDENTIFIED, "north"), (VAULT, "south")):
            assert not by_model(kb.ask(question, site=site))
    assert house.inside.received
    assert (house.network.outside, house.outside.received) == ([INSIDE_ADDRESS], [])


@pytest.mark.parametrize(
    "previous", [(IDENTIFIED,), ("What about Patient Wilhelmina Oddsdottir?", FLUSH), (IDENTIFIED, FLUSH, FLUSH)]
)
def test_hybrid_sends_nothing_of_an_earlier_question_about_a_patient_out(
    house: House, hybrid: Deployment, previous: tuple[str, ...]
) -> None:
    with house.opened(hybrid) as kb:
        kb.ask("And how often is the site assessed?", site="north", previous_questions=previous)
    for server in (house.inside, house.outside):
        for identifier in IDENTIFIERS:
            assert identifier.casefold() not in house.received(server)


def test_hybrid_embeds_on_premises_only(house: House, tmp_path: Path, hybrid: Deployment) -> None:
    settings = Settings(
        embedding_model="openai:m", embedding_base_url=f"https://{OUTSIDE}/v1", embedding_api_key_variable="MODEL_KEY"
    )
    with (
        KnowledgeBase.open(tmp_path / "b.kb", settings=settings, deployment=hybrid) as kb,
        pytest.raises(EgressError, match="stays on premises"),
    ):
        kb.ingest(house.policies)
    assert (house.network.looked_up, house.outside.received) == ([], [])


def test_no_question_lets_a_word_of_an_internal_only_document_out(house: House, hybrid: Deployment) -> None:
    questions = (
        FLUSH,
        VAULT,
        IDENTIFIED,
        "Where is the panic alarm?",
        "What is done every 12 hours and every 14 days?",
    )
    with house.opened(hybrid) as kb:
        for question in questions:
            for site in ("north", "south", None):
                kb.ask(question, site=site)
                list(kb.ask_stream(question, site=site))
    assert house.outside.received  # some may go out
    for request in house.outside.received:
        lines = request.decode().casefold().split("question:")[0]
        assert not [word for word in SECRET_WORDS if word in lines]
    assert KEY.casefold() in house.received(house.outside)  # as a header of its own server, which is what it is for


def test_what_the_environment_says_about_openai_and_proxies_changes_nothing(
    house: House, hybrid: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://evil.test:3128")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://evil.test/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    with house.opened(hybrid) as kb:
        kb.ask(FLUSH, site="north")
    assert house.network.outside == [OUTSIDE_ADDRESS]
    assert "evil.test" not in house.network.looked_up
    assert "somebody-else" not in house.received(house.outside)

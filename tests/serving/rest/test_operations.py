"""For those who run the server: readiness, metrics, and a log without questions, tokens or names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ragkit import KnowledgeBase
from ragkit.deployment.server import MetricsAccess, MetricsSettings, ServerSettings
from tests.retrieval.library import WordVectors
from tests.serving.issuer import rsa_key
from tests.serving.rest.conftest import UNLIMITED
from tests.serving.rest.house import FLUSHING, SECRET, Client, make_house, serving


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_server_that_can_answer_is_ready(server: Client) -> None:
    reply = server.get("/ready")
    assert (reply.status_code, reply.json()) == (
        200,
        {"ready": True, "checks": {"store": "ok", "embedder": "ok", "identity": "ok", "language_models": "none"}},
    )


def test_a_server_whose_embedder_is_not_the_store_s_is_not_ready(house: Path) -> None:
    class Other(WordVectors):
        fingerprint = "another model"

    base = KnowledgeBase.open(house, embedding=Other(), read_only=True)
    with serving(house, knowledge_base=base) as server:
        reply = server.get("/ready")
        assert (reply.status_code, reply.json()["checks"]["embedder"]) == (503, "unavailable")
        asked = server.of("nurse").post("/v1/ask", {"question": FLUSHING})
        assert (asked.status_code, asked.headers["retry-after"]) == (503, "5")
        assert "vectors" not in asked.text
        server.get("/ready")
        assert sum("embedder: The stored vectors were made by another" in line for line in server.log) == 1


def test_what_happens_is_counted(house: Path) -> None:
    with serving(house) as server:
        nurse = server.of("nurse")
        given = nurse.ask(FLUSHING)
        nurse.ask("Who repairs the helicopter?")
        nurse.events(FLUSHING)
        nurse.get("/v1/documents/rx-77")
        nurse.get("/v1/made-up-by-a-stranger")
        nurse.post("/v1/feedback", {"answer_id": given["answer_id"], "reason": "wrong"})
        Client(server.address, "guessed").get("/v1/documents")
        counted = samples(server.get("/metrics").text)

    def count(metric: str, **labels: str) -> float:
        return counted[metric, tuple(sorted(labels.items()))]

    assert count("ragkit_answers_total", status="answered") == 2
    assert count("ragkit_answers_total", status="insufficient_evidence") == 1
    assert count("ragkit_statements_total", kind="verbatim") == 2
    assert count("ragkit_stage_seconds_count", stage="total") == 3
    assert count("ragkit_http_requests_total", method="POST", route="/v1/ask", status="200") == 2
    document = "/v1/documents/{document_id:path}"
    assert count("ragkit_http_requests_total", method="GET", route=document, status="404") == 1
    assert count("ragkit_http_requests_total", method="GET", route="unmatched", status="404") == 1
    assert count("ragkit_http_requests_total", method="GET", route="/v1/documents", status="401") == 1
    assert count("ragkit_tokens_refused_total", reason="malformed") == 1
    assert count("ragkit_wrong_answer_reports_total") == 1
    assert count("ragkit_signing_keys_state", name="keys", state="fresh") == 1
    assert count("ragkit_signing_keys_age_seconds") >= 0


def test_no_person_no_question_and_no_document_is_in_the_metrics(house: Path) -> None:
    with serving(house) as server:
        pharmacist = server.of("pharmacist", user="u-4711")
        pharmacist.ask(SECRET)
        pharmacist.get("/v1/documents/rx-77")
        text = server.get("/metrics").text.lower()
    for word in ("u-4711", "pharmacist", "fentanyl", "quokka", "rx-77", "iv-101"):
        assert word not in text


def test_metrics_are_for_programs_on_this_machine_unless_a_proxy_speaks_for_another(server: Client) -> None:
    assert server.get("/metrics").status_code == 200
    assert server.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 403


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (MetricsSettings(access=MetricsAccess.OFF), {"nobody": 404, "key": 404, "role": 404}),
        (
            MetricsSettings(access=MetricsAccess.BEARER, key_variable="METRICS_KEY"),
            {"nobody": 403, "key": 200, "role": 403},
        ),
        (MetricsSettings(access=MetricsAccess.ROLE, role="Operator"), {"nobody": 401, "key": 401, "role": 200}),
    ],
)
def test_who_reads_metrics_can_be_chosen(
    house: Path, monkeypatch: pytest.MonkeyPatch, settings: MetricsSettings, expected: dict[str, int]
) -> None:
    monkeypatch.setenv("METRICS_KEY", "a-key-of-the-metrics")
    with serving(house, settings=ServerSettings(metrics=settings)) as server:
        callers = {
            "nobody": server,
            "key": Client(server.address, "a-key-of-the-metrics"),
            "role": server.of("operator"),
        }
        assert {name: caller.get("/metrics").status_code for name, caller in callers.items()} == expected
        if settings.access is MetricsAccess.ROLE:
            assert server.of("nurse").get("/metrics").status_code == 403


def test_the_log_has_one_plain_line_a_request_and_nothing_that_anybody_sent(house: Path, capfd: Any) -> None:
    with serving(house) as server:
        nurse = server.of("nurse", user="u-4711")
        asked = nurse.post("/v1/ask", {"question": "How is MRN 00412345 flushed?", "as_of": "2024-03-01"})
        nurse.post("/v1/ask", {"question": "MRN 00412345", "as_of": "Jane Roe"})
        nurse.post("/v1/ask/stream", {"question": "How is MRN 00412345 flushed?"})
        nurse.post("/v1/search", {"question": "MRN 00412345"})
        nurse.get("/v1/documents/MRN-00412345?version=Jane%20Roe&site=MRN-00412345")
        nurse.get("/MRN-00412345")
        Client(server.address, rsa_key().token(sub="u-4711", aud="other")).get("/v1/documents")
        log = "\n".join(server.log)
    printed = capfd.readouterr()
    request = asked.headers["x-request-id"]
    assert re.search(rf"INFO ragkit\.serving POST /v1/ask 200 \d+ ms {request}", log)
    for text in (log, printed.out, printed.err):
        for secret in ("00412345", "Jane", "u-4711", "eyJ", "flushed"):
            assert secret not in text


def test_a_defect_is_told_by_its_number_alone_and_logged_by_kind_and_place(house: Path, capfd: Any) -> None:
    class Broken:
        def __init__(self) -> None:
            self._base = KnowledgeBase.open(house, embedding=WordVectors(), read_only=True)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._base, name)

        def __enter__(self) -> Broken:
            return self

        def __exit__(self, *_: object) -> None:
            self._base.close()

        async def aask(self, question: str, **_: Any) -> Any:
            raise ZeroDivisionError(f"while answering {question!r}")

        def ask_stream(self, question: str, **_: Any) -> Any:
            yield from self._base.ask(FLUSHING, user=_["user"]).statements
            raise ZeroDivisionError(f"while answering {question!r}")

    with serving(house, knowledge_base=Broken()) as server:  # type: ignore[arg-type]
        nurse = server.of("nurse")
        reply = nurse.post("/v1/ask", {"question": "MRN 00412345"})
        assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
        events = nurse.events("MRN 00412345")
        log = "\n".join(server.log)
    assert [name for name, _ in events] == ["statement", "problem"]
    assert events[-1][1]["status"] == 500
    assert f"request {reply.json()['request_id']} failed: ZeroDivisionError at " in log
    printed = capfd.readouterr()
    for text in (reply.text, str(events), log, printed.out, printed.err):
        assert "00412345" not in text
    assert "ZeroDivisionError" not in reply.text + str(events)


def test_a_report_that_cannot_be_written_is_not_said_to_be_kept(tmp_path: Path) -> None:
    house = make_house(tmp_path)
    (house / "wrong-answers").write_text("a file where the folder should be")
    with serving(house, settings=ServerSettings(rates=UNLIMITED)) as server:
        nurse = server.of("nurse")
        given = nurse.ask(FLUSHING)["answer_id"]
        body = {"answer_id": given, "reason": "wrong"}
        reply = nurse.post("/v1/feedback", body)
        assert reply.status_code == 503
        assert str(tmp_path) not in reply.text
        (house / "wrong-answers").unlink()
        assert nurse.post("/v1/feedback", body).status_code == 201

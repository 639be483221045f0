"""A language model as judge, behind a server that misbehaves on purpose. Everything runs on this machine's loopback."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ragkit.errors import GroundingError
from ragkit.grounding.base import Pair
from ragkit.grounding.language_model import LanguageModelScorer
from ragkit.grounding.verdict import Verdict

PAIR = Pair("The pump is checked every hour.", ("Check the pump every four hours.",))
SUPPORTED = json.dumps({"verdict": "supported", "probability_supported": 0.9, "probability_contradicted": 0.0})
CONTRADICTED = json.dumps(
    {
        "verdict": "contradicted",
        "probability_supported": 0.1,
        "probability_contradicted": 0.8,
        "reason": "four, not one",
    }
)


class Server:
    """Gives the scripted replies in turn, the last one again and again: a text, a status, or seconds to be silent."""

    def __init__(self) -> None:
        self.script: list[str | int | float] = [SUPPORTED]
        self.requests: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(json.loads(body))
                server.keys.append(self.headers["Authorization"])
                server.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, float):
            time.sleep(said)
            return
        status = said if isinstance(said, int) else 200
        content = {"error": {"message": "key sk-secret is bad"}} if status != 200 else _completion(str(said))
        raw = json.dumps(content).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)


def _completion(text: str) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "judge", "choices": [choice]}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("JUDGE_KEY", "sk-secret")
    started = Server()
    thread = threading.Thread(target=started.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield started
    started.http.shutdown()
    thread.join()
    started.http.server_close()


def scorer(server: Server, **settings: float) -> LanguageModelScorer:
    return LanguageModelScorer(
        "judge", base_url=server.url, api_key_variable="JUDGE_KEY", **{"max_retries": 0, **settings}
    )  # type: ignore[arg-type]


def test_the_models_verdict_and_probabilities_are_passed_on(server: Server) -> None:
    server.script = [SUPPORTED, CONTRADICTED]
    first, second = scorer(server).score([PAIR, PAIR])
    assert (first.verdict, first.support, first.reasons) == (Verdict.SUPPORTED, 0.9, ())
    assert (second.verdict, second.contradiction) == (Verdict.CONTRADICTED, 0.8)
    assert second.reasons == ("four, not one",)


def test_it_asks_at_temperature_0_with_a_schema_and_with_claim_and_evidence(server: Server) -> None:
    scorer(server).score([PAIR])
    sent = server.requests[0]
    assert sent["temperature"] == 0
    assert sent["response_format"]["type"] == "json_schema"  # type: ignore[index]
    question = sent["messages"][-1]["content"]  # type: ignore[index]
    assert PAIR.claim in question
    assert PAIR.evidence[0] in question


def test_a_reply_in_a_fence_is_read(server: Server) -> None:
    server.script = [f"Here you are:\n```json\n{SUPPORTED}\n```"]
    assert scorer(server).score([PAIR])[0].verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    "reply",
    [
        "I think it is supported.",
        '{"verdict": "supported"',
        '{"verdict": "perhaps", "probability_supported": 0.5}',
        '{"verdict": "supported", "probability_supported": 7}',
        '{"verdict": "supported", "probability_supported": NaN}',
        '{"verdict": "supported"}',
        "[]",
        "",
    ],
)
def test_an_unusable_reply_is_asked_for_again_and_then_is_an_error_never_a_verdict(server: Server, reply: str) -> None:
    server.script = [reply]
    with pytest.raises(GroundingError, match="did not reply as it was asked to in 3 attempts"):
        scorer(server).score([PAIR])
    assert len(server.requests) == 3


def test_a_good_reply_after_a_bad_one_counts(server: Server) -> None:
    server.script = ["nonsense", SUPPORTED]
    assert scorer(server).score([PAIR])[0].support == 0.9


def test_a_failing_server_is_an_error_that_names_status_and_model_but_no_key(server: Server) -> None:
    server.script = [500]
    with pytest.raises(GroundingError, match=r"status 500.*'judge'") as caught:
        scorer(server).score([PAIR])
    assert "sk-secret" not in _whole(caught.value)


def test_a_server_that_fails_once_is_asked_again(server: Server) -> None:
    server.script = [503, SUPPORTED]
    assert scorer(server, max_retries=1).score([PAIR])[0].support == 0.9


def test_a_server_that_hangs_is_an_error_after_the_timeout(server: Server) -> None:
    server.script = [1.0]
    with pytest.raises(GroundingError, match=r"did not reply within 0\.1 s"):
        scorer(server, timeout_seconds=0.1).score([PAIR])


def test_a_server_that_is_not_there_is_an_error() -> None:
    judge = LanguageModelScorer("judge", base_url="http://127.0.0.1:9/v1", max_retries=0)
    with pytest.raises(GroundingError, match="cannot be reached"):
        judge.score([PAIR])


def test_the_key_comes_from_the_environment_and_is_shown_nowhere(server: Server) -> None:
    judge = scorer(server)
    judge.score([PAIR])
    assert server.keys == ["Bearer sk-secret"]
    assert "sk-secret" not in repr(judge) + judge.fingerprint + judge.name + repr(vars(judge).keys())


def test_credentials_in_the_address_are_not_shown() -> None:
    judge = LanguageModelScorer("judge", base_url="http://someone:hunter2@127.0.0.1:9/v1", max_retries=0)
    assert "hunter2" not in repr(judge) + judge.fingerprint


def test_without_a_key_the_public_service_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUDGE_KEY", raising=False)
    with pytest.raises(GroundingError, match="JUDGE_KEY"):
        LanguageModelScorer("judge", api_key_variable="JUDGE_KEY")


def test_nothing_to_judge_is_unsupported_without_asking(server: Server) -> None:
    scores = scorer(server).score([Pair("", ("x",)), Pair("x", ()), Pair("x", (" ",))])
    assert [(score.verdict, score.support) for score in scores] == [(Verdict.UNSUPPORTED, 0.0)] * 3
    assert not server.requests


def test_evidence_that_is_too_long_is_an_error_and_is_not_cut(server: Server) -> None:
    with pytest.raises(GroundingError, match="smaller spans"):
        scorer(server).score([Pair("x", ("word " * 10_000,))])


def _whole(error: BaseException | None) -> str:
    """All words that a traceback of the error would show."""
    words = ""
    while error is not None:
        words += f"{error!r} {error}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return words

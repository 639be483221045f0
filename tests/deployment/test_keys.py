"""Keys: where they come from, and that nothing ever shows one."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ragkit.deployment.deployment import Deployment, ProviderSettings
from ragkit.deployment.keys import read_key
from ragkit.deployment.loading import load_deployment
from ragkit.embedding.openai_compatible import OpenAICompatibleEmbedder
from ragkit.errors import EmbeddingError, GroundingError, RagkitError, SettingsError
from ragkit.grounding.base import Pair
from ragkit.grounding.language_model import LanguageModelScorer
from tests.egress.servers import Handler, Server, running

KEY = "sk-Zq81vWn5Tt3Lk0Yx7Rb2Hc9Ms4"


def key_file(folder: Path, content: bytes = KEY.encode(), mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def value(key: SecretStr | None) -> str | None:
    return key.get_secret_value() if key else None


def shown(error: BaseException) -> str:
    """All that a program could print of an error: its chain, its frames with their local variables, its arguments."""
    inside = error.__traceback__.tb_next if error.__traceback__ else None  # without the frame of the test itself
    whole = traceback.TracebackException(type(error), error, inside, capture_locals=True)
    parts = ["".join(whole.format()), repr(error), repr(error.args), repr(vars(error))]
    for other in (error.__cause__, error.__context__):
        if other is not None:
            parts.append(shown(other))
    return "\n".join(parts)


def test_a_key_comes_from_the_environment_without_the_space_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_KEY", f" {KEY}\n")
    assert value(read_key("MODEL_KEY", None)) == KEY


@pytest.mark.parametrize(
    "content", [KEY.encode(), f"{KEY}\n".encode(), f"{KEY}\r\n".encode(), b"\xef\xbb\xbf" + KEY.encode()]
)
def test_a_key_comes_from_a_file_without_its_line_end(tmp_path: Path, content: bytes) -> None:
    assert value(read_key(None, key_file(tmp_path, content))) == KEY


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_KEY", "other")
    assert value(read_key("MODEL_KEY", key_file(tmp_path))) == "other"
    monkeypatch.delenv("MODEL_KEY")
    assert value(read_key("MODEL_KEY", key_file(tmp_path))) == KEY


def test_no_key_is_none_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_key(None, None) is None
    monkeypatch.delenv("MODEL_KEY", raising=False)
    assert read_key("MODEL_KEY", None, required=False) is None


def test_a_key_that_is_named_and_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_KEY", "  ")
    with pytest.raises(SettingsError, match="MODEL_KEY holds no key"):
        read_key("MODEL_KEY", None)
    with pytest.raises(SettingsError, match="no key file"):
        read_key(None, tmp_path / "missing")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o620, 0o666])
def test_a_file_that_other_users_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsError, match="chmod 600") as refusal:
        read_key(None, key_file(tmp_path, mode=mode))
    assert KEY not in shown(refusal.value)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_file_that_its_owner_and_group_may_read_is_taken(tmp_path: Path, mode: int) -> None:
    assert value(read_key(None, key_file(tmp_path, mode=mode))) == KEY


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        f"{KEY}\n{KEY}".encode(),
        f"{KEY} {KEY}".encode(),
        f"{KEY}\x00".encode(),
        f"{KEY}é".encode(),
        KEY.encode() * 500,
        b"\xff" + KEY.encode(),
    ],
)
def test_what_cannot_be_a_key_is_refused_without_repeating_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_key(None, key_file(tmp_path, content))
    assert KEY not in shown(refusal.value)


def test_a_key_is_in_no_repr_and_no_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_KEY", KEY)
    key = read_key("MODEL_KEY", None)
    provider = ProviderSettings(name="gpt", model="m", key_variable="MODEL_KEY")
    deployment = Deployment(providers=(provider,))
    scorer = LanguageModelScorer("m", base_url="http://127.0.0.1:9/v1", api_key_variable="MODEL_KEY")
    embedder = OpenAICompatibleEmbedder("m", base_url="http://127.0.0.1:9/v1", api_key_variable="MODEL_KEY")
    for text in (
        repr(key),
        str(key),
        f"{key}",
        repr(deployment),
        deployment.model_dump_json(),
        json.dumps(repr(provider)),
    ):
        assert KEY not in text
    for thing in (scorer, embedder):
        assert KEY not in repr(thing) + repr(vars(thing)) + thing.fingerprint


WRONG = (
    f'[[providers]]\nname = "a"\nmodel = "m"\napi_key = "{KEY}"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\nkey_variable = "{KEY}"\n',
    f'[[providers]]\nname = "a"\nmodel = "{KEY}"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\nbase_url = "https://{KEY}@models.test/v1"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\nbase_url = "https://me:{KEY}@models.test/v1"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\nbase_url = "https://models.test/v1?api-key={KEY}"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\norder = "{KEY}"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\nzone = "{KEY}"\n',
    f'[[providers]]\nname = "a"\nmodel = "m"\nheaders = {{ x = "{KEY}" }}\n',
    f'allowed_hosts = ["{KEY}"]\n',
    f'allowed_hosts = ["me:{KEY}@models.test"]\n',
    f'proxy = "http://me:{KEY}@proxy.test"\n',
    f'[cache]\nkey = "{KEY}"\n',
    f"[[providers]]\nkey = {KEY}\n",
)


@pytest.mark.parametrize("content", WRONG)
@pytest.mark.parametrize("profile", ["local", "hybrid"])
def test_a_key_in_the_deployment_file_is_refused_and_not_repeated(tmp_path: Path, content: str, profile: str) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(f'profile = "{profile}"\n{content}', encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        load_deployment(file)
    assert KEY not in str(refusal.value)
    assert KEY not in shown_chain(refusal.value)


def shown_chain(error: BaseException) -> str:
    """What Python prints of an error nobody caught."""
    return "".join(traceback.format_exception(error))


def refuse(handler: Handler, body: bytes) -> None:
    """Does what the path says; a server that repeats the key in what it says."""
    said = json.dumps({"error": {"message": f"wrong key {handler.headers['Authorization']}"}}).encode()
    if handler.path.startswith("/200"):
        said = b'{"error": "no reply at all"}'
    if handler.path.startswith("/reset"):
        handler.close_connection = True
        handler.connection.close()
    elif handler.path.startswith("/half"):
        handler.send(200, b"half", Content_Length="100")
        handler.close_connection = True
        handler.connection.shutdown(2)
    else:
        handler.send({"/401": 401, "/500": 500, "/200": 200}[handler.path[:4]], said, Content_Type="application/json")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("MODEL_KEY", KEY)
    with running(Server(refuse)) as server:
        yield server


@pytest.mark.parametrize("path", ["401", "500", "200", "reset", "half", "nobody"])
@pytest.mark.parametrize("client", ["embedder", "scorer"])
def test_no_failure_of_a_request_shows_the_key(
    server: Server, path: str, client: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    port = 9 if path == "nobody" else server.server_port
    where = {"base_url": f"http://127.0.0.1:{port}/{path}", "api_key_variable": "MODEL_KEY"}
    with caplog.at_level(logging.DEBUG), pytest.raises((EmbeddingError, GroundingError)) as failure:
        if client == "embedder":
            OpenAICompatibleEmbedder("m", max_retries=0, **where).embed_query("hello")
        else:
            LanguageModelScorer("m", max_retries=0, **where).score([Pair("a claim", ("evidence",))])
    if path != "nobody":
        assert KEY.encode() in server.received[0]
    assert isinstance(failure.value, RagkitError)
    assert KEY not in shown(failure.value)
    assert KEY not in caplog.text
    captured = capsys.readouterr()
    assert KEY not in captured.out + captured.err
    assert sys.exc_info() == (None, None, None)

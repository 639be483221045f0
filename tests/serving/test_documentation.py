"""The deployment files and the program of docs/serving.md are good as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ragkit.access.user import User
from ragkit.deployment.loading import load_deployment
from ragkit.egress.policy import EgressPolicy
from ragkit.serving.identity import TokenVerifier

_TEXT = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"```(\w*)\n(.*?)```", _TEXT, re.DOTALL)
_TOML = [text for language, text in _BLOCKS if language == "toml"]
_IDENTITY = _TOML[0]


def test_the_first_deployment_file_names_a_sign_on(tmp_path: Path) -> None:
    (tmp_path / "deployment.toml").write_text(_IDENTITY)
    deployment = load_deployment(tmp_path / "deployment.toml")
    assert deployment.server.identity is not None
    TokenVerifier.of(deployment.server.identity, EgressPolicy.of(deployment))


@pytest.mark.parametrize("fragment", _TOML[1:])
def test_each_further_fragment_fits_into_it(tmp_path: Path, fragment: str) -> None:
    top, _, identity = _IDENTITY.partition("[server.identity]\n")
    if fragment.startswith("[server.identity]\n"):
        kept = [line for line in identity.splitlines() if not line.startswith("roles_claim")]
        whole = f"{top}{fragment.replace('# …', chr(10).join(kept))}"
    else:
        whole = f"{_IDENTITY}\n{fragment}"
    (tmp_path / "deployment.toml").write_text(whole)
    load_deployment(tmp_path / "deployment.toml")


def test_a_token_of_one_s_own_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = next(text for language, text in _BLOCKS if language == "python" and "jwt.encode" in text)
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "serving.md", "exec"), {})
    own = re.sub(r"jwks_url = .*", 'jwks_file = "keys.json"', _IDENTITY)
    (tmp_path / "deployment.toml").write_text(own)
    deployment = load_deployment(tmp_path / "deployment.toml")
    assert deployment.server.identity is not None
    verifier = TokenVerifier.of(deployment.server.identity, EgressPolicy.of(deployment))
    assert verifier.user(capsys.readouterr().out.strip()) == User("u17", {"nurse"})

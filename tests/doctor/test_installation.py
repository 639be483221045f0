from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from ragkit.doctor import Level, examine
from ragkit.doctor.installation import EXTRAS
from ragkit.embedding import weights
from tests.doctor.conftest import WriteDeployment, the_finding

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_a_sound_installation_is_ok() -> None:
    examination = examine(offline=True)
    assert examination.healthy
    for check in ("python", "packages", "extras", "embedding model"):
        assert the_finding(examination, check).level is Level.OK


def test_a_package_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.0.1" if name == "numpy" else real(name))
    finding = the_finding(examine(offline=True), "packages")
    assert finding.level is Level.FAILED
    assert finding.found == "numpy 0.0.1 does not fit >=1.26"


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = metadata.version

    def version(name: str) -> str:
        if name == "typer":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    finding = the_finding(examine(offline=True), "packages")
    assert (finding.level, finding.found) == (Level.FAILED, "typer is missing")


def test_an_extra_that_the_deployment_needs_and_that_is_not_there_fails(
    write_deployment: WriteDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragkit.doctor.installation._is_there", lambda module: module != "cryptography")
    file = write_deployment('[cache]\nfolder = "cache"\nencrypted = true\nkey_variable = "CACHE_KEY"\n')
    finding = the_finding(examine(None, file, offline=True), "extras", "encryption")
    assert finding.level is Level.FAILED
    assert finding.advice == "pip install ragkit[encryption]"


def test_an_extra_that_nobody_needs_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragkit.doctor.installation._is_there", lambda module: module != "mcp")
    finding = the_finding(examine(offline=True), "extras")
    assert finding.level is Level.OK
    assert "not needed: mcp" in finding.found


def test_the_extras_are_those_of_the_project() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) <= set(project["optional-dependencies"])


def test_a_model_that_is_not_the_published_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "DEFAULT_WEIGHTS_SHA256", "0" * 64)
    finding = the_finding(examine(offline=True), "embedding model")
    assert finding.level is Level.FAILED
    assert "not the published ones" in finding.found

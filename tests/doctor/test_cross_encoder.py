from __future__ import annotations

from pathlib import Path

import pytest

from ragkit.cross_encoder import loading
from ragkit.cross_encoder.description import Calibration, Calibrations, write_model
from ragkit.cross_encoder.graph import write_graph
from ragkit.doctor import Finding, Level
from ragkit.doctor.cross_encoder import examine_cross_encoder
from ragkit.settings import Settings
from tests.cross_encoder.conftest import SHAPE, random_tensors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path, write_graph(random_tensors(), SHAPE), version="random")
    return tmp_path


SHIPPED = Settings(cross_encoder="shipped")


def examined(settings: Settings) -> Finding:
    [finding] = examine_cross_encoder(settings)
    return finding


def test_an_installation_without_the_small_model_is_healthy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", tmp_path)
    finding = examined(SHIPPED)
    assert (finding.level, finding.found) == (Level.OK, "this installation has none; it answers without")


def test_a_model_that_is_switched_off_is_not_looked_at(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", folder)
    (folder / "model.onnx").write_bytes(b"damaged")
    assert examined(Settings(cross_encoder="off")).level is Level.OK


def test_a_model_that_judges_is_named_with_its_time(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", folder)
    finding = examined(SHIPPED)
    assert finding.level is Level.OK
    assert finding.found.startswith("ragkit-cross-encoder-random@")
    assert finding.milliseconds is not None


def test_a_damaged_model_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", folder)
    (folder / "model.onnx").write_bytes(b"damaged")
    finding = examined(SHIPPED)
    assert finding.level is Level.FAILED
    assert "Install ragkit again" in finding.found


def test_a_model_that_judges_with_no_number_fails(folder: Path) -> None:
    tensors = random_tensors()
    tensors["heads.relevance.bias"] = tensors["heads.relevance.bias"] * float("nan")
    calibrations = Calibrations(relevance=Calibration(bias=(0.0,)))
    write_model(folder, write_graph(tensors, SHAPE), version="nan", calibrations=calibrations)
    assert examined(Settings(cross_encoder=str(folder))).level is Level.FAILED

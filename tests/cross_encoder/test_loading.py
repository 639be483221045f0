"""Which cross-encoder the settings give."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragkit.cross_encoder import loading
from ragkit.cross_encoder.loading import build_cross_encoder, shipped_cross_encoder
from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder
from ragkit.errors import CrossEncoderError
from ragkit.settings import Settings


def test_off_is_none() -> None:
    assert build_cross_encoder(Settings(cross_encoder="off")) is None


def test_an_installation_without_a_model_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", tmp_path)
    assert shipped_cross_encoder() is None
    assert build_cross_encoder(Settings(cross_encoder="shipped")) is None


def test_a_packaged_model_is_the_shipped_one(monkeypatch: pytest.MonkeyPatch, model_folder: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", model_folder)
    found = build_cross_encoder(Settings(cross_encoder="shipped"))
    assert found is not None
    assert found.fingerprint == OnnxCrossEncoder(model_folder).fingerprint


def test_half_a_packaged_model_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "PACKAGED_MODEL", tmp_path)
    (tmp_path / "model.onnx").touch()
    with pytest.raises(CrossEncoderError, match="Install ragkit again"):
        shipped_cross_encoder()


def test_a_folder_is_read(model_folder: Path) -> None:
    found = build_cross_encoder(Settings(cross_encoder=str(model_folder)))
    assert found is not None
    assert 0 < (found.relevance("Who may give it?", ["Two nurses."]).probabilities[0] or 0) < 1


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CrossEncoderError, match="cannot be read"):
        build_cross_encoder(Settings(cross_encoder=str(tmp_path / "nowhere")))

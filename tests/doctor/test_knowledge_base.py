from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ragkit import KnowledgeBase
from ragkit.doctor import Level, examine
from ragkit.doctor.finding import Examination
from ragkit.store.database import FILE_NAME
from ragkit.store.store import Store
from tests.doctor.conftest import the_finding


@pytest.fixture
def knowledge_base(kept_knowledge_base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept_knowledge_base, tmp_path / "copy.kb"))


def look(folder: Path) -> Examination:
    return examine(folder, offline=True)


def test_a_healthy_knowledge_base_is_ok(kept_knowledge_base: Path) -> None:
    examination = look(kept_knowledge_base)
    assert examination.level is Level.OK
    assert "1 document version(s)" in the_finding(examination, "whole").found
    for check in ("store", "model", "writing", "disk space"):
        assert the_finding(examination, check).level is Level.OK


def test_nothing_is_created_where_there_is_none(tmp_path: Path) -> None:
    finding = the_finding(look(tmp_path / "nothing.kb"), "folder")
    assert finding.level is Level.FAILED
    assert finding.advice.startswith("ragkit ingest")
    assert not (tmp_path / "nothing.kb").exists()


def test_an_empty_one_is_a_warning(tmp_path: Path) -> None:
    KnowledgeBase.open(tmp_path / "empty.kb").close()
    finding = the_finding(look(tmp_path / "empty.kb"), "whole")
    assert (finding.level, finding.found) == (Level.WARNING, "it is whole, and empty")


def test_a_damaged_database_fails(knowledge_base: Path) -> None:
    (knowledge_base / FILE_NAME).write_bytes(b"no database " * 500)
    finding = the_finding(look(knowledge_base), "store")
    assert finding.level is Level.FAILED
    assert "ragkit check --repair" in finding.found


def test_a_missing_chunk_fails(knowledge_base: Path) -> None:
    with Store.open(knowledge_base) as store:
        store._database.execute("DELETE FROM chunk")
    finding = the_finding(look(knowledge_base), "whole")
    assert finding.level is Level.FAILED
    assert "0 chunk(s) instead of" in finding.found


def test_a_newer_schema_fails(knowledge_base: Path) -> None:
    with Store.open(knowledge_base) as store:
        store._database.execute("PRAGMA user_version = 99")
    assert the_finding(look(knowledge_base), "store").level is Level.FAILED


def test_vectors_of_another_model_fail(knowledge_base: Path) -> None:
    with Store.open(knowledge_base) as store:
        store._database.execute("UPDATE version SET embedding_fingerprint = 'another model'")
    finding = the_finding(look(knowledge_base), "model")
    assert finding.level is Level.FAILED
    assert "ragkit rebuild" in finding.advice


@pytest.fixture
def writer(knowledge_base: Path) -> Iterator[Path]:
    with Store.open(knowledge_base) as store, store.writing():
        yield knowledge_base


def test_somebody_who_writes_is_a_warning_and_is_named(writer: Path) -> None:
    finding = the_finding(look(writer), "writing")
    assert finding.level is Level.WARNING
    assert f"Process {os.getpid()}" in finding.advice


def test_a_folder_that_cannot_be_written_is_a_warning(knowledge_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    finding = the_finding(look(knowledge_base), "writing")
    assert finding.level is Level.WARNING
    assert "Enough for asking" in finding.advice


@pytest.mark.parametrize(
    ("free", "level"), [(50_000_000, Level.FAILED), (500_000_000, Level.WARNING), (50_000_000_000, Level.OK)]
)
def test_disk_space_is_enough_short_or_gone(
    kept_knowledge_base: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert the_finding(look(kept_knowledge_base), "disk space").level is level


def test_looking_changes_nothing(kept_knowledge_base: Path) -> None:
    def contents() -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in sorted(kept_knowledge_base.rglob("*")) if file.is_file()}

    before = contents()
    look(kept_knowledge_base)
    assert contents() == before

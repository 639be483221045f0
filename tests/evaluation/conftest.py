"""The small hospital's knowledge base, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from tests.evaluation.hospital import write_hospital


@pytest.fixture(scope="session")
def hospital_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    with KnowledgeBase.open(folder / "hospital.kb") as kb:
        report = kb.ingest(write_hospital(folder / "policies"))
    assert not report.failed, report.failed
    return folder / "hospital.kb"


@pytest.fixture(scope="session")
def hospital(hospital_folder: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(hospital_folder) as kb:
        yield kb

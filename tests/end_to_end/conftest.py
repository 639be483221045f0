"""Folders of small invented policies, and the Northmoor corpus ingested once for all end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase

CORPUS = Path(__file__).parents[2] / "corpora" / "northmoor"

FLUSHING = """---
reference_number: IV-101
title: Flushing of Peripheral Intravenous Catheters
effective_date: {effective}
review_due: 2030-01-01
roles: [staff]
---
# Flushing of Peripheral Intravenous Catheters

## Procedure

Flush a peripheral intravenous catheter with {volume} mL of 0.9% sodium chloride every {hours} hours when not in use.

Replace the catheter when:

- the site is red, swollen or painful;
- the catheter leaks; or
- it was inserted in an emergency (within 24 hours).

## Documentation

Record the date, the time and the appearance of the site in the nursing record after every flush.
"""

PARKING = """# Storage of Blood Components

Red cells are stored between 1 °C and 6 °C in the monitored blood refrigerator only.

A unit that has been out of the refrigerator for more than 30 minutes is not returned to stock.
"""


def write_policies(folder: Path, *, volume: int = 5, hours: int = 8, effective: str = "2024-03-01") -> Path:
    """Two small policies in a folder that every signed-in member of staff may read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ragkit.yaml").write_text("default_roles: [staff]\n")
    (folder / "flushing.md").write_text(FLUSHING.format(volume=volume, hours=hours, effective=effective))
    (folder / "blood-storage.md").write_text(PARKING)
    return folder


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return write_policies(tmp_path / "policies")


@pytest.fixture(scope="session")
def northmoor_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a knowledge base that holds the whole Northmoor corpus."""
    folder = tmp_path_factory.mktemp("northmoor") / "northmoor.kb"
    with KnowledgeBase.open(folder) as kb:
        report = kb.ingest(CORPUS)
    assert not report.failed, report.failed
    return folder


@pytest.fixture(scope="session")
def northmoor(northmoor_folder: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(northmoor_folder) as kb:
        yield kb

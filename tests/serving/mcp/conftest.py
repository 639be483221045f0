"""A small knowledge base with a public policy, one of all staff and one of pharmacists only, as agents reach it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase

OPEN_QUESTION = "How often is an unused peripheral catheter flushed?"
PUBLIC_QUESTION = "When may visitors come to the ward?"
RESTRICTED_QUESTION = "What is the daily limit of zoramine tablets?"

_POLICIES = {
    "flushing.md": """---
title: Flushing of Catheters
reference_number: IV-101
effective_date: 2024-03-01
roles: [staff]
---
# Flushing of Catheters

Flush a peripheral catheter that is not in use with 5 mL of sodium chloride 0.9% every 8 hours.
""",
    "visiting.md": """---
title: Visiting Hours
effective_date: 2024-01-01
roles: [public]
---
# Visiting Hours

Visitors may come to the ward from 10:00 to 20:00 every day.
""",
    "zoramine.md": """---
title: Zoramine Dispensing
reference_number: PH-900
effective_date: 2024-01-01
roles: [pharmacist]
---
# Zoramine Dispensing

The daily limit of zoramine tablets is 40 mg for an adult.
""",
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the knowledge base."""
    source = tmp_path_factory.mktemp("policies")
    for name, text in _POLICIES.items():
        (source / name).write_text(text)
    with KnowledgeBase.open(source / "a.kb") as kb:
        report = kb.ingest([source / name for name in _POLICIES])
    assert not report.failed
    return source / "a.kb"


@pytest.fixture
def kb(folder: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(folder, read_only=True) as kb:
        yield kb

"""What becomes of the version that a file held before, and what the person who ingests is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from tests.retrieval.library import WordVectors

SHARPS = """---
title: Sharps
reference_number: SH-12
effective_date: {effective}
---

Dispose of sharps at once in the {colour} box.
"""


def told_after(tmp_path: Path, effective: str) -> tuple[list[str], list[str]]:
    """The texts that are searched and the remarks, after a file of 2024 came in again with another date and colour."""
    folder = tmp_path / "policies"
    folder.mkdir()
    with KnowledgeBase.open(tmp_path / "house.kb", access="open", embedding=WordVectors()) as kb:
        for day, colour in (("2024-03-01", "yellow"), (effective, "orange")):
            (folder / "sharps.md").write_text(SHARPS.format(effective=day, colour=colour), encoding="utf-8")
            report = kb.ingest(folder)
        return [passage.text for passage in kb.search("sharps box")], [row.reason for row in report.needs_attention]


def test_a_later_date_is_a_new_version_and_needs_no_remark(tmp_path: Path) -> None:
    texts, remarks = told_after(tmp_path, "2025-03-01")
    assert ["orange" in text for text in texts] == [True]
    assert remarks == []


@pytest.mark.parametrize(("effective", "told"), [("2024-03-01", "correction"), ("2023-03-01", "older")])
def test_without_a_later_date_the_former_words_are_out_of_search_and_the_remark_says_why(
    tmp_path: Path, effective: str, told: str
) -> None:
    texts, remarks = told_after(tmp_path, effective)
    assert ["orange" in text for text in texts] == [True]
    assert [told in remark for remark in remarks] == [True]


def test_a_citation_resolves_in_its_own_words_after_any_number_of_corrections(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    with KnowledgeBase.open(tmp_path / "house.kb", access="open", embedding=WordVectors()) as kb:
        found = []
        for colour in ("yellow", "orange", "transparent", "yellow"):
            (folder / "sharps.md").write_text(SHARPS.format(effective="2024-03-01", colour=colour), encoding="utf-8")
            kb.ingest(folder)
            [passage] = kb.search("sharps box")
            assert colour in passage.text
            found.append(passage)
        for passage in found:
            document = kb.document(passage.document_id, passage.version)
            assert document.text[passage.start : passage.end] == passage.text

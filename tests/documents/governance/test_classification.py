"""What stays inside the institution: internal-only as soon as somebody says so, or says something unclear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragkit import KnowledgeBase
from ragkit.documents.document import ProblemKind
from ragkit.documents.governance import Classification, FieldOrigin

from .documents import governance, read

SHAREABLE, INTERNAL_ONLY = Classification.SHAREABLE, Classification.INTERNAL_ONLY


def test_a_document_that_nothing_classifies_is_shareable() -> None:
    found = governance("Title: Falls")
    assert found.classification is SHAREABLE
    assert "classification" not in found.origins


@pytest.mark.parametrize("place", ["sidecar", "folder_settings", "front_matter"])
@pytest.mark.parametrize("word", ["internal-only", "internal_only", "Internal Only", "INTERNAL", "confidential"])
def test_a_sidecar_a_folder_file_or_front_matter_makes_it_internal_only(place: str, word: str) -> None:
    found, problems = read("Title: Falls", **{place: {"classification": word}})
    assert found.classification is INTERNAL_ONLY
    origin = {"sidecar": "sidecar", "folder_settings": "folder_file", "front_matter": "front_matter"}[place]
    assert found.origins["classification"] is FieldOrigin(origin)
    assert problems == ()


@pytest.mark.parametrize("place", ["sidecar", "folder_settings", "front_matter"])
@pytest.mark.parametrize("word", ["sharable", "yes", "Green", 2, True, ["shareable"], ""])
def test_a_word_that_is_not_known_is_taken_for_internal_only_and_reported(place: str, word: Any) -> None:
    found, problems = read("Title: Falls", source="falls.pdf", **{place: {"classification": word}})
    assert found.classification is INTERNAL_ONLY
    assert [problem.kind for problem in problems] == [ProblemKind.GOVERNANCE_CONFLICT]
    for said in ("falls.pdf", repr(word), "'shareable'", "'internal-only'"):
        assert said in problems[0].message


def test_a_folder_cannot_open_what_the_document_itself_closes() -> None:
    found = governance(
        folder_settings={"classification": "shareable"}, front_matter={"classification": "internal-only"}
    )
    assert (found.classification, found.origins["classification"]) == (INTERNAL_ONLY, FieldOrigin.FRONT_MATTER)


def test_a_document_cannot_open_what_its_folder_closes() -> None:
    found = governance(
        folder_settings={"classification": "internal-only"}, front_matter={"classification": "shareable"}
    )
    assert found.classification is INTERNAL_ONLY


def test_the_sidecar_of_the_document_can() -> None:
    found = governance(
        sidecar={"classification": "shareable"},
        folder_settings={"classification": "internal-only"},
        front_matter={"classification": "internal-only"},
    )
    assert (found.classification, found.origins["classification"]) == (SHAREABLE, FieldOrigin.SIDECAR)


def test_the_words_and_properties_of_a_document_classify_nothing() -> None:
    found = governance("Classification: internal-only", properties={"classification": "internal-only"})
    assert found.classification is SHAREABLE


def test_a_folder_that_is_classified_later_is_noticed_and_what_is_unclear_needs_attention(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "falls.md").write_text("# Falls\n\nBed rails are up at night.\n", encoding="utf-8")
    with KnowledgeBase.open(tmp_path / "kb", access="open") as kb:
        assert kb.ingest(folder).needs_attention == ()
        [row] = kb.documents()
        assert kb.document(row.document_id).governance.classification is SHAREABLE
        (folder / "ragkit.yaml").write_text("classification: inhouse\n", encoding="utf-8")
        [notice] = kb.ingest(folder).needs_attention
        assert "inhouse" in notice.reason
        [row] = kb.documents()
        assert kb.document(row.document_id).governance.classification is INTERNAL_ONLY

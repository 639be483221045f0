"""What a run depends on: the documents as they are, and the code as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase, Settings
from ragkit.evaluation.configuration import KnowledgeBaseConfiguration
from ragkit.evaluation.running import source_hash
from ragkit.evaluation.running.knowledge_base import opened
from tests.evaluation.hospital import write_hospital


def fingerprint(folder: Path, policies: list[Path], **options: object) -> str:
    with KnowledgeBase.open(folder, **options) as kb:  # type: ignore[arg-type]
        for path in policies:
            kb.ingest(path)
        return kb.fingerprint()


def test_the_fingerprint_does_not_tell_when_or_in_which_order_documents_came(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("The crash cart is checked once a day by the charge nurse.\n")
    second.write_text("The eye wash station is checked once a week by the safety officer.\n")
    orders = ([first, second], [second, first])
    one, other = (fingerprint(tmp_path / f"{n}.kb", order) for n, order in enumerate(orders))
    assert one == other and len(one) == 64


def test_the_fingerprint_changes_with_text_roles_settings_and_access(tmp_path: Path) -> None:
    policies = write_hospital(tmp_path / "policies")
    found = [fingerprint(tmp_path / "a.kb", [policies])]
    found.append(fingerprint(tmp_path / "a.kb", [policies], access="open"))
    found.append(fingerprint(tmp_path / "b.kb", [policies], settings=Settings(chunk_tokens=100)))
    (policies / "pharmacy/ragkit.yaml").write_text("roles: [nurse]\n")
    found.append(fingerprint(tmp_path / "c.kb", [policies]))
    (policies / "blood.txt").write_text("Red cells are stored between 2 °C and 6 °C.\n")
    found.append(fingerprint(tmp_path / "d.kb", [policies]))
    assert len(set(found)) == 5


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of ragkit's source whose hash is taken."""
    copy = tmp_path / "ragkit"
    shutil.copytree(source_hash._PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(source_hash, "_PACKAGE", copy)
    yield copy


def hashes() -> tuple[str, str]:
    source_hash.code_hash.cache_clear()
    source_hash.reading_hash.cache_clear()
    found = source_hash.code_hash(), source_hash.reading_hash()
    source_hash.code_hash.cache_clear()
    source_hash.reading_hash.cache_clear()
    return found


@pytest.mark.parametrize(
    ("file", "answers_change", "reading_changes"),
    [
        ("answering/guards.py", True, False),
        ("answering/models/abstention.json", True, False),
        ("grounding/checking.py", True, False),
        ("retrieval/understanding/vocabulary_data/drugs.yaml", True, False),
        ("knowledge_base.py", True, False),
        ("documents/reader.py", True, True),
        ("chunking/structure.py", True, True),
        ("store/schema.sql", True, True),
        ("evaluation/matching.py", False, False),
        ("display/html.py", False, False),
        ("cli/app.py", False, False),
    ],
)
def test_the_code_hash_changes_with_all_that_may_change_an_answer_and_nothing_else(
    package: Path, file: str, answers_change: bool, reading_changes: bool
) -> None:
    before = hashes()
    with (package / file).open("a") as changed:
        changed.write("\n\n")
    after = hashes()
    assert (after[0] != before[0], after[1] != before[1]) == (answers_change, reading_changes)


def sources(configuration: KnowledgeBaseConfiguration, cache: Path) -> set[str]:
    with opened(configuration, cache) as kb:
        return {row.source for row in kb.documents()}


def test_the_cached_knowledge_base_holds_what_the_folder_holds_now(tmp_path: Path) -> None:
    folder, cache = tmp_path / "policies", tmp_path / "cache"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"The {name} cart is checked once a day by the charge nurse.\n")
    configuration = KnowledgeBaseConfiguration(documents=(folder,), access="open")
    assert sources(configuration, cache) == {"a.txt", "b.txt"}
    [first] = cache.glob("*.kb")
    assert sources(configuration, cache) == {"a.txt", "b.txt"}
    assert list(cache.glob("*.kb")) == [first], "nothing changed, so it is used again"
    (folder / "b.txt").unlink()
    assert sources(configuration, cache) == {"a.txt"}
    assert first not in cache.glob("*.kb")


def test_the_cached_knowledge_base_is_made_anew_by_other_reading_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = tmp_path / "policies", tmp_path / "cache"
    folder.mkdir()
    (folder / "a.txt").write_text("The crash cart is checked once a day by the charge nurse.\n")
    configuration = KnowledgeBaseConfiguration(documents=(folder,), access="open")
    sources(configuration, cache)
    [first] = cache.glob("*.kb")
    monkeypatch.setattr("ragkit.evaluation.running.knowledge_base.reading_hash", lambda: "other code")
    sources(configuration, cache)
    [second] = cache.glob("*.kb")
    assert second != first

"""A check finds what is wrong, and a repair mends it from the database without embedding anything."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ragkit.store.chroma import ChromaFolder, MirrorRow
from ragkit.store.database import FILE_NAME
from ragkit.store.report import DamageKind
from ragkit.store.store import Store

from .policies import FINGERPRINT, all_keys, found_texts, policy, put, state_of, vector_of


@pytest.fixture
def damaged(folder: Path) -> Iterator[Path]:
    """A folder with three documents, to be damaged."""
    with Store.open(folder) as store, store.writing():
        for name in ("a", "b", "c"):
            document = policy(name, f"Assess {name} every 4 hours.", f"Replace {name} when needed.")
            put(store, document, state=state_of(document))
    return folder


@contextmanager
def database_of(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        yield connection
        connection.commit()


def answers(store: Store) -> bool:
    """Whether all three documents are found by their words and by meaning."""
    keys = all_keys(store)
    by_meaning = {hit.version_key for hit in store.dense_search(vector_of("x"), keys, 20)}
    return len(found_texts(store, "assess")) == 3 and len(by_meaning) == 3


def test_a_new_knowledge_base_is_whole(store: Store) -> None:
    report = store.check()
    assert (report.clean, report.mended, report.notes) == (True, (), ())
    assert "whole" in report.summary()


def test_a_filled_knowledge_base_is_whole_and_counted(damaged: Path) -> None:
    with Store.open(damaged) as store:
        store.remove("c")
        report = store.check()
    assert (report.problems, report.versions, report.chunks, report.kept) == ((), 2, 4, 1)
    assert json.loads(report.model_dump_json())["versions"] == 2


def break_words(folder: Path) -> None:
    with database_of(folder) as database:
        database.execute("UPDATE chunk_words SET body = 'something else' WHERE rowid = 1")


def lose_words(folder: Path) -> None:
    with database_of(folder) as database:
        database.execute("DELETE FROM chunk_words WHERE rowid = 2")


def garble_words(folder: Path) -> None:
    with database_of(folder) as database:
        database.execute("UPDATE chunk_words_data SET block = randomblob(50) WHERE id > 10")


def lose_index(folder: Path) -> None:
    with database_of(folder) as database:
        database.execute("DELETE FROM chunk_words_data WHERE id > 10")


@pytest.mark.parametrize("damage", [break_words, lose_words, garble_words, lose_index])
def test_a_damaged_full_text_index_is_found_and_built_anew(damaged: Path, damage: Callable[[Path], None]) -> None:
    damage(damaged)
    with Store.open(damaged) as store:
        assert DamageKind.FULL_TEXT in {problem.kind for problem in store.check().problems}
        report = store.repair()
        assert report.clean
        assert any("full-text" in message for message in report.mended)
        assert answers(store)


def overwrite_chroma_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"garbage" * 9999)


def truncate_chroma_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes((chroma / "chroma.sqlite3").read_bytes()[:5000])


def lose_chroma(chroma: Path) -> None:
    shutil.rmtree(chroma)


def put_a_file_in_its_place(chroma: Path) -> None:
    shutil.rmtree(chroma)
    chroma.write_text("not a folder")


def lose_a_vector(chroma: Path) -> None:
    with ChromaFolder(chroma) as opened:
        opened.delete([2])


def add_an_orphan(chroma: Path) -> None:
    with ChromaFolder(chroma) as opened:
        opened.add(FINGERPRINT, [MirrorRow(999, vector_of("nobody's"), {"version_key": 99})])


def change_a_vector(chroma: Path) -> None:
    with ChromaFolder(chroma) as opened:
        opened.add(FINGERPRINT, [MirrorRow(2, vector_of("something else"), {"version_key": 1})])


@pytest.mark.parametrize(
    "damage",
    [
        overwrite_chroma_database,
        truncate_chroma_database,
        lose_chroma,
        put_a_file_in_its_place,
        lose_a_vector,
        add_an_orphan,
        change_a_vector,
    ],
)
def test_damaged_vectors_in_chroma_are_found_and_built_anew_and_questions_go_on(
    damaged: Path, damage: Callable[[Path], None]
) -> None:
    damage(damaged / "chroma")
    with Store.open(damaged) as store:
        assert answers(store)
        problems = store.check().problems
        assert [problem.kind for problem in problems] == [DamageKind.CHROMA]
        assert "check --repair" in problems[0].message
        report = store.repair()
        assert report.clean
        assert any("built anew" in message for message in report.mended)


def test_writing_over_damaged_vectors_in_chroma_mends_them(damaged: Path) -> None:
    overwrite_chroma_database(damaged / "chroma")
    with Store.open(damaged) as store:
        put(store, policy("a", "Assess a every 2 hours."))
        report = store.check()
    assert report.clean
    assert any("built anew" in message for message in report.mended)


BROKEN = {
    "a chunk that points past the end": "UPDATE chunk SET end = 99999 WHERE chunk_id = 1",
    "a chunk that points elsewhere": "UPDATE chunk SET start = start + 3 WHERE chunk_id = 1",
    "a text that was changed": "UPDATE content SET text = replace(text, '4', '8') WHERE version_key = 1",
    "a chunk that is missing": "DELETE FROM chunk WHERE chunk_id = 1",
    "a text that is missing": "DELETE FROM content WHERE version_key = 1",
    "a vector that is missing": "DELETE FROM embedding WHERE embedding_id = 1",
    "a vector that is cut": "UPDATE embedding SET vector = substr(vector, 1, 9) WHERE embedding_id = 1",
}


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN.keys())
def test_a_document_that_is_not_whole_is_found_and_set_aside_to_be_read_again(damaged: Path, statement: str) -> None:
    with database_of(damaged) as database:
        database.execute(statement)
    with Store.open(damaged) as store:
        problems = store.check().problems
        assert (1,) in {problem.version_keys for problem in problems}
        report = store.repair()
        assert report.clean, report.summary()
        assert all_keys(store) == {2, 3}
        state = store.source_state("a.md")
        assert state is not None
        assert state.content_hash == ""
        put(store, policy("a", "Assess a every 4 hours.", "Replace a when needed."))
        assert answers(store)
        assert store.check().clean


def test_a_mixture_of_embedders_is_reported(damaged: Path) -> None:
    with database_of(damaged) as database:
        database.execute("UPDATE embedding SET fingerprint = 'another' WHERE embedding_id <= 2")
        database.execute("UPDATE version SET embedding_fingerprint = 'another' WHERE version_key = 1")
    with Store.open(damaged) as store:
        assert DamageKind.EMBEDDING_MODEL in {problem.kind for problem in store.check().problems}


def test_a_check_while_another_process_writes_says_what_it_could_not_see(damaged: Path) -> None:
    with Store.open(damaged) as writer, writer.writing(), Store.open(damaged) as store:
        report = store.check()
    assert report.clean
    assert "Chroma was not looked at" in report.notes[0]


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "length.bin"])
@pytest.mark.parametrize("act", ["check", "put"])
def test_garbage_in_an_index_file_of_chroma_is_noticed_before_chroma_reads_it(
    folder: Path, name: str, act: str
) -> None:
    with Store.open(folder) as store:
        put(store, policy("many", *(f"Assess bed {bed}." for bed in range(1100))))
    [file] = (folder / "chroma").glob(f"*/{name}")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + bytes(byte ^ 0xA5 for byte in whole[len(whole) // 2 :]))
    with Store.open(folder) as store:
        if act == "put":
            put(store, policy("another", "Replace it."))
            report = store.check()
        else:
            assert [problem.kind for problem in store.check().problems] == [DamageKind.CHROMA]
            report = store.repair()
        assert report.clean
        assert any("built anew" in message for message in report.mended)

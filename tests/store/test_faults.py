"""Locked, read-only, full, foreign, newer, damaged: each is told in words, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ragkit.errors import StoreDamagedError, StoreError, StoreLockedError
from ragkit.store.database import FILE_NAME
from ragkit.store.store import Store

from .policies import all_keys, found_texts, policy, put

HERE = Path(__file__).parent

WRITE_UNTIL_TOLD = """
import sys
from ragkit.store.store import Store
with Store.open(sys.argv[1]) as store, store.writing():
    print("writing", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other_writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the right to write."""
    Store.open(folder).close()
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_TOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        yield process
        process.kill()


def test_a_second_writer_is_told_who_writes_and_what_to_do(store: Store, other_writer: subprocess.Popen[str]) -> None:
    with pytest.raises(StoreLockedError, match=rf"Process {other_writer.pid} on .* \(since 20.*\).*wait until"):
        put(store, policy("iv", "Assess the site."))
    assert store.versions() == ()
    other_writer.kill()
    other_writer.wait()
    put(store, policy("iv", "Assess the site."))


def test_asking_goes_on_while_another_process_writes(folder: Path, other_writer: subprocess.Popen[str]) -> None:
    with Store.open(folder) as reader:
        assert reader.versions() == ()
        assert found_texts(reader, "assess") == []


def test_an_open_knowledge_base_that_only_asks_keeps_nobody_from_writing(store: Store, folder: Path) -> None:
    put(store, policy("iv", "Assess the site."))
    with Store.open(folder) as other:
        put(other, policy("other", "Assess the other."))
    assert len(store.versions()) == 2


def test_threads_that_write_wait_for_each_other(store: Store) -> None:
    errors: list[Exception] = []

    def write(name: str) -> None:
        try:
            put(store, policy(name, "Assess the site."))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(f"p{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(store.versions()) == 4


def test_opening_for_reading_does_not_create_anything(folder: Path) -> None:
    with pytest.raises(StoreError, match="no knowledge base"):
        Store.open(folder, read_only=True)
    assert not folder.exists()


def test_what_is_opened_for_reading_answers_and_refuses_changes(folder: Path) -> None:
    with Store.open(folder) as store:
        put(store, policy("iv", "Assess the site."))
    with Store.open(folder, read_only=True) as reader:
        assert found_texts(reader, "assess") == ["Assess the site."]
        with pytest.raises(StoreError, match="reading only"):
            reader.remove("iv")
        assert reader.check().clean


READ_ONLY_FOLDER = """
import os, sys
sys.path.insert(0, sys.argv[2])
from policies import found_texts, policy, put
from ragkit.errors import StoreError
from ragkit.store.store import Store
if os.geteuid() == 0:
    os.setuid(65534)
with Store.open(sys.argv[1]) as store:
    assert store.read_only
    print(found_texts(store, "assess"))
    try:
        put(store, policy("new", "New."))
    except StoreError as error:
        print(error)
"""


def test_a_folder_that_cannot_be_written_answers_and_says_why_it_takes_no_changes() -> None:
    # Not below pytest's own folder, which only its owner may enter: root drops its rights for this test.
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with Store.open(folder) as store:
            put(store, policy("iv", "Assess the site."))
        everything = [folder, *folder.rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            output = run(READ_ONLY_FOLDER, str(folder), str(HERE))
        finally:
            for path in everything:
                path.chmod(0o755 if path.is_dir() else 0o644)
    assert output.startswith("['Assess the site.']")
    assert "this user may not write there" in output


def run(script: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_database_says_so_and_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(folder) as store:
        put(store, policy("iv", "Assess the site."))
    connect = sqlite3.connect

    def connect_with_little_room(*arguments: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)  # type: ignore[call-overload]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_with_little_room)
    with Store.open(folder) as store:
        with pytest.raises(StoreError, match="disk is full"):
            put(store, policy("large", *(f"Line {number} of many words." for number in range(2000))))
        assert found_texts(store, "assess") == ["Assess the site."]
        assert len(store.versions()) == 1
    monkeypatch.undo()
    with Store.open(folder) as store:
        assert store.check().clean
        put(store, policy("large", *(f"Line {number} of many words." for number in range(20))))
        assert store.check().clean


FILE_SIZE_LIMIT = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from policies import found_texts, policy, put
from ragkit.errors import StoreError
from ragkit.store.store import Store
with Store.open(sys.argv[1]) as store:
    largest = max(path.stat().st_size for path in Path(sys.argv[1]).rglob("*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 50000, resource.RLIM_INFINITY))
    try:
        put(store, policy("large", *(f"Line {number} of many words." for number in range(2000))))
    except StoreError as error:
        print(error)
    print(found_texts(store, "assess"))
"""


def test_a_disk_that_takes_no_more_is_told_in_words_and_loses_nothing(folder: Path) -> None:
    with Store.open(folder) as store:
        put(store, policy("iv", "Assess the site."))
    output = run(FILE_SIZE_LIMIT, str(folder), str(HERE))
    assert "full" in output.splitlines()[0]
    assert output.splitlines()[-1] == "['Assess the site.']"
    with Store.open(folder) as store:
        assert "iv" in {row.document_id for row in store.versions()}
        assert store.check().clean


def test_a_knowledge_base_of_a_newer_ragkit_is_not_touched(folder: Path) -> None:
    Store.open(folder).close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"newer ragkit \(format 99"):
            Store.open(folder, read_only=read_only)


@pytest.mark.parametrize("contents", [b"not a database at all" * 500, b"SQLite format 3\x00" + os.urandom(9000)])
def test_a_file_that_is_no_database_is_told_in_words(folder: Path, contents: bytes) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(contents)
    with pytest.raises(StoreDamagedError, match="restore the folder from a backup"):
        Store.open(folder)


def test_a_database_of_another_program_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
        connection.commit()
    with pytest.raises(StoreDamagedError, match="Choose another folder"):
        Store.open(folder)


def test_a_damaged_database_never_raises_an_error_of_sqlite(folder: Path) -> None:
    with Store.open(folder) as store, store.writing():
        for number in range(40):
            put(store, policy(f"p{number}", *(f"Assess {number} {line}." for line in range(20))))
    file = folder / FILE_NAME
    whole = file.read_bytes()
    for place in range(4096, len(whole), len(whole) // 12):
        file.write_bytes(whole[:place] + os.urandom(3000) + whole[place + 3000 :])
        for name in ("-wal", "-shm"):
            file.with_name(FILE_NAME + name).unlink(missing_ok=True)
        try:
            with Store.open(folder) as store:
                assert not store.check().clean or found_texts(store, "assess")
                found_texts(store, "assess")
                for key in all_keys(store):
                    store.load_document(key)
        except StoreError:
            pass


def test_text_that_cannot_be_encoded_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        put(store, policy("iv", "broken \ud800 text"))
    assert store.versions() == ()


def test_a_path_that_is_a_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="file"):
        Store.open(tmp_path / "file")

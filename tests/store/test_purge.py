"""What is purged is gone from every file, not only from the answers."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ragkit.errors import DocumentNotFoundError
from ragkit.store.chroma import ChromaFolder
from ragkit.store.embeddings import blob
from ragkit.store.store import Store

from .policies import all_keys, chunks_of, found_texts, policy, put, vector_of

SECRET = "Zyxwoprotamol"


def files_with(folder: Path, needle: bytes) -> list[str]:
    return [
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()
    ]


@pytest.mark.parametrize("removed_first", [False, True])
def test_nothing_of_a_purged_document_is_left_in_any_file(folder: Path, removed_first: bool) -> None:
    secret = policy("secret-id", *(f"Give {SECRET} to bed {bed}." for bed in range(200)), title=f"{SECRET} policy")
    vector = blob(vector_of(chunks_of(secret)[7].embedding_text))
    with Store.open(folder) as store:
        put(store, policy("kept", "Assess the site."))
        put(store, secret)
        put(store, policy("later", "Replace the site."))
        assert files_with(folder, SECRET.encode())
        assert files_with(folder, SECRET.lower().encode())
        assert len(files_with(folder, vector)) > 1
        if removed_first:
            store.remove("secret-id")
        assert store.purge("secret-id") == 1
        for needle in (SECRET.encode(), SECRET.lower().encode(), b"zyxwoprotamol"[:9], b"secret-id", vector):
            assert files_with(folder, needle) == []
        assert sorted(row.document_id for row in store.versions(removed_too=True)) == ["kept", "later"]
        assert found_texts(store, "site") == ["Assess the site.", "Replace the site."]
        assert store.check().clean
    for needle in (SECRET.encode(), SECRET.lower().encode(), b"secret-id", vector):
        assert files_with(folder, needle) == []


def test_a_purged_document_no_longer_resolves_not_even_from_memory(store: Store, folder: Path) -> None:
    key = put(store, policy("iv", "Assess the site.")).version_key
    with Store.open(folder) as reader:
        reader.load_document(key)
        store.load_document(key)
        store.purge("iv")
        for opened in (store, reader):
            with pytest.raises(DocumentNotFoundError):
                opened.load_document(key)


def test_words_that_another_document_shares_keep_their_vectors(store: Store) -> None:
    shared = policy("a", "The same words.", title="Same title")
    put(store, shared)
    put(store, shared.model_copy(update={"document_id": "b", "source": "b.md"}))
    store.purge("a")
    assert len(store.dense_search(vector_of("x"), all_keys(store), 5)) == 1
    assert store.check().clean


def test_one_version_can_be_purged_alone(store: Store) -> None:
    put(store, policy("iv", "Assess every 12 hours.", version="1"))
    put(store, policy("iv", "Assess every 4 hours.", version="2"))
    assert store.purge("iv", "1") == 1
    assert [row.version for row in store.versions()] == ["2"]


def test_purging_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(DocumentNotFoundError, match="'iv'"):
        store.purge("iv")


def test_a_purge_waits_for_a_reader_to_finish(store: Store, folder: Path) -> None:
    put(store, policy("secret-id", f"Give {SECRET}."))
    with Store.open(folder) as reader:
        with reader.snapshot():
            reader.versions()
            purge = threading.Thread(target=store.purge, args=("secret-id",))
            purge.start()
            purge.join(0.3)
            assert purge.is_alive()
        purge.join()
    assert files_with(folder, SECRET.encode()) == []


@pytest.mark.parametrize("name", ["data_level0.bin", "length.bin"])
def test_the_unused_part_of_chromas_index_files_holds_nothing(store: Store, folder: Path, name: str) -> None:
    put(store, policy("iv", "Assess the site."))
    [file] = (folder / "chroma").glob(f"*/{name}")
    # So few vectors are still in Chroma's log: the whole file is reserved for later.
    size = file.stat().st_size
    assert size > 0
    file.write_bytes((SECRET.encode() * size)[:size])
    with ChromaFolder(folder / "chroma") as chroma:
        chroma.probe()
    assert files_with(folder, SECRET.encode()) == []
    assert file.stat().st_size == size

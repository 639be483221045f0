"""What goes into the store comes out again, and versions are switched whole."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ragkit.documents.governance import Status
from ragkit.errors import DocumentNotFoundError, StoreError
from ragkit.store.lexical import match_any
from ragkit.store.rows import Hit
from ragkit.store.store import Store

from .policies import FINGERPRINT, all_keys, chunks_of, found_texts, policy, put, state_of, vector_of, vectors_of


def test_a_document_comes_back_as_it_was_stored(store: Store) -> None:
    document = policy("iv", "Assess the site.", "Replace it — “when needed”.", roles=("nurse",), site="North")
    key = put(store, document).version_key
    assert store.load_document(key) == document
    assert store.chunks(key) == chunks_of(document)
    assert [chunk.index for chunk in store.chunks(key, [1])] == [1]


def test_a_chunk_whose_embedded_text_does_not_end_with_its_words_comes_back_too(store: Store) -> None:
    document = policy("iv", "Assess the site.")
    [chunk] = chunks_of(document)
    chunk = chunk.model_copy(update={"embedding_text": "Assess the site. (from: Policy iv)"})
    key = store.put(document, [chunk], vectors_of([chunk]), fingerprint=FINGERPRINT).version_key
    assert store.chunks(key) == [chunk]


def test_the_embedded_texts_are_those_of_the_chunks_of_the_versions_asked_for(store: Store) -> None:
    first = policy("iv", "Assess the site.", "Replace it.")
    second = policy("tube", "Check the tube.")
    [last] = chunks_of(second)
    last = last.model_copy(update={"embedding_text": "Check the tube. (from: Policy tube)"})
    keys = [
        put(store, first).version_key,
        put(store, policy("hidden", "Nobody reads this.")).version_key,
        store.put(second, [last], vectors_of([last]), fingerprint=FINGERPRINT).version_key,
    ]
    wanted = [chunk.embedding_text for chunk in (*chunks_of(first), last)]
    assert store.embedded_texts({keys[2], keys[0]}) == wanted
    assert store.embedded_texts(frozenset()) == []


def test_the_catalogue_has_what_decides_who_may_read_and_what_is_in_force(store: Store) -> None:
    document = policy(
        "iv",
        "Assess the site.",
        version="2.1",
        title="IV care",
        reference_number="IC-204",
        site="North",
        status=Status.DRAFT,
        roles=("nurse", "doctor"),
        applies_to=("adult",),
        effective_date=date(2024, 5, 1),
        review_due=date(2026, 5, 1),
        supersedes="2.0",
    )
    put(store, document)
    [row] = store.versions()
    assert (row.document_id, row.version, row.title, row.reference_number) == ("iv", "2.1", "IV care", "IC-204")
    assert (row.site, row.status, row.roles, row.applies_to) == ("North", Status.DRAFT, ("nurse", "doctor"), ("adult",))
    assert (row.effective_date, row.review_due, row.retired_date) == (date(2024, 5, 1), date(2026, 5, 1), None)
    assert (row.supersedes, row.source, row.content_hash, row.chunk_count) == ("2.0", "iv.md", document.content_hash, 1)


def test_new_words_under_the_same_label_replace_the_old_ones_whose_text_is_kept(store: Store) -> None:
    old, new = policy("iv", "Assess every 12 hours."), policy("iv", "Assess every 4 hours.")
    old_key = put(store, old).version_key
    result = put(store, new)
    assert result.replaced == (old_key,)
    assert all_keys(store) == {result.version_key}
    assert found_texts(store, "assess") == ["Assess every 4 hours."]
    assert store.load_document(old_key) == old
    assert [row.version_key for row in store.versions(removed_too=True) if row.removed_at] == [old_key]


def test_storing_the_same_words_again_leaves_no_second_copy(store: Store) -> None:
    document = policy("iv", "Assess the site.")
    put(store, document)
    result = put(store, document)
    assert result.replaced == ()
    assert [row.version_key for row in store.versions(removed_too=True)] == [result.version_key]


def test_another_version_of_a_document_stands_beside_the_first(store: Store) -> None:
    put(store, policy("iv", "Assess every 12 hours.", version="1"))
    put(store, policy("iv", "Assess every 4 hours.", version="2"))
    assert [(row.document_id, row.version) for row in store.versions()] == [("iv", "1"), ("iv", "2")]


def test_two_sites_may_have_the_same_version_of_a_document(store: Store) -> None:
    put(store, policy("iv", "Assess every 12 hours.", site="North"))
    put(store, policy("iv", "Assess every 4 hours.", site="East"))
    assert [row.site for row in store.versions()] == ["North", "East"]


def test_an_unchanged_file_that_is_read_differently_replaces_what_it_was_read_as(store: Store) -> None:
    first = policy("unnamed", "Assess the site.", source="iv.md")
    second = policy("IC-204", "Assess the site.", source="iv.md")
    key = put(store, first, state=state_of(first)).version_key
    result = put(store, second, state=state_of(second))
    assert result.replaced == (key,)
    assert [row.document_id for row in store.versions()] == ["IC-204"]


def test_a_file_that_now_holds_a_newer_version_leaves_the_older_one_in_the_catalogue(store: Store) -> None:
    first = policy("iv", "Assess every 12 hours.", version="1")
    second = policy("iv", "Assess every 4 hours.", version="2")
    key = put(store, first, state=state_of(first)).version_key
    result = put(store, second, state=state_of(second))
    assert (result.replaced, result.previous_of_source) == ((), key)
    assert len(store.versions()) == 2


def test_the_state_of_a_file_is_remembered_for_each_site(store: Store) -> None:
    document = policy("iv", "Assess the site.")
    assert store.source_state("iv.md") is None
    key = put(store, document, state=state_of(document, site="North")).version_key
    assert store.source_state("iv.md") is None
    known = store.source_state("iv.md", site="North")
    assert known is not None
    assert (known.version_key, known.content_hash) == (key, document.content_hash)


def test_a_file_that_could_not_be_read_is_remembered_without_a_version(store: Store) -> None:
    store.note_source(state_of(policy("scan", "")))
    [known] = store.sources()
    assert (known.source, known.version_key) == ("scan.md", None)


def test_a_removed_document_is_neither_found_nor_listed_but_still_resolves(store: Store) -> None:
    document = policy("iv", "Assess the site.")
    key = put(store, document).version_key
    assert store.remove("iv") == 1
    assert store.versions() == ()
    assert store.lexical_search(match_any(["assess"]), {key}, 5) == []
    assert store.dense_search(vector_of("anything"), {key}, 5, fingerprint=FINGERPRINT) == []
    assert store.load_document(key) == document


def test_one_version_can_be_removed_alone(store: Store) -> None:
    put(store, policy("iv", "Assess every 12 hours.", version="1"))
    put(store, policy("iv", "Assess every 4 hours.", version="2"))
    assert store.remove("iv", "1") == 1
    assert [row.version for row in store.versions()] == ["2"]


def test_removing_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(DocumentNotFoundError, match="'iv' version '9'"):
        store.remove("iv", "9")


def test_the_revision_rises_with_every_change_and_the_catalogue_follows(store: Store) -> None:
    before = store.revision
    put(store, policy("iv", "Assess the site."))
    assert store.revision > before
    assert store.versions() is not store.versions(removed_too=True)
    assert len(store.versions()) == 1


def test_a_vector_is_kept_by_its_words_and_its_embedder(store: Store) -> None:
    texts = ["first", "second", "first"]
    store.keep_vectors("model a", texts[:1], np.stack([vector_of("first")]))
    known = store.cached_vectors("model a", texts)
    assert sorted(known) == [0, 2]
    np.testing.assert_array_equal(known[2], vector_of("first"))
    assert store.cached_vectors("model b", texts) == {}


def test_vectors_of_stored_chunks_need_not_be_computed_again(store: Store) -> None:
    document = policy("iv", "Assess the site.", "Replace it.")
    put(store, document)
    store.remove("iv")
    known = store.cached_vectors(FINGERPRINT, [chunk.embedding_text for chunk in chunks_of(document)])
    assert sorted(known) == [0, 1]


@pytest.mark.parametrize("vectors", [np.ones((1, 4)), np.ones((2, 4)) * np.nan, np.ones(2)])
def test_vectors_that_do_not_fit_the_chunks_are_refused_and_nothing_is_stored(
    store: Store, vectors: np.ndarray
) -> None:
    document = policy("iv", "Assess the site.", "Replace it.")
    with pytest.raises(StoreError):
        store.put(document, chunks_of(document), vectors, fingerprint=FINGERPRINT)
    assert store.versions() == ()


def test_a_document_without_chunks_can_be_stored(store: Store) -> None:
    key = put(store, policy("empty")).version_key
    assert store.chunks(key) == []
    assert store.check().clean


def test_settings_are_remembered(folder: Path) -> None:
    with Store.open(folder) as store:
        assert store.recorded("embedder") is None
        store.record("embedder", "a")
        store.record("embedder", "b")
    with Store.open(folder, read_only=True) as store:
        assert store.recorded("embedder") == "b"


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(store: Store, folder: Path) -> None:
    key = put(store, policy("iv", "Assess every 12 hours.")).version_key
    with Store.open(folder) as reader:
        with reader.snapshot():
            assert all_keys(reader) == {key}
            put(store, policy("iv", "Assess every 4 hours."))
            assert all_keys(reader) == {key}
            assert found_texts(reader, "assess") == ["Assess every 12 hours."]
            assert reader.dense_search(vector_of("x"), {key}, 5)[0].version_key == key
        assert found_texts(reader, "assess") == ["Assess every 4 hours."]
        assert key not in {hit.version_key for hit in reader.dense_search(vector_of("x"), all_keys(reader), 5)}


def test_changing_something_inside_a_snapshot_is_refused(store: Store) -> None:
    with store.snapshot(), pytest.raises(StoreError, match="snapshot"):
        put(store, policy("iv", "Assess the site."))


def test_several_threads_may_ask_while_one_writes(store: Store) -> None:
    put(store, policy("iv", "Assess every 12 hours."))
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                with store.snapshot():
                    keys = all_keys(store)
                    lexical = store.lexical_search(match_any(["assess"]), keys, 5)
                    dense = store.dense_search(vector_of("assess"), keys, 5)
                    if {hit.version_key for hit in lexical} != keys or {hit.version_key for hit in dense} != keys:
                        wrong.append((keys, lexical, dense))
        except Exception as error:
            wrong.append(error)

    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    with store.writing():
        for hours in range(40):
            put(store, policy("iv", f"Assess every {hours} hours."))
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_closed_store_says_that_it_is_closed(folder: Path) -> None:
    store = Store.open(folder)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.versions()


def test_only_permitted_versions_are_searched(store: Store) -> None:
    open_key = put(store, policy("open", "Assess the site.")).version_key
    secret_key = put(store, policy("secret", "Assess the secret site.")).version_key
    expression = match_any(["assess"])
    assert [hit.version_key for hit in store.lexical_search(expression, {open_key}, 5)] == [open_key]
    assert [hit.version_key for hit in store.dense_search(vector_of("x"), {open_key}, 5)] == [open_key]
    assert store.document_frequency(["secret"], {open_key}) == 0
    assert store.document_frequency(["secret"], {open_key, secret_key}) == 1
    assert store.chunk_count({open_key}) == 1
    assert store.lexical_search(expression, set(), 5) == store.dense_search(vector_of("x"), set(), 5) == []


def test_a_hit_names_the_chunk(store: Store) -> None:
    document = policy("iv", "Assess the site.", "Replace the dressing.")
    key = put(store, document).version_key
    [best, *_] = store.dense_search(vectors_of(chunks_of(document))[1], {key}, 2)
    assert (best.version_key, best.chunk_index) == (key, 1)
    assert best.score == pytest.approx(1.0)
    [found] = store.lexical_search(match_any(["dressing"]), {key}, 2)
    assert found == Hit(key, 1, found.score)

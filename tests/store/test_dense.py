"""The search by meaning is exact under every filter."""

from __future__ import annotations

import numpy as np
import pytest

from ragkit.errors import StoreError
from ragkit.store.rows import Hit
from ragkit.store.store import Store

from .policies import DIMENSION, FINGERPRINT, all_keys, chunks_of, policy, put, vector_of, vectors_of


def brute_force(store: Store, query: np.ndarray, keys: set[int], limit: int) -> list[tuple[int, int]]:
    scored = [(-float(vectors_of([chunk])[0] @ query), key, chunk.index) for key in keys for chunk in store.chunks(key)]
    return [(key, index) for _, key, index in sorted(scored)[:limit]]


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5, 0.05])
def test_it_finds_what_comparing_with_every_permitted_vector_finds(store: Store, share: float) -> None:
    with store.writing():
        for number in range(40):
            put(store, policy(f"p{number}", *(f"Paragraph {number} {line}." for line in range(5))))
    everything = sorted(all_keys(store))
    keys = set(np.random.default_rng(3).permutation(everything)[: max(1, int(share * len(everything)))].tolist())
    for question in ("one", "two", "three"):
        query = vector_of(question)
        hits = store.dense_search(query, keys, 7)
        assert [(hit.version_key, hit.chunk_index) for hit in hits] == brute_force(store, query, keys, 7)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_is_added_replaced_and_removed_is_followed(store: Store) -> None:
    def nearest(words: str) -> tuple[int, int] | None:
        vector = vectors_of(chunks_of(policy("x", words, title="Policy x")))[0]
        [hit] = store.dense_search(vector, all_keys(store), 1) or [None]
        return hit and (hit.version_key, round(hit.score, 3))

    first = put(store, policy("x", "one")).version_key
    assert nearest("one") == (first, 1.0)
    put(store, policy("y", "other"))
    assert nearest("one") == (first, 1.0)
    replaced = put(store, policy("x", "two")).version_key
    assert nearest("two") == (replaced, 1.0)
    assert (nearest("one") or (0, 0))[1] < 0.999
    store.remove("x")
    store.remove("y")
    assert nearest("two") is None


def test_equal_scores_come_in_the_order_of_storing(store: Store) -> None:
    document = policy("x", *["the same words"] * 6)
    key = put(store, document).version_key
    hits = store.dense_search(vector_of("anything"), {key}, 3)
    assert hits == [Hit(key, index, hits[0].score) for index in range(3)]


def test_vectors_of_another_embedder_are_not_compared(store: Store) -> None:
    document = policy("x", "words")
    store.put(document, chunks_of(document), np.ones((1, 4), dtype=np.float32) / 2, fingerprint="another")
    put(store, policy("y", "words", "more words"))
    assert store.embedding_fingerprint() == FINGERPRINT
    assert {hit.version_key for hit in store.dense_search(vector_of("words"), all_keys(store), 9)} == {2}
    hits = store.dense_search(np.ones(4, dtype=np.float32) / 2, all_keys(store), 9, fingerprint="another")
    assert [(hit.version_key, hit.score) for hit in hits] == [(1, 1.0)]


def test_a_vector_of_the_wrong_length_is_an_error_that_says_why(store: Store) -> None:
    put(store, policy("x", "words"))
    with pytest.raises(StoreError, match=f"3 values, the stored ones have {DIMENSION}.*ingest again"):
        store.dense_search(np.ones(3, dtype=np.float32), all_keys(store), 1)


def test_keys_that_do_not_exist_find_nothing(store: Store) -> None:
    put(store, policy("x", "words"))
    assert store.dense_search(vector_of("words"), {-5, 0, 99, 10**12}, 3) == []

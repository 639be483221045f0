"""What is known of the words of the documents that one reader may search."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragkit.retrieval.corpus import CorpusCache
from tests.retrieval.library import Library, document

PHARMACY = ("pharmacist",)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(
        tmp_path,
        document("flushing", "Flush the cannula with saline.", "Flush the cannula again; flush it well."),
        document("naive", "An opioid-naïve patient gets half, by the patient's weight."),
        document("stock", "The strongroom holds thiopental.", roles=PHARMACY),
    )


def test_words_are_counted_by_the_chunks_of_the_scope_and_by_no_others(library: Library) -> None:
    words = CorpusCache(library.store).vocabulary(library.scope().version_keys).frequencies
    chunks = [chunk for key in library.scope().version_keys for chunk in library.store.chunks(key)]
    for word in ("cannula", "saline", "flush", "opioid", "naïve", "patient", "weight"):
        assert words[word] == sum(word in chunk.embedding_text.lower() for chunk in chunks) > 0
    assert "thiopental" not in words
    assert "strongroom" not in words


def test_a_word_that_only_a_hidden_document_has_is_not_known(library: Library) -> None:
    cache = CorpusCache(library.store)
    everything = frozenset(row.version_key for row in library.store.versions())
    assert "thiopental" in cache.vocabulary(everything)
    assert "thiopental" not in cache.vocabulary(library.scope().version_keys)


def test_a_misspelling_is_mended_only_from_what_the_reader_may_search(library: Library) -> None:
    everything = frozenset(row.version_key for row in library.store.versions())
    words = CorpusCache(library.store)
    assert "thiopental" in words.vocabulary(everything).frequencies
    query = library.retriever.understand("where is the strongrom", library.scope())
    assert "strongroom" not in query.expanded_text
    assert not query.caveats

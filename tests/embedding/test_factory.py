"""Which embedder the settings name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from ragkit.embedding.factory import as_embedder, build_embedder
from ragkit.embedding.llama_index import LlamaIndexEmbedder
from ragkit.embedding.minilm import MiniLmEmbedder
from ragkit.embedding.openai_compatible import OpenAICompatibleEmbedder
from ragkit.embedding.sentence_transformers import SentenceTransformersEmbedder
from ragkit.embedding.weights import default_model_folder
from ragkit.errors import EmbeddingError
from ragkit.settings import Settings


def test_the_default_settings_give_the_default_model() -> None:
    assert isinstance(build_embedder(Settings()), MiniLmEmbedder)


def test_a_prefix_names_an_openai_compatible_endpoint() -> None:
    settings = Settings(embedding_model="openai:small", embedding_base_url="http://127.0.0.1:9/v1")
    embedder = build_embedder(settings)
    assert isinstance(embedder, OpenAICompatibleEmbedder)
    assert embedder.fingerprint == "openai:http://127.0.0.1:9/v1:small"


def test_an_endpoint_without_a_model_is_refused() -> None:
    with pytest.raises(EmbeddingError, match="openai:MODEL"):
        build_embedder(Settings(embedding_model="openai:"))


def test_a_model_that_is_not_on_this_machine_is_reported_with_what_to_do() -> None:
    with pytest.raises(EmbeddingError, match="Give the folder that holds it"):
        build_embedder(Settings(embedding_model="no-such-owner/no-such-model"))
    with pytest.raises(EmbeddingError, match="Give the folder that holds it"):
        build_embedder(Settings(embedding_model="/no/such/folder"))


def test_a_path_gives_a_sentence_transformers_model() -> None:
    embedder = build_embedder(Settings(embedding_model=str(default_model_folder())))
    assert isinstance(embedder, SentenceTransformersEmbedder)
    default = MiniLmEmbedder()
    texts = ["Assess the site every 8 hours.", "Flush with 10 mL of saline."]
    assert embedder.dimension == default.dimension
    assert (embedder.embed_passages(texts) * default.embed_passages(texts)).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert embedder.embed_query(texts[0]) @ default.embed_query(texts[0]) == pytest.approx(1, abs=1e-5)
    assert embedder.embed_passages([]).shape == (0, 384)
    assert embedder.count_tokens("assess the site " * 300) == 900


def test_a_folder_that_holds_no_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="cannot be loaded"):
        build_embedder(Settings(embedding_model=str(tmp_path))).embed_query("hello")


def test_the_fingerprint_changes_with_the_model_s_files(tmp_path: Path) -> None:
    shutil.copy(default_model_folder() / "config.json", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(bytes(3 << 20))
    before = SentenceTransformersEmbedder(str(tmp_path)).fingerprint
    assert SentenceTransformersEmbedder(str(tmp_path)).fingerprint == before
    (tmp_path / "model.safetensors").write_bytes(bytes((3 << 20) - 1) + b"\x01")
    assert SentenceTransformersEmbedder(str(tmp_path)).fingerprint != before


def test_an_embedder_is_taken_as_it_is() -> None:
    embedder = MiniLmEmbedder()
    assert as_embedder(embedder) is embedder


def test_a_llama_index_model_is_wrapped() -> None:
    assert isinstance(as_embedder(MockEmbedding(embed_dim=4)), LlamaIndexEmbedder)


def test_anything_else_is_refused() -> None:
    with pytest.raises(EmbeddingError, match="str is no embedding model"):
        as_embedder("all-MiniLM-L6-v2")

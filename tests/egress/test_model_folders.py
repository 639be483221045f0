"""Models by name are looked up on this machine only: what the libraries that load them connect to is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragkit.egress.model_folders import model_folder
from ragkit.embedding.sentence_transformers import SentenceTransformersEmbedder
from ragkit.errors import EmbeddingError, GroundingError, RagkitError, SettingsError
from ragkit.grounding.base import Pair
from ragkit.grounding.entailment import EntailmentScorer
from ragkit.retrieval.reranker import CrossEncoderReranker
from tests.egress.servers import Network

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "pump", "is", "checked", "daily", "."]


def cross_encoder(folder: Path, classes: dict[int, str]) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, id2label=classes, label2id={name: number for number, name in classes.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("load", "error"),
    [
        (SentenceTransformersEmbedder, EmbeddingError),
        (CrossEncoderReranker, SettingsError),
        (lambda name: EntailmentScorer(name).score([Pair("a", ("b",))]), GroundingError),
    ],
    ids=["embedding", "reranker", "entailment"],
)
@pytest.mark.parametrize("name", ["nobody/such-a-model", "such-a-model"])
def test_a_model_that_is_not_here_is_not_fetched(
    network: Network, name: str, load: Callable[[str], object], error: type[RagkitError]
) -> None:
    with pytest.raises(error, match=rf"'{name}' is not on this machine.*hf download {name}"):
        load(name)
    assert (network.looked_up, network.connected) == ([], [])


def test_a_model_in_a_folder_is_loaded_and_used_without_a_connection(network: Network, tmp_path: Path) -> None:
    (tmp_path / "nli").mkdir()
    (tmp_path / "rank").mkdir()
    judge = EntailmentScorer(str(cross_encoder(tmp_path / "nli", {0: "contradiction", 1: "entailment", 2: "neutral"})))
    assert judge.score([Pair("the pump is checked.", ("the pump is checked daily.",))])
    reranker = CrossEncoderReranker(str(cross_encoder(tmp_path / "rank", {0: "relevance"})))
    assert len(reranker.score("the pump", ["the pump is checked.", "daily."])) == 2
    assert (network.looked_up, network.connected) == ([], [])


def test_a_folder_is_taken_as_it_is_and_a_name_only_from_the_cache(tmp_path: Path) -> None:
    assert model_folder(str(tmp_path)) == tmp_path.resolve()
    assert model_folder("nobody/such-a-model") is None
    assert model_folder("../etc/../no such name") is None

"""A small cross-encoder with random weights, written as the trained one is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragkit.cross_encoder.description import Calibration, Calibrations, write_model
from ragkit.cross_encoder.graph import HEADS, write_graph
from ragkit.cross_encoder.inputs import MAX_TOKENS
from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder
from ragkit.embedding.bert_graph import BertShape
from ragkit.embedding.weights import Tensors

SHAPE = BertShape(layers=2, heads=4, hidden=384, epsilon=1e-12)
INNER = 96
CALIBRATIONS = Calibrations(
    relevance=Calibration(temperature=1.5, bias=(0.2,)),
    answerability=Calibration(temperature=0.8, bias=(-0.3,)),
    support=Calibration(temperature=2.0, bias=(0.1, -0.2, 0.0)),
)


def random_tensors(seed: int = 0) -> Tensors:
    chance = np.random.default_rng(seed)
    tensors: Tensors = {}

    def linear(name: str, inputs: int, outputs: int, size: float = 1.0) -> None:
        tensors[f"{name}.weight"] = chance.normal(0, size * inputs**-0.5, (outputs, inputs)).astype(np.float32)
        tensors[f"{name}.bias"] = chance.normal(0, 0.1, outputs).astype(np.float32)

    def norm(name: str) -> None:
        tensors[f"{name}.weight"] = chance.normal(1, 0.1, SHAPE.hidden).astype(np.float32)
        tensors[f"{name}.bias"] = chance.normal(0, 0.1, SHAPE.hidden).astype(np.float32)

    for table, rows in (("position", MAX_TOKENS + 10), ("token_type", 2)):
        rows_of_table = chance.normal(0, 0.05, (rows, SHAPE.hidden))
        tensors[f"embeddings.{table}_embeddings.weight"] = rows_of_table.astype(np.float32)
    norm("embeddings.LayerNorm")
    for layer in (f"encoder.layer.{number}" for number in range(SHAPE.layers)):
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            linear(f"{layer}.attention.{part}", SHAPE.hidden, SHAPE.hidden, 1.5)
        linear(f"{layer}.intermediate.dense", SHAPE.hidden, INNER, 1.5)
        linear(f"{layer}.output.dense", INNER, SHAPE.hidden, 1.5)
        norm(f"{layer}.attention.output.LayerNorm")
        norm(f"{layer}.output.LayerNorm")
    for head, logits in HEADS.items():
        linear(f"heads.{head}", 2 * SHAPE.hidden, logits, 2.0)
    return tensors


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model in float32."""
    folder = tmp_path_factory.mktemp("cross-encoder")
    write_model(folder, write_graph(random_tensors(), SHAPE), version="random", calibrations=CALIBRATIONS)
    return folder


@pytest.fixture(scope="session")
def cross_encoder(model_folder: Path) -> OnnxCrossEncoder:
    return OnnxCrossEncoder(model_folder, threads=1)

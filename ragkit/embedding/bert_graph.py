"""A BERT sentence encoder as an ONNX graph, written straight from its weights: no torch, no exporter.

The graph holds the architecture only (some 16 kB); the weights are given to the session as the mapped arrays they
are, so nothing is converted or cached on disk. Architecture: Devlin et al. 2019, section 3; pooling: Reimers and
Gurevych 2019, section 3 (mean over the tokens), then scaled to unit length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ragkit.embedding.graph_builder import GraphBuilder, TypedShape

if TYPE_CHECKING:
    from ragkit.embedding.weights import Tensors

SENTENCE = "sentence_embedding"
_MASKED = 1e4  # subtracted from the attention score of a padding token: exp(-1e4) is 0 in float32


@dataclass(frozen=True)
class BertShape:
    """The numbers of a BERT encoder's ``config.json`` that its graph needs."""

    layers: int
    heads: int
    hidden: int
    epsilon: float


@dataclass(frozen=True)
class BertGraph:
    """The serialised graph and the arrays that belong to it, by the names the graph gives them."""

    model: bytes
    weights: dict[str, npt.NDArray[np.float32]]


def build_bert_graph(tensors: Tensors, shape: BertShape) -> BertGraph:
    """The graph ``input_ids, attention_mask -> sentence_embedding``.

    The inputs are int64 of shape (batch, length), the output is float32 of shape (batch, hidden), of unit length.

    Args:
        tensors: the encoder's weights under their Hugging Face names.
        shape: its sizes.
    """
    graph = GraphBuilder(tensors)
    mask = float_mask(graph)
    _mean_pooling(graph, encoder_layers(graph, _embeddings(graph, shape), mask, shape), mask)
    inputs: dict[str, TypedShape] = dict.fromkeys(("input_ids", "attention_mask"), ("INT64", ("batch", "length")))
    outputs: dict[str, TypedShape] = {SENTENCE: ("FLOAT", ("batch", shape.hidden))}
    return BertGraph(model=graph.serialised("sentence_encoder", inputs, outputs), weights=graph.weights)


def float_mask(graph: GraphBuilder) -> str:
    """The input ``attention_mask`` as numbers that can be reckoned with; shape (batch, length)."""
    from onnx import TensorProto

    return graph.op("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)


def encoder_layers(graph: GraphBuilder, embedded: str, mask: str, shape: BertShape) -> str:
    """All transformer layers: the tokens' vectors behind the last one.

    Args:
        graph: the layers are added to it.
        embedded: the tokens' vectors behind the first LayerNorm; shape (batch, length, hidden).
        mask: from ``float_mask``.
        shape: the sizes.
    """
    graph.constant("heads", np.array([0, 0, shape.heads, shape.hidden // shape.heads], dtype=np.int64))
    graph.constant("joined", np.array([0, 0, shape.hidden], dtype=np.int64))
    graph.constant("scale", np.float32((shape.hidden // shape.heads) ** -0.5))
    penalty = _attention_penalty(graph, mask)
    for layer in range(shape.layers):
        embedded = _encoder_layer(graph, embedded, penalty, layer, shape)
    return embedded


def _attention_penalty(graph: GraphBuilder, mask: str) -> str:
    """0 for a token, -1e4 for padding; shape (batch, 1, 1, length), added to the attention scores."""
    axes = graph.constant("middle_axes", np.array([1, 2], dtype=np.int64))
    shaped = graph.op("Unsqueeze", [mask, axes], "mask.shaped")
    shifted = graph.op("Sub", [shaped, graph.constant("one", np.float32(1))], "mask.shifted")
    return graph.op("Mul", [shifted, graph.constant("masked", np.float32(_MASKED))], "penalty")


def _embeddings(graph: GraphBuilder, shape: BertShape) -> str:
    words = graph.op("Gather", [graph.weight("embeddings.word_embeddings.weight"), "input_ids"], "words")
    start = graph.constant("position_start", np.array([0], dtype=np.int64))
    end = graph.op("Shape", ["input_ids"], "length", start=1, end=2)
    positions = graph.op("Slice", [graph.weight("embeddings.position_embeddings.weight"), start, end], "positions")
    # Every token of a single text has type 0.
    kind = graph.op(
        "Gather",
        [graph.weight("embeddings.token_type_embeddings.weight"), graph.constant("type", np.int64(0))],
        "type_row",
    )
    summed = graph.op("Add", [graph.op("Add", [words, positions], "words.positions"), kind], "embedded")
    return graph.layer_norm(summed, "embeddings.LayerNorm", "embedded.normal", shape.epsilon)


def _encoder_layer(graph: GraphBuilder, value: str, penalty: str, layer: int, shape: BertShape) -> str:
    weights, name = f"encoder.layer.{layer}", f"layer{layer}"
    attended = _attention(graph, value, penalty, f"{weights}.attention.self", name)
    attended = graph.linear(attended, f"{weights}.attention.output.dense", f"{name}.attention.out")
    attended = graph.op("Add", [attended, value], f"{name}.attention.residual")
    attended = graph.layer_norm(
        attended, f"{weights}.attention.output.LayerNorm", f"{name}.attention.normal", shape.epsilon
    )
    inner = graph.linear(attended, f"{weights}.intermediate.dense", f"{name}.inner")
    inner = graph.op("Gelu", [inner], f"{name}.gelu")
    inner = graph.linear(inner, f"{weights}.output.dense", f"{name}.out")
    inner = graph.op("Add", [inner, attended], f"{name}.residual")
    return graph.layer_norm(inner, f"{weights}.output.LayerNorm", f"{name}.normal", shape.epsilon)


def _attention(graph: GraphBuilder, value: str, penalty: str, weights: str, name: str) -> str:
    def projected(which: str, order: list[int]) -> str:
        flat = graph.linear(value, f"{weights}.{which}", f"{name}.{which}")
        shaped = graph.op("Reshape", [flat, "heads"], f"{name}.{which}.heads")
        return graph.op("Transpose", [shaped], f"{name}.{which}.turned", perm=order)

    query, key = projected("query", [0, 2, 1, 3]), projected("key", [0, 2, 3, 1])
    scores = graph.op("MatMul", [query, key], f"{name}.scores")
    scores = graph.op("Mul", [scores, "scale"], f"{name}.scores.scaled")
    scores = graph.op("Add", [scores, penalty], f"{name}.scores.masked")
    shares = graph.op("Softmax", [scores], f"{name}.shares", axis=-1)
    mixed = graph.op("MatMul", [shares, projected("value", [0, 2, 1, 3])], f"{name}.mixed")
    mixed = graph.op("Transpose", [mixed], f"{name}.mixed.turned", perm=[0, 2, 1, 3])
    return graph.op("Reshape", [mixed, "joined"], f"{name}.mixed.joined")


def _mean_pooling(graph: GraphBuilder, tokens: str, mask: str) -> None:
    """Sum of the tokens' vectors, scaled to unit length: the mean points the same way, so it is not divided."""
    axis = graph.constant("token_axis", np.array([1], dtype=np.int64))
    row = graph.op("Unsqueeze", [mask, axis], "mask.row")
    summed = graph.op("Squeeze", [graph.op("MatMul", [row, tokens], "sum.row"), axis], "sum")
    graph.op("LpNormalization", [summed], SENTENCE, axis=-1, p=2)

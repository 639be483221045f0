"""The cross-encoder as an ONNX graph, written straight from its weights: no torch, no exporter.

The word vectors are the default embedding model's, frozen in training: they are an input of the graph, so that only
what was trained is shipped. Architecture: Devlin et al. 2019, section 3 (pairs of texts); on top, for each judgement,
one linear layer over the vector of [CLS] beside the mean over the second text's tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragkit.cross_encoder.inputs import MAX_TOKENS
from ragkit.embedding.bert_graph import BertShape, encoder_layers, float_mask
from ragkit.embedding.graph_builder import GraphBuilder, TypedShape

if TYPE_CHECKING:
    from ragkit.embedding.weights import Tensors

WORD_VECTORS = "word_vectors"
TOKEN_TYPES = "token_type_ids"
MASK = "attention_mask"
HEADS = {"relevance": 1, "answerability": 1, "support": 3}
"""The judgements and how many logits each has; support in the order supported, contradicted, unsupported."""
TRUNK_SHAPE = BertShape(layers=6, heads=12, hidden=384, epsilon=1e-12)
"""The sizes of all-MiniLM-L6-v2, which the trunk begins with."""


def write_graph(tensors: Tensors, shape: BertShape = TRUNK_SHAPE) -> bytes:
    """The ONNX model ``word_vectors, token_type_ids, attention_mask -> relevance, answerability, support``, in float32.

    Inputs: word_vectors float32 (batch, length, hidden), token_type_ids and attention_mask int64 (batch, length), with
    a length of at most ``MAX_TOKENS`` and at least one token of type 1 in each row. Outputs: logits float32, relevance
    and answerability of shape (batch,), support of shape (batch, 3).

    Args:
        tensors: the trunk's weights under their Hugging Face names (those of the word vectors are not read), and the
            heads' as ``heads.NAME.weight`` of shape (logits, 2 * hidden) and ``heads.NAME.bias``.
        shape: the trunk's sizes.
    """
    graph = GraphBuilder(tensors, embedded=True)
    add_cross_encoder(graph, shape)
    return serialised(graph, shape)


def add_cross_encoder(graph: GraphBuilder, shape: BertShape) -> None:
    """Adds trunk and heads, from inputs to outputs, to an empty graph."""
    mask = float_mask(graph)
    tokens = encoder_layers(graph, _embeddings(graph, shape), mask, shape)
    pooled = _pooled(graph, tokens, mask)
    for name, logits in HEADS.items():
        _head(graph, pooled, name, logits)


def serialised(graph: GraphBuilder, shape: BertShape, *, also: Sequence[str] = ()) -> bytes:
    """The ONNX model of a graph to which ``add_cross_encoder`` was applied.

    Args:
        graph: the graph.
        shape: the trunk's sizes.
        also: further values by name, float32 of shape (batch, length, channels), which become outputs.
    """
    pair = ("batch", "length")
    inputs: dict[str, TypedShape] = {
        WORD_VECTORS: ("FLOAT", (*pair, shape.hidden)),
        TOKEN_TYPES: ("INT64", pair),
        MASK: ("INT64", pair),
    }
    outputs: dict[str, TypedShape] = {
        name: ("FLOAT", ("batch",) if logits == 1 else ("batch", logits)) for name, logits in HEADS.items()
    }
    return graph.serialised("cross_encoder", inputs, outputs | dict.fromkeys(also, ("FLOAT", (*pair, None))))


def _embeddings(graph: GraphBuilder, shape: BertShape) -> str:
    start = graph.constant("position_start", np.array([0], dtype=np.int64))
    end = graph.op("Shape", [MASK], "length", start=1, end=2)
    rows = graph.weight("embeddings.position_embeddings.weight", rows=MAX_TOKENS)
    positions = graph.op("Slice", [rows, start, end], "positions")
    types = graph.op("Gather", [graph.weight("embeddings.token_type_embeddings.weight"), TOKEN_TYPES], "types")
    summed = graph.op("Add", [graph.op("Add", [WORD_VECTORS, positions], "words.positions"), types], "embedded")
    return graph.layer_norm(summed, "embeddings.LayerNorm", "embedded.normal", shape.epsilon)


def _pooled(graph: GraphBuilder, tokens: str, mask: str) -> str:
    """The vector of [CLS] beside the mean over the second text's tokens; shape (batch, 2 * hidden)."""
    from onnx import TensorProto

    first = graph.op("Gather", [tokens, graph.constant("first_token", np.int64(0))], "cls", axis=1)
    axis = graph.constant("token_axis", np.array([1], dtype=np.int64))
    types = graph.op("Cast", [TOKEN_TYPES], "types.float", to=TensorProto.FLOAT)
    second = graph.op("Mul", [types, mask], "second")
    row = graph.op("Unsqueeze", [second, axis], "second.row")
    summed = graph.op("Squeeze", [graph.op("MatMul", [row, tokens], "second.sum.row"), axis], "second.sum")
    count = graph.op("ReduceSum", [second, axis], "second.count", keepdims=1)
    mean = graph.op("Div", [summed, count], "second.mean")
    return graph.op("Concat", [first, mean], "pooled", axis=-1)


def _head(graph: GraphBuilder, pooled: str, name: str, logits: int) -> None:
    if logits > 1:
        graph.linear(pooled, f"heads.{name}", name)
        return
    column = graph.linear(pooled, f"heads.{name}", f"{name}.column")
    graph.op("Squeeze", [column, graph.constant(f"{name}.axis", np.array([1], dtype=np.int64))], name)

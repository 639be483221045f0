"""The cross-encoder once more, in plain numpy and in the words of the paper, to compare the graph with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import erf, softmax

from ragkit.cross_encoder.encoding import EncodedPair
from ragkit.embedding.bert_graph import BertShape
from ragkit.embedding.weights import Tensors, default_tensors

Floats = npt.NDArray[np.float64]


def logits(tensors: Tensors, shape: BertShape, pair: EncodedPair, head: str) -> Floats:
    """What a head says of one pair, reckoned in float64 without padding."""

    def linear(name: str, value: Floats) -> Floats:
        return value @ tensors[f"{name}.weight"].astype(float).T + tensors[f"{name}.bias"]

    def norm(name: str, value: Floats) -> Floats:
        centred = value - value.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(value.var(axis=-1, keepdims=True) + shape.epsilon)
        return scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def attention(name: str, value: Floats) -> Floats:
        width = shape.hidden // shape.heads
        query, key, content = (linear(f"{name}.{part}", value) for part in ("query", "key", "value"))
        heads = []
        for start in range(0, shape.hidden, width):
            own = slice(start, start + width)
            heads.append(softmax(query[:, own] @ key[:, own].T / np.sqrt(width), axis=-1) @ content[:, own])
        return np.concatenate(heads, axis=-1)

    types = (np.arange(len(pair)) >= pair.second_start).astype(int)
    words = default_tensors()["embeddings.word_embeddings.weight"][pair.ids].astype(float)
    positions = tensors["embeddings.position_embeddings.weight"][: len(pair)]
    value = words + positions + tensors["embeddings.token_type_embeddings.weight"][types]
    value = norm("embeddings.LayerNorm", value)
    for layer in (f"encoder.layer.{number}" for number in range(shape.layers)):
        attended = linear(f"{layer}.attention.output.dense", attention(f"{layer}.attention.self", value))
        value = norm(f"{layer}.attention.output.LayerNorm", attended + value)
        inner = linear(f"{layer}.intermediate.dense", value)
        inner = 0.5 * inner * (1 + erf(inner / np.sqrt(2)))
        value = norm(f"{layer}.output.LayerNorm", linear(f"{layer}.output.dense", inner) + value)
    pooled = np.concatenate([value[0], value[types == 1].mean(axis=0)])
    return linear(f"heads.{head}", pooled[None])[0]

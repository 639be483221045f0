"""The cross-encoder in int8: a quarter of the size, and several times as fast as in float32.

Matrices are int8 with a scale for each output, what flows into them is uint8 with one scale, all fixed when the model
is written: a line's judgement does not depend on the lines beside it, as it would where scales are taken from each
batch. Scales are chosen on example pairs, for each matrix product those that change its result least: channels with
outliers are made smaller and their weights larger (Xiao et al. 2023, SmoothQuant, section 4.1), rare extremes are
clipped, and the mean error goes into the bias (Nagel et al. 2019, section 4.2). Everything but the trunk's linear
layers stays float32. Weights use seven of the eight bits, so that no processor's 16-bit sums overflow: the same
judgements everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ragkit.cross_encoder.encoding import EncodedPair
from ragkit.cross_encoder.graph import MASK, TRUNK_SHAPE, add_cross_encoder, serialised
from ragkit.embedding.batching import batches_by_length
from ragkit.embedding.bert_graph import BertShape
from ragkit.embedding.graph_builder import GraphBuilder
from ragkit.embedding.weights import default_tensors

if TYPE_CHECKING:
    from ragkit.embedding.weights import Tensors

Floats = npt.NDArray[np.float32]

_TRUNK = "encoder."
_LARGEST_WEIGHT = 63
_LARGEST_VALUE = 255
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How much of a channel's outliers goes into the weights: tried in turn."""
_KEPT = (1.0, 0.999, 0.995)
"""How much of a channel's values lies inside its range: tried in turn."""
_SAMPLE = 2048
"""Tokens that the scales are chosen on."""
_TOKENS_PER_BATCH = 1024
_SMALLEST = 1e-6


@dataclass(frozen=True)
class Scaling:
    """How a value is written as uint8: ``round(value / channels / scale) + zero_point``.

    Attributes:
        channels: what each channel is divided by, and its row of the weights multiplied with; float32 (channels,).
        scale: of one step.
        zero_point: what stands for 0.
    """

    channels: Floats
    scale: np.float32
    zero_point: np.uint8

    def rounded(self, values: Floats) -> Floats:
        """The values of shape (tokens, channels), divided by ``channels``, as uint8 gives them back."""
        zero = np.float32(self.zero_point)
        steps = np.clip(np.rint(values / self.channels / self.scale) + zero, 0, _LARGEST_VALUE)
        return np.asarray((steps - zero) * self.scale, dtype=np.float32)


@dataclass(frozen=True)
class Observed:
    """A value that linear layers read.

    Attributes:
        layers: the weights of those layers, by their prefix.
        sample: float32 (tokens, channels).
    """

    layers: tuple[str, ...]
    sample: Floats


def write_int8_graph(
    tensors: Tensors, examples: Sequence[EncodedPair], shape: BertShape = TRUNK_SHAPE, *, seed: int = 0
) -> bytes:
    """The same ONNX model as ``graph.write_graph``, with the trunk's linear layers in int8.

    Args:
        tensors: as for ``graph.write_graph``.
        examples: pairs as the model will read them, some hundreds of all kinds.
        shape: the trunk's sizes.
        seed: for the choice of tokens among the examples.
    """
    observed = observe(tensors, examples, shape, seed=seed)
    graph = _Int8Builder(tensors, {name: (value, best_scaling(value, tensors)) for name, value in observed.items()})
    add_cross_encoder(graph, shape)
    return serialised(graph, shape)


def observe(tensors: Tensors, pairs: Sequence[EncodedPair], shape: BertShape, *, seed: int = 0) -> dict[str, Observed]:
    """What flows into the trunk's linear layers when the float32 model reads the pairs, by the value's name."""
    import onnxruntime

    from ragkit.cross_encoder.session import session_inputs
    from ragkit.embedding.encoder import available_cores, session_options

    graph = _ObservingBuilder(tensors, embedded=True)
    add_cross_encoder(graph, shape)
    model, names = serialised(graph, shape, also=list(graph.readers)), list(graph.readers)
    options = session_options(available_cores())
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    words = default_tensors()["embeddings.word_embeddings.weight"]
    chance, share = np.random.default_rng(seed), _SAMPLE / max(1, sum(map(len, pairs)))
    kept: dict[str, list[Floats]] = {name: [] for name in names}
    for batch in batches_by_length([len(pair) for pair in pairs], _TOKENS_PER_BATCH):
        feeds = session_inputs([pairs[index] for index in batch], words)
        chosen = (feeds[MASK] == 1) & (chance.random(feeds[MASK].shape) < share)
        for name, values in zip(names, session.run(names, feeds), strict=True):
            kept[name].append(values[chosen])
    return {name: Observed(tuple(graph.readers[name]), np.concatenate(parts)) for name, parts in kept.items()}


def best_scaling(value: Observed, tensors: Tensors) -> Scaling:
    """The scaling with which the layers' results on the sample change least (least squares)."""
    weights = np.concatenate([_weights(tensors, layer) for layer in value.layers], axis=1)
    exact = value.sample @ weights

    def error(scaling: Scaling) -> float:
        steps, scales = quantized_weights(weights, scaling)
        return float(np.square(scaling.rounded(value.sample) @ (steps * scales) - exact).mean())

    return min(_candidates(value.sample, np.abs(weights).max(axis=1)), key=error)


def _candidates(sample: Floats, largest_weights: Floats) -> Iterator[Scaling]:
    largest_weights = np.maximum(largest_weights, _SMALLEST)
    for kept in _KEPT:
        low, high = np.quantile(sample, [1 - kept, kept], axis=0)
        low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        largest = np.maximum(np.maximum(-low, high), _SMALLEST)
        for share in _SHARES:
            channels = largest**share / largest_weights ** (1 - share) if share else np.ones_like(largest)
            channels /= np.exp(np.log(channels).mean())
            bottom, top = float((low / channels).min()), float((high / channels).max())
            scale = max(top - bottom, _SMALLEST) / _LARGEST_VALUE
            yield Scaling(channels.astype(np.float32), np.float32(scale), np.uint8(round(-bottom / scale)))


def quantized_weights(weights: Floats, scaling: Scaling) -> tuple[npt.NDArray[np.int8], Floats]:
    """A matrix of shape (inputs, outputs), multiplied with ``scaling.channels``, as int8, and the outputs' scales."""
    scaled = weights * scaling.channels[:, None]
    scales = (np.maximum(np.abs(scaled).max(axis=0), _SMALLEST) / _LARGEST_WEIGHT).astype(np.float32)
    return np.rint(scaled / scales).astype(np.int8), scales


def _weights(tensors: Tensors, layer: str) -> Floats:
    return np.asarray(tensors[f"{layer}.weight"].T, dtype=np.float32)


class _ObservingBuilder(GraphBuilder):
    """Remembers which value which of the trunk's linear layers read.

    Attributes:
        readers: the layers by the value's name.
    """

    def __init__(self, tensors: Tensors, *, embedded: bool = False) -> None:
        super().__init__(tensors, embedded=embedded)
        self.readers: dict[str, list[str]] = {}

    def linear(self, value: str, prefix: str, output: str) -> str:
        """A linear layer with bias, remembered."""
        if prefix.startswith(_TRUNK):
            self.readers.setdefault(value, []).append(prefix)
        return super().linear(value, prefix, output)


class _Int8Builder(GraphBuilder):
    """Writes linear layers in int8 where a scaling is known for what they read."""

    def __init__(self, tensors: Tensors, scalings: Mapping[str, tuple[Observed, Scaling]]) -> None:
        super().__init__(tensors, embedded=True)
        self._scalings = scalings
        self._rounded: dict[str, str] = {}

    def linear(self, value: str, prefix: str, output: str) -> str:
        """A linear layer with bias: its matrix in int8, the sum in float32."""
        if value not in self._scalings:
            return super().linear(value, prefix, output)
        observed, scaling = self._scalings[value]
        weights = _weights(self.tensors, prefix)
        steps, scales = quantized_weights(weights, scaling)
        error = (scaling.rounded(observed.sample) @ (steps * scales) - observed.sample @ weights).mean(axis=0)
        matrix = [self.constant(f"{prefix}.weight", steps), self.constant(f"{prefix}.scales", scales)]
        matrix.append(self.constant(f"{prefix}.zero_points", np.zeros(len(scales), dtype=np.int8)))
        restored = self.op("DequantizeLinear", matrix, f"{output}.matrix", axis=1)
        product = self.op("MatMul", [self._as_uint8(value, scaling), restored], f"{output}.product")
        bias = np.asarray(self.tensors[f"{prefix}.bias"] - error, dtype=np.float32)
        return self.op("Add", [product, self.constant(f"{prefix}.bias", bias)], output)

    def _as_uint8(self, value: str, scaling: Scaling) -> str:
        if value not in self._rounded:
            factors = self.constant(f"{value}.factors", np.float32(1) / scaling.channels)
            step = [self.constant(f"{value}.scale", scaling.scale), self.constant(f"{value}.zero", scaling.zero_point)]
            smooth = self.op("Mul", [value, factors], f"{value}.smooth")
            rounded = self.op("QuantizeLinear", [smooth, *step], f"{value}.uint8")
            self._rounded[value] = self.op("DequantizeLinear", [rounded, *step], f"{value}.restored")
        return self._rounded[value]

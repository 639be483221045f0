"""The graphs reckon what the paper says, in float32 exactly and in int8 nearly."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from ragkit.cross_encoder.encoding import EncodedPair, PairTokenizer
from ragkit.cross_encoder.graph import HEADS, write_graph
from ragkit.cross_encoder.quantizing import write_int8_graph
from ragkit.cross_encoder.session import session_inputs
from ragkit.embedding.encoder import session_options
from ragkit.embedding.weights import Tensors, default_tensors
from tests.cross_encoder.conftest import SHAPE, random_tensors
from tests.cross_encoder.forward_pass import logits

PAIRS = [
    ("How often is the site assessed?", "Cannulas | Adults | Assess the site every 8 hours."),
    ("Who may give it?", "Two nurses."),
    ("How much?", ""),
    ("What is done when the pressure falls? " * 10, "Lay the person down, raise the legs and call for help. " * 30),
]


@pytest.fixture(scope="module")
def tensors() -> Tensors:
    return random_tensors()


@pytest.fixture(scope="module")
def encoded() -> list[EncodedPair]:
    return PairTokenizer().encode(PAIRS)


@pytest.fixture(scope="module")
def int8(tensors: Tensors, encoded: list[EncodedPair]) -> bytes:
    return write_int8_graph(tensors, encoded, SHAPE)


def run(model: bytes, head: str, pairs: list[EncodedPair]) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, session_options(1), providers=["CPUExecutionProvider"])
    words = default_tensors()["embeddings.word_embeddings.weight"]
    return np.asarray(session.run([head], session_inputs(pairs, words))[0])


@pytest.mark.parametrize("head", HEADS)
def test_a_batch_in_float32_agrees_with_a_plain_forward_pass(
    tensors: Tensors, encoded: list[EncodedPair], head: str
) -> None:
    found = run(write_graph(tensors, SHAPE), head, encoded)
    expected = np.stack([logits(tensors, SHAPE, pair, head) for pair in encoded])
    assert found.shape == ((len(PAIRS),) if HEADS[head] == 1 else (len(PAIRS), HEADS[head]))
    assert found.reshape(expected.shape) == pytest.approx(expected, abs=1e-4)
    assert np.ptp(expected, axis=0).min() > 0.05  # or agreement would say nothing


@pytest.mark.parametrize("head", HEADS)
def test_int8_is_near_to_float32(tensors: Tensors, encoded: list[EncodedPair], int8: bytes, head: str) -> None:
    exact = run(write_graph(tensors, SHAPE), head, encoded)
    error = np.abs(run(int8, head, encoded) - exact)
    assert 0 < error.max() < 0.1 * np.abs(exact).max()


def test_in_int8_a_pair_is_judged_the_same_alone_and_beside_others(encoded: list[EncodedPair], int8: bytes) -> None:
    together = run(int8, "support", encoded)
    alone = np.concatenate([run(int8, "support", [pair]) for pair in encoded])
    assert together == pytest.approx(alone, abs=1e-3)


def test_the_trunks_matrices_are_kept_in_bytes(tensors: Tensors, int8: bytes) -> None:
    import onnx

    model = onnx.load_from_string(int8)
    large = [each for each in model.graph.initializer if len(each.dims) == 2 and each.name.startswith("encoder.")]
    assert len(large) == 6 * SHAPE.layers
    assert all(each.data_type == onnx.TensorProto.INT8 for each in large)
    assert len(int8) < 0.4 * len(write_graph(tensors, SHAPE))


def test_int8_weights_leave_room_for_sums_of_two_products(int8: bytes) -> None:
    import onnx

    for each in onnx.load_from_string(int8).graph.initializer:
        if each.data_type == onnx.TensorProto.INT8:
            steps = onnx.numpy_helper.to_array(each).astype(int)
            assert 2 * 255 * np.abs(steps).max() < 2**15


def test_the_same_weights_and_examples_give_the_same_bytes(
    tensors: Tensors, encoded: list[EncodedPair], int8: bytes
) -> None:
    assert write_int8_graph(tensors, encoded, SHAPE) == int8
    assert write_graph(tensors, SHAPE) == write_graph(tensors, SHAPE)

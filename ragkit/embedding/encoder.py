"""A sentence encoder in an onnxruntime session."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from ragkit.embedding.bert_graph import SENTENCE, BertGraph, BertShape, build_bert_graph
from ragkit.embedding.weights import shared_tensors


class Encoder:
    """Token ids in, vectors out. Runs may come from several threads at once."""

    def __init__(self, folder: Path, sha256: str, *, threads: int | None = None) -> None:
        """Reads and checks the weights and prepares the session (some 0.25 s).

        Args:
            folder: where ``model.safetensors`` and ``config.json`` lie.
            sha256: the hash the weights must have.
            threads: cores a forward pass may use; by default all that this process may use.

        Raises:
            EmbeddingError: the weights are missing, damaged or not the published ones.
        """
        tensors = shared_tensors(folder / "model.safetensors", sha256)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        shape = BertShape(
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            hidden=config["hidden_size"],
            epsilon=config["layer_norm_eps"],
        )
        self.dimension = shape.hidden
        self._graph = build_bert_graph(tensors, shape)  # kept: the session reads its weights where they are
        self._session = _open_session(self._graph, threads or available_cores())

    def sentences(self, encoded: list[list[int]]) -> npt.NDArray[np.float32]:
        """Unit vectors of the texts, shape (n, dimension)."""
        return np.asarray(self._session.run([SENTENCE], _padded(encoded))[0])


def available_cores() -> int:
    """How many cores this process may use (a container may have fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _padded(encoded: list[list[int]]) -> dict[str, npt.NDArray[np.int64]]:
    ids = np.zeros((len(encoded), max(map(len, encoded))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(encoded):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """How ragkit runs a model on the processor.

    Args:
        threads: cores that one forward pass may use.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Waiting threads give the core back: as fast on an idle machine, and a good neighbour on a busy one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Batches differ in shape: remembering a memory plan for each shape would grow without gain.
    options.enable_mem_pattern = False
    return options


def _open_session(graph: BertGraph, threads: int) -> onnxruntime.InferenceSession:
    options = session_options(threads)
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in graph.weights.values()]
    options.add_external_initializers(list(graph.weights), values)
    return onnxruntime.InferenceSession(graph.model, options, providers=["CPUExecutionProvider"])

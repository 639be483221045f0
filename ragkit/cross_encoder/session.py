"""The model in an onnxruntime session: pairs of texts in, logits out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import onnxruntime

from ragkit.cross_encoder.description import ADVICE, ModelDescription, read_checked_model
from ragkit.cross_encoder.encoding import EncodedPair, padded
from ragkit.cross_encoder.graph import HEADS, MASK, TOKEN_TYPES, WORD_VECTORS
from ragkit.cross_encoder.pace import Pace
from ragkit.embedding.batching import batches_by_length
from ragkit.embedding.encoder import available_cores, session_options
from ragkit.embedding.weights import default_tensors
from ragkit.errors import CrossEncoderError

_TOKENS_PER_BATCH = 1024  # bounds the memory of a forward pass; larger batches were not faster


class CrossEncoderSession:
    """Runs may come from several threads at once.

    Attributes:
        pace: how fast it has been.
    """

    def __init__(self, folder: Path, description: ModelDescription, *, threads: int | None = None) -> None:
        """Reads and checks the model and the word vectors, and prepares the session.

        Args:
            folder: where ``model.onnx`` lies.
            description: what it must be.
            threads: cores a forward pass may use; by default all that this process may use.

        Raises:
            CrossEncoderError: the model is missing, damaged or no cross-encoder.
            EmbeddingError: the package with the word vectors is missing or damaged.
        """
        model = read_checked_model(folder, description)
        self._word_vectors = default_tensors()["embeddings.word_embeddings.weight"]
        try:
            self._session = onnxruntime.InferenceSession(
                model, session_options(threads or available_cores()), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library's own exceptions have no common base but this one
            raise CrossEncoderError(f"The small model in {folder} cannot be run: {error}. {ADVICE}") from error
        if {each.name for each in self._session.get_outputs()} != HEADS.keys():
            raise CrossEncoderError(f"The model in {folder} is no cross-encoder of ragkit's. {ADVICE}")
        self.pace = Pace()

    def logits(self, head: str, pairs: Sequence[EncodedPair]) -> npt.NDArray[np.float32]:
        """What a head says of each pair (at least one), in order.

        Args:
            head: one of ``graph.HEADS``.
            pairs: any number; they are read in batches of like length.

        Returns:
            float32 of shape (pairs,) or (pairs, classes).
        """
        parts, order = [], []
        for batch in batches_by_length([len(pair) for pair in pairs], _TOKENS_PER_BATCH):
            parts.append(self._batch(head, [pairs[index] for index in batch]))
            order += batch
        found = np.concatenate(parts)
        logits = np.empty_like(found)
        logits[order] = found
        return logits

    def _batch(self, head: str, pairs: Sequence[EncodedPair]) -> npt.NDArray[np.float32]:
        started = perf_counter()
        feeds = session_inputs(pairs, self._word_vectors)
        logits = np.asarray(self._session.run([head], feeds)[0])
        self.pace.note(feeds[MASK].size, perf_counter() - started)
        return logits


def session_inputs(
    pairs: Sequence[EncodedPair], word_vectors: npt.NDArray[np.generic]
) -> dict[str, npt.NDArray[np.generic]]:
    """The graph's inputs for one batch of pairs (at least one).

    Args:
        pairs: the batch.
        word_vectors: the default embedding model's, shape (words, hidden).
    """
    batch = padded(pairs)
    return {
        WORD_VECTORS: word_vectors[batch.input_ids],
        TOKEN_TYPES: batch.token_type_ids,
        MASK: batch.attention_mask,
    }

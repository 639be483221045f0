"""``model.json``: what stands beside the model's file, and without which the file is not used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragkit.embedding.weights import DEFAULT_WEIGHTS_SHA256
from ragkit.errors import CrossEncoderError

MODEL_FILE = "model.onnx"
DESCRIPTION_FILE = "model.json"

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Calibration(BaseModel):
    """Turns a head's logits into probabilities (temperature scaling, Guo et al. 2017, section 4.2, with a bias).

    One logit: ``sigmoid(logit / temperature + bias)``. Several: ``softmax(logits / temperature + bias)``.

    Attributes:
        temperature: above 1 makes the probabilities less certain.
        bias: one number for each logit of the head.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    temperature: float = Field(default=1.0, gt=0)
    bias: tuple[float, ...]

    def probabilities(self, logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Probabilities of the same shape as ``logits``: (pairs,) for one logit, (pairs, classes) for several."""
        scaled = logits.astype(np.float64) / self.temperature + (self.bias if len(self.bias) > 1 else self.bias[0])
        if len(self.bias) == 1:
            return np.asarray(0.5 * (1 + np.tanh(scaled / 2)))  # the logistic function; does not overflow
        shares = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


class Calibrations(BaseModel):
    """The calibration of each head."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relevance: Calibration = Calibration(bias=(0.0,))
    answerability: Calibration = Calibration(bias=(0.0,))
    support: Calibration = Calibration(bias=(0.0, 0.0, 0.0))


class ModelDescription(BaseModel):
    """What a model's folder says of itself.

    Attributes:
        name: the model's.
        version: changes with every training.
        sha256: of ``model.onnx``.
        word_vectors_sha256: of the weights file whose word vectors the model was trained on.
        calibrations: from logits to probabilities.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "ragkit-cross-encoder"
    version: str = Field(min_length=1)
    sha256: Hash
    word_vectors_sha256: Hash = DEFAULT_WEIGHTS_SHA256
    calibrations: Calibrations = Calibrations()


def write_model(folder: Path, model: bytes, *, version: str, calibrations: Calibrations | None = None) -> None:
    """Writes ``model.onnx`` and ``model.json``.

    Args:
        folder: is created.
        model: from ``graph.write_graph``.
        version: names the training.
        calibrations: None for the logits as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    description = ModelDescription(
        version=version, sha256=hashlib.sha256(model).hexdigest(), calibrations=calibrations or Calibrations()
    )
    (folder / MODEL_FILE).write_bytes(model)
    (folder / DESCRIPTION_FILE).write_text(description.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_description(folder: Path) -> ModelDescription:
    """The description in a model's folder.

    Raises:
        CrossEncoderError: it is missing, cannot be read, or belongs to other word vectors than ragkit's.
    """
    path = folder / DESCRIPTION_FILE
    try:
        description = ModelDescription.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CrossEncoderError(f"The small model's description cannot be read: {error}. {ADVICE}") from error
    except ValidationError as error:
        raise CrossEncoderError(f"The small model's description {path} is not valid: {error}. {ADVICE}") from error
    if description.word_vectors_sha256 != DEFAULT_WEIGHTS_SHA256:
        raise CrossEncoderError(
            f"The small model in {folder} was trained on word vectors of another embedding model. {ADVICE}"
        )
    return description


def read_checked_model(folder: Path, description: ModelDescription) -> bytes:
    """The bytes of ``model.onnx``, which have the hash of the description.

    Raises:
        CrossEncoderError: they cannot be read, or have another hash.
    """
    path = folder / MODEL_FILE
    try:
        model = path.read_bytes()
    except OSError as error:
        raise CrossEncoderError(f"The small model cannot be read: {error}. {ADVICE}") from error
    found = hashlib.sha256(model).hexdigest()
    if found != description.sha256:
        raise CrossEncoderError(
            f"The small model is damaged or was replaced: {path} has SHA-256 {found}, expected {description.sha256}. "
            f"Nothing was judged. {ADVICE}"
        )
    return model


ADVICE = (
    "Install ragkit again (pip install --force-reinstall --no-deps ragkit), or work without the small models: "
    'Settings(cross_encoder="off").'
)

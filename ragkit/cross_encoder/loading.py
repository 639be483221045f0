"""Which cross-encoder a knowledge base uses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ragkit.cross_encoder.base import CrossEncoder
from ragkit.cross_encoder.description import DESCRIPTION_FILE, MODEL_FILE

if TYPE_CHECKING:
    from ragkit.settings import Settings

PACKAGED_MODEL = Path(__file__).parent / "models"
"""Where the model lies that is shipped with ragkit."""
SHIPPED, OFF = "shipped", "off"


def shipped_cross_encoder() -> CrossEncoder | None:
    """The model that is shipped with ragkit; None where this installation has none. Loads no weights yet.

    Raises:
        CrossEncoderError: a part of it is missing, or its description is not valid.
        EmbeddingError: the package with tokenizer and word vectors is not installed.
    """
    if not any((PACKAGED_MODEL / name).exists() for name in (DESCRIPTION_FILE, MODEL_FILE)):
        return None
    return _cross_encoder(PACKAGED_MODEL)


def build_cross_encoder(settings: Settings) -> CrossEncoder | None:
    """The cross-encoder that the settings name; None for none. Loads no weights yet.

    Raises:
        CrossEncoderError: the model is not there, or its description is not valid.
        EmbeddingError: the package with tokenizer and word vectors is not installed.
    """
    if settings.cross_encoder == OFF:
        return None
    if settings.cross_encoder == SHIPPED:
        return shipped_cross_encoder()
    return _cross_encoder(Path(settings.cross_encoder))


def _cross_encoder(folder: Path) -> CrossEncoder:
    from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder

    return OnnxCrossEncoder(folder)

"""Rerankers: a model that reads question and passage together. Optional; none is used by default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ragkit.egress.model_folders import how_to_get, model_folder
from ragkit.errors import SettingsError


class Reranker(Protocol):
    """Scores passages for a question."""

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, higher is better, in the order of ``passages``."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers ``CrossEncoder``, loaded when it is first used."""

    def __init__(self, name: str) -> None:
        """Loads the model.

        Args:
            name: the path of a folder that holds a model, or its name in the local model cache. It is not downloaded.

        Raises:
            SettingsError: it is not on this machine, or cannot be loaded.
        """
        folder = model_folder(name)
        if folder is None:
            advice = how_to_get(name, "reranker_model = '/models/my-reranker'")
            raise SettingsError(f"The reranker {advice}, or set reranker_model to None.")
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(str(folder), local_files_only=True)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The reranker {name!r} cannot be loaded: {error}. Set reranker_model to the path of a folder that "
                "holds a sentence-transformers CrossEncoder, or to None."
            ) from error

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``."""
        return [float(each) for each in self._model.predict([(question, passage) for passage in passages])]


def build_reranker(name: str) -> Reranker:
    """The reranker of that name or path.

    Raises:
        SettingsError: it cannot be loaded.
    """
    return CrossEncoderReranker(name)

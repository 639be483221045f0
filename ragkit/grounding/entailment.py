"""Rung (d), optional: an entailment CrossEncoder by name or path.

Its probabilities are the model's own and not calibrated here: measure it with ``ragkit eval scorer`` on labelled claims
before you trust it. Untuned small entailment models have been seen to do worse than counting words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ragkit.egress.model_folders import how_to_get, model_folder
from ragkit.errors import GroundingError
from ragkit.grounding.base import Pair, Score
from ragkit.grounding.lexical import NOTHING
from ragkit.grounding.verdict import Verdict
from ragkit.grounding.words import sentences

Array = npt.NDArray[np.float64]
_WORDS = {Verdict.SUPPORTED: "entail", Verdict.CONTRADICTED: "contradict", Verdict.UNSUPPORTED: "neutral"}
_WINDOW_CHARACTERS = 1200
_OVERLAP_SENTENCES = 1
_BATCH = 32


class EntailmentScorer:
    """Premise = evidence, hypothesis = claim. The weights are loaded at the first score, not before.

    Long evidence is cut into windows of sentences that overlap by one; a claim is supported as much as by the window
    that supports it most, and contradicted as much as by the one that contradicts it most.

    Args:
        model: a model's name or the folder that holds it: a sentence-transformers CrossEncoder with the classes
            entailment and contradiction (neutral where it has one), in any order.
        device: "cpu", "cuda" ...

    The model has to lie on this machine; nothing is downloaded.
    """

    def __init__(self, model: str, *, device: str = "cpu") -> None:
        if not model:
            raise GroundingError(
                "No entailment model is named: write 'entailment:NAME', with a model's name or folder."
            )
        self._model_name = model
        self._device = device

    @property
    def name(self) -> str:
        """Its name in tables: entailment:MODEL."""
        return f"entailment:{self._model_name}"

    @property
    def fingerprint(self) -> str:
        """The model and how evidence is cut. A folder whose weights were changed in place is not noticed."""
        return f"entailment-1:{self._model_name}:{_WINDOW_CHARACTERS}"

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """One score for each pair, in order; see ``Scorer``.

        Raises:
            GroundingError: the model cannot be loaded, has no entailment classes, or fails.
        """
        texts: list[tuple[str, str]] = []
        spans: list[range] = []
        for pair in pairs:
            cut = windows(pair.evidence) if pair.claim.strip() else ()
            spans.append(range(len(texts), len(texts) + len(cut)))
            texts.extend((window, pair.claim) for window in cut)
        probabilities = self._probabilities(texts) if texts else np.zeros((0, 3))
        return [_score(probabilities[list(span)]) if span else NOTHING for span in spans]

    def _probabilities(self, texts: list[tuple[str, str]]) -> Array:
        """Shape (texts, 3): supported, contradicted, unsupported."""
        columns = self._columns
        try:
            logits = np.asarray(
                self._model.predict(texts, batch_size=_BATCH, activation_fn=_identity, show_progress_bar=False),
                dtype=np.float64,
            )
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            raise GroundingError(f"The entailment model {self._model_name} failed: {error}") from error
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares = exponents / exponents.sum(axis=1, keepdims=True)
        zeros = np.zeros(len(texts))
        return np.column_stack([shares[:, columns[v]] if v in columns else zeros for v in _WORDS])

    @cached_property
    def _model(self) -> Any:  # a CrossEncoder; the library has no types
        folder = model_folder(self._model_name)
        if folder is None:
            advice = how_to_get(self._model_name, "'entailment:/models/my-model'")
            raise GroundingError(f"The entailment model {advice}, or use the scorer 'ladder', which needs none.")
        from sentence_transformers import CrossEncoder

        try:
            return CrossEncoder(str(folder), device=self._device, local_files_only=True)
        except Exception as error:  # the loaders of three libraries raise whatever they like
            raise GroundingError(
                f"The entailment model {self._model_name} cannot be loaded ({type(error).__name__}: {error}). Give the "
                "folder of a downloaded CrossEncoder, or use the scorer 'ladder', which needs none."
            ) from error

    @cached_property
    def _columns(self) -> dict[Verdict, int]:
        """Which output is which class, by the names in the model's configuration."""
        labels: Mapping[Any, str] = getattr(self._model.config, "id2label", None) or {}
        columns = {
            verdict: int(number)
            for number, label in labels.items()
            for verdict, word in _WORDS.items()
            if str(label).lower().startswith(word)
        }
        if Verdict.SUPPORTED not in columns or Verdict.CONTRADICTED not in columns:
            raise GroundingError(
                f"The model {self._model_name} is no entailment model: its classes are {', '.join(labels.values())}, "
                "and none is called entailment or contradiction (id2label in its config.json)."
            )
        return columns


def windows(evidence: Sequence[str]) -> tuple[str, ...]:
    """The evidence in windows of whole sentences, each of at most some 1,200 characters (300 tokens), overlapping."""
    lines = [sentence for span in evidence for sentence in sentences(span)]
    found: list[str] = []
    start = 0
    while start < len(lines):
        end, size = start + 1, len(lines[start])
        while end < len(lines) and size + 1 + len(lines[end]) <= _WINDOW_CHARACTERS:
            size += 1 + len(lines[end])
            end += 1
        found.append(" ".join(lines[start:end]))
        if end == len(lines):
            break
        start = max(start + 1, end - _OVERLAP_SENTENCES)
    return tuple(found)


def _score(shares: Array) -> Score:
    """One score from the classes' probabilities in each window."""
    support = float(shares[:, 0].max())
    contradiction = min(float(shares[:, 1].max()), 1 - support)
    verdict = _verdict(support, contradiction)
    if verdict is Verdict.SUPPORTED:
        return Score(verdict, support, contradiction)
    said = "the model reads the opposite" if verdict is Verdict.CONTRADICTED else "the model finds no support"
    return Score(verdict, support, contradiction, (f"{said} in the evidence",))


def _verdict(support: float, contradiction: float) -> Verdict:
    rest = 1 - support - contradiction
    if support >= max(contradiction, rest):
        return Verdict.SUPPORTED
    return Verdict.CONTRADICTED if contradiction > rest else Verdict.UNSUPPORTED


def _identity(logits: Any) -> Any:
    return logits

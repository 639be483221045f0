"""ragkit's cross-encoder on onnxruntime, offline, without torch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ragkit.cross_encoder.base import Relevance, SupportProbabilities
from ragkit.cross_encoder.description import read_description
from ragkit.cross_encoder.encoding import EncodedPair, PairTokenizer
from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.pace import TimeLeft
from ragkit.cross_encoder.windows import evidence_window

if TYPE_CHECKING:
    from ragkit.cross_encoder.session import CrossEncoderSession

_LINES_AT_ONCE = 8
"""So many lines are judged before the clock is looked at again, where time is short."""
_NOT_SUPPORTED = SupportProbabilities(supported=0.0, contradicted=0.0, unsupported=1.0)


class OnnxCrossEncoder:
    """A model of ``training/`` in a folder. May be used from several threads.

    The model is read, checked against its hash and put into an onnxruntime session at the first judgement. What is
    blank is not judged: a blank line answers nothing, and no evidence carries no claim.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        """Reads the model's description only.

        Args:
            folder: where ``model.onnx`` and ``model.json`` lie.
            threads: cores a forward pass may use; by default all that this process may use.

        Raises:
            CrossEncoderError: the description is missing or not valid.
            EmbeddingError: the package with tokenizer and word vectors is not installed.
        """
        self._folder = folder
        self._threads = threads
        self._description = read_description(folder)
        self._tokenizer = PairTokenizer()
        self._loading = Lock()
        self._session: CrossEncoderSession | None = None

    @property
    def fingerprint(self) -> str:
        """Names the model with its weights and calibrations."""
        described = self._description.model_dump_json().encode()
        return f"{self._description.name}-{self._description.version}@{hashlib.sha256(described).hexdigest()[:16]}"

    def relevance(self, question: str, lines: Sequence[str], *, seconds: float | None = None) -> Relevance:
        """How well each line answers the question. The time to load the model counts, too.

        Args:
            question: the question as asked, identifiers taken out.
            lines: from ``inputs.line_in_context``, the likeliest first: where time runs out, the last ones are not
                judged.
            seconds: how long it may take; None for as long as it takes. It is kept as far as the time of the next
                batch can be told from those before it.

        Raises:
            CrossEncoderError: the model is missing or damaged.
        """
        left = TimeLeft(seconds)
        written = [index for index, line in enumerate(lines) if line.strip()]
        probabilities: list[float | None] = [None if line.strip() else 0.0 for line in lines]
        if not written:
            return Relevance(tuple(probabilities))
        session = self._loaded_session()
        pairs = self._tokenizer.encode([(question, lines[index]) for index in written])
        for group in _groups(pairs, session, left):
            if not left.is_enough_for(session.pace.expected(_tokens(pairs[group]))):
                break
            judged = self._description.calibrations.relevance.probabilities(session.logits("relevance", pairs[group]))
            for index, probability in zip(written[group], judged, strict=True):
                probabilities[index] = float(probability)
        return Relevance(tuple(probabilities))

    def answerability(self, question: str, evidence: Sequence[str]) -> float:
        """The calibrated probability that the lines, taken together, answer the question; 0 without lines.

        Raises:
            CrossEncoderError: the model is missing or damaged.
        """
        text = evidence_text(evidence_window(question, evidence))
        if not text:
            return 0.0
        logits = self._loaded_session().logits("answerability", self._tokenizer.encode([(question, text)]))
        return float(self._description.calibrations.answerability.probabilities(logits)[0])

    def support(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[SupportProbabilities]:
        """For each (claim, evidence lines): whether the evidence, taken together, carries the claim.

        Of long evidence the part that holds the claim's words is read (``windows.evidence_window``).

        Raises:
            CrossEncoderError: the model is missing or damaged.
        """
        found = [_NOT_SUPPORTED] * len(pairs)
        texts = [(claim, evidence_text(evidence_window(claim, evidence))) for claim, evidence in pairs]
        written = [index for index, (_, evidence) in enumerate(texts) if evidence]
        if written:
            logits = self._loaded_session().logits("support", self._tokenizer.encode([texts[i] for i in written]))
            for index, row in zip(written, self._description.calibrations.support.probabilities(logits), strict=True):
                found[index] = SupportProbabilities(*map(float, row))
        return found

    def _loaded_session(self) -> CrossEncoderSession:
        with self._loading:
            if self._session is None:
                from ragkit.cross_encoder.session import CrossEncoderSession

                self._session = CrossEncoderSession(self._folder, self._description, threads=self._threads)
            return self._session


def _groups(pairs: Sequence[EncodedPair], session: CrossEncoderSession, left: TimeLeft) -> list[slice]:
    """What is judged before the clock is looked at again: everything where time is ample, else a few lines."""
    expected = session.pace.expected(_tokens(pairs))
    size = len(pairs) if left.is_ample_for(expected) else _LINES_AT_ONCE
    return [slice(start, start + size) for start in range(0, len(pairs), size)]


def _tokens(pairs: Sequence[EncodedPair]) -> int:
    return sum(map(len, pairs))

"""The groundedness of a run beside the share corrected for the scorer's own error, where that has been measured."""

from __future__ import annotations

import json
from pathlib import Path

from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.groundedness import CorrectedGroundedness, corrected_groundedness
from ragkit.evaluation.results import Results
from ragkit.evaluation.scorers.measured import measured_error, measured_error_path


class _Fingerprinted:
    """The scorer of a run, as far as its results name it: enough to look up how often it errs."""

    def __init__(self, name: str, fingerprint: str) -> None:
        self.name = name
        self.fingerprint = fingerprint


def groundedness_of(results: Results, path: Path | None = None) -> CorrectedGroundedness | None:
    """Raw and corrected groundedness of a run; None where no answer shows a claim.

    Args:
        results: the run; its identity says which scorer judged.
        path: the file of measured errors; the one that comes with ragkit by default.

    Raises:
        EvaluationError: the file of measured errors cannot be read.
    """
    found = None
    for name in _measured_scorers(path or measured_error_path()):
        scorer = _Fingerprinted(name, results.identity.scorer)
        found = found or measured_error(scorer, path)  # type: ignore[arg-type]  # nothing is scored
    judge, measured_on = found or (None, "")
    return corrected_groundedness(results, judge, measured_on=measured_on)


def _measured_scorers(path: Path) -> list[str]:
    if not path.exists():
        return []
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))["scorers"])
    except (OSError, ValueError, KeyError) as error:
        raise EvaluationError(f"The measured errors in {path} cannot be read: {error!r}. Measure anew.") from error

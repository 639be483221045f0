"""How often each scorer is wrong, as it was last measured: kept with the scorers' weights, used to correct reports."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from ragkit.errors import EvaluationError
from ragkit.evaluation.scorers.reading import POLICY_CLAIMS
from ragkit.evaluation.scorers.report import ScorerReport, SetMeasurement
from ragkit.evaluation.statistics.correction import JudgeError
from ragkit.grounding.base import Scorer

_DESCRIPTION = (
    "How often scorers are right on human-labelled sets. Written by `ragkit eval scorer DIR --save`. n_supported and "
    "n_not_supported are effective numbers of independent claims."
)


def measured_error_path() -> Path:
    """Where the measured errors are kept."""
    return Path(str(files("ragkit.grounding") / "models" / "measured_error.json"))


def save_measured_error(report: ScorerReport, path: Path | None = None) -> Path:
    """Keeps a scorer's errors; those of other scorers stay as they are.

    Args:
        report: what was measured.
        path: the file; the one that comes with ragkit by default.

    Raises:
        EvaluationError: the file cannot be read or written.
    """
    target = path or measured_error_path()
    content = _read(target)
    content["scorers"][report.scorer] = {
        "fingerprint": report.fingerprint,
        "sets": {row.set: _entry(row) for row in report.sets if row.sensitivity and row.specificity},
    }
    content["scorers"] = dict(sorted(content["scorers"].items()))
    try:
        target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"{target} cannot be written: {error}.") from error
    return target


def measured_error(scorer: Scorer, path: Path | None = None) -> tuple[JudgeError, str] | None:
    """How often this scorer is right, and on which set that was measured.

    Claims about policies are preferred, being nearest to what is reported; else the set with the most claims.

    Returns:
        None where this scorer (with these very weights: its fingerprint) was never measured.

    Raises:
        EvaluationError: the file cannot be read.
    """
    entry = _read(path or measured_error_path())["scorers"].get(scorer.name)
    if not entry or entry["fingerprint"] != scorer.fingerprint or not entry["sets"]:
        return None
    sets = entry["sets"]
    name = POLICY_CLAIMS if POLICY_CLAIMS in sets else max(sets, key=lambda key: sets[key]["n"])
    row = sets[name]
    return JudgeError(row["sensitivity"], row["specificity"], row["n_supported"], row["n_not_supported"]), name


def _entry(row: SetMeasurement) -> dict[str, Any]:
    assert row.sensitivity and row.specificity
    return {
        "family": row.family.value,
        "weights": row.fit,
        "n": row.n,
        "sensitivity": round(row.sensitivity.estimate, 4),
        "specificity": round(row.specificity.estimate, 4),
        "n_supported": round(row.sensitivity_n, 1),
        "n_not_supported": round(row.specificity_n, 1),
        "auroc": round(row.auroc.estimate, 4) if row.auroc else None,
    }


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"description": _DESCRIPTION, "scorers": {}}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {"description": _DESCRIPTION, "scorers": dict(content["scorers"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} cannot be read ({error}). Delete it and measure again with `ragkit eval scorer DIR --save`."
        ) from error

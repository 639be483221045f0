"""Fits the abstention model on training items, answerable ones and near misses, and reports it on unseen agencies.

Usage:
    python benchmarks/fit_abstention.py ITEM_FILE... --documents DIR... --cache DIR [--together a,b]
        [--judges DIR] [--write]

Model: logistic regression on the standardised signals of ``ragkit.answering.abstention``, classes balanced; an
answerable item whose selected lines are not the right ones counts half, because showing them is no success.
Cross-validation leaves out one item file at a time, files about the same documents together. The published threshold
is the one at which ``--over-refusal`` of the answerable items are refused in cross-validation. With ``--judges`` the
judgements of small models are signals too; each set is judged by a model that has not seen it (see
``answer_inputs.judge_for``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from answer_inputs import ingest, inputs_for, judge_for
from question_sets import Item, is_complete, load_items
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ragkit.answering import abstention
from ragkit.answering.abstention import evidence_signals
from ragkit.answering.judging import Judge
from ragkit.answering.selection import JUDGED_RULE, select
from ragkit.evaluation.matching import Cited

WEIGHT_OF_WRONG = 0.5
REGULARISATION = 0.02
PARTIAL_ABOVE_THRESHOLD = 0.08
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One question: its signals, whether it can be answered, whether the selected lines are complete."""

    signals: Mapping[str, float]
    answerable: bool
    complete: bool


def cases_of(path: Path, items: Sequence[Item], judge: Judge | None) -> list[Case]:
    cases = []
    for inputs in inputs_for(path, items, judge):
        selection = select(inputs.question, inputs.candidates, JUDGED_RULE if judge else None)
        if selection is None or not inputs.question.terms:
            continue
        signals = evidence_signals(inputs.question, inputs.passages, inputs.candidates, selection)
        if judge is not None:
            signals |= judge.evidence(inputs.question.query.text, inputs.candidates, selection)
        text, source = selection.document.text, selection.document.source
        cited = [Cited(source, text[span.start : span.end]) for span in selection.spans]
        answerable = inputs.item.answerable
        cases.append(Case(signals, answerable, answerable and is_complete(inputs.item, cited)))
    return cases


def fit(cases: Sequence[Case], names: Sequence[str]) -> tuple[Array, float]:
    """Coefficients and intercept for the signals as they are, not standardised."""
    rows = np.array([[case.signals.get(name, 0.0) for name in names] for case in cases])
    labels = np.array([case.answerable for case in cases])
    weight = np.array([1.0 if case.complete or not case.answerable else WEIGHT_OF_WRONG for case in cases])
    for label in (True, False):
        weight[labels == label] *= len(cases) / 2 / weight[labels == label].sum()
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=REGULARISATION, max_iter=2000).fit(
        (rows - mean) / spread, labels, sample_weight=weight
    )
    coefficients = model.coef_[0] / spread
    return coefficients, float(model.intercept_[0] - coefficients @ mean)


def probabilities(cases: Sequence[Case], names: Sequence[str], model: tuple[Array, float]) -> Array:
    rows = np.array([[case.signals.get(name, 0.0) for name in names] for case in cases])
    return np.asarray(1 / (1 + np.exp(-(rows @ model[0] + model[1]))))


def report(name: str, cases: Sequence[Case], probability: Array, threshold: float) -> None:
    answerable = np.array([case.answerable for case in cases])
    complete = np.array([case.complete for case in cases])
    shown = probability >= threshold
    print(
        f"{name:16} AUC {roc_auc_score(answerable, probability):.3f}  answered correctly "
        f"{(shown & complete)[answerable].mean():.2f}  over-refusal {(~shown)[answerable].mean():.2f}  "
        f"refused unanswerable {(~shown)[~answerable].mean():.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path, nargs="+")
    parser.add_argument("--documents", type=Path, nargs="+", required=True, help="folders of sites; the first wins")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--together", default="")
    parser.add_argument("--over-refusal", type=float, default=0.11)
    parser.add_argument(
        "--judges", type=Path, help="folder of models, one for each group of item files it has not seen"
    )
    parser.add_argument("--write", action="store_true", help="write the model into the package")
    arguments = parser.parse_args()
    sets = {path.stem: load_items(path) for path in arguments.items}
    path = ingest(arguments.documents, [item for items in sets.values() for item in items], arguments.cache)
    cases = {name: cases_of(path, items, judge_for(arguments.judges, name)) for name, items in sets.items()}
    names = sorted({name for group in cases.values() for case in group for name in case.signals})
    together = set(filter(None, arguments.together.split(",")))
    held_out = {}
    for held, group in cases.items():
        apart = together if held in together else {held}
        model = fit([case for name, others in cases.items() if name not in apart for case in others], names)
        held_out[held] = probabilities(group, names, model)
    everything = [case for group in cases.values() for case in group]
    probability = np.concatenate(list(held_out.values()))
    answerable = np.array([case.answerable for case in everything])
    threshold = float(np.quantile(probability[answerable], arguments.over_refusal))
    for name, group in cases.items():
        report(name, group, held_out[name], threshold)
    report("all", everything, probability, threshold)
    coefficients, intercept = fit(everything, names)
    data = {
        "description": "Coefficients of the abstention model. Fitted by benchmarks/fit_abstention.py.",
        "intercept": round(intercept, 4),
        "coefficients": {name: round(float(value), 4) for name, value in zip(names, coefficients, strict=True)},
        "threshold": round(threshold, 3),
        "partial_below": round(threshold + PARTIAL_ABOVE_THRESHOLD, 3),
    }
    print(json.dumps(data, indent=2))
    if arguments.write:
        file = Path(abstention.__file__).parent / "models" / f"abstention{'_judged' if arguments.judges else ''}.json"
        file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

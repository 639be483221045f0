"""Fits the weights of the line ranking on training items and reports how well they carry over to unseen agencies.

Usage:
    python benchmarks/fit_line_ranking.py ITEM_FILE... --documents DIR... --cache DIR [--judges DIR] [--write]

Model: a conditional logit. Among the candidate units of one question the probability of each is the softmax of its
weighed signals; the target prefers units that show more of the gold words in fewer words. The penalty pulls the weights
towards the prior below (what the field knows: a dose question wants a dose), so that kinds of questions with few
training items keep sensible weights. Cross-validation leaves out one item file at a time, files about the same
documents together (``--together a,b``). With ``--judges`` the relevance that small models give the lines is a signal
too; each set is judged by a model that has not seen it (see ``answer_inputs.judge_for``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from answer_inputs import ingest, inputs_for, judge_for, usefulness
from question_sets import Item, load_items
from scipy.optimize import minimize

from ragkit.answering import candidates as published
from ragkit.answering.judging import RELEVANCE, Judge

PRIOR = {
    "own_coverage": 2.0,
    "context_coverage": 2.0,
    "section_coverage": 1.5,
    "title_coverage": 1.5,
    "form:reference": 2.0,
    "form:definition": 1.0,
    "form:contraindication": 0.7,
    "form:dose": 0.7,
    "form:time_limit": 0.7,
    "form:documentation": 0.3,
    "asked_unit": 0.5,
    "header_first": 3.0,
    "header_later": 0.5,
    "header_for_governance": 1.0,
    "header_unasked": -1.5,
    "list_for_criteria": 0.5,
    "list_wanted": 0.3,
    "list_unwanted": -0.3,
    "population_match": 0.7,
    "defines": 1.5,
    "above:contraindication": 0.7,
    "above:documentation": 0.5,
    "above:criteria_list": 0.3,
    "background_section": -1.0,
    RELEVANCE: 0.5,
}
FIXED = {"population_mismatch_adult": -3.0, "population_mismatch_young": -3.0, "other_than_named": -3.0}
"""Set, not fitted: a dose for the other population is worse than no answer, and who names a policy means that one."""
PRIOR_STRENGTH = 1.0
COST_OF_A_WORD = 0.003
FREE_WORDS = 15
TEMPERATURE = 0.12
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The candidates of one question: a row of signals each, how useful each is, how many words it shows."""

    signals: Sequence[Mapping[str, float]]
    useful: Array
    words: Array


def choices_of(path: Path, items: Sequence[Item], judge: Judge | None) -> list[Choice]:
    choices = []
    for inputs in inputs_for(path, [item for item in items if item.answerable], judge, {}):
        if inputs.candidates:
            useful = np.array([usefulness(inputs.item, candidate) for candidate in inputs.candidates])
            words = np.array([float(candidate.words) for candidate in inputs.candidates])
            choices.append(Choice([candidate.features for candidate in inputs.candidates], useful, words))
    return choices


def matrix(signals: Sequence[Mapping[str, float]], names: Sequence[str]) -> Array:
    return np.array([[row.get(name, 0.0) for name in names] for row in signals])


def target(choice: Choice) -> Array:
    value = choice.useful - COST_OF_A_WORD * np.maximum(0, choice.words - FREE_WORDS)
    weight = np.exp((value - value.max()) / TEMPERATURE) * (choice.useful > 0.1)
    return np.asarray(weight / weight.sum())


def fit(choices: Sequence[Choice], names: Sequence[str]) -> Array:
    used = [choice for choice in choices if choice.useful.max() >= 0.15]
    rows = np.concatenate([matrix(choice.signals, names) for choice in used])
    wanted = np.concatenate([target(choice) for choice in used])
    lengths = [len(choice.useful) for choice in used]
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    group = np.repeat(np.arange(len(used)), lengths)
    prior = np.array([(PRIOR | FIXED).get(name, 0.0) for name in names])
    strength = np.array([1e6 if name in FIXED else PRIOR_STRENGTH for name in names])

    def loss(weights: Array) -> tuple[float, Array]:
        scores = rows @ weights
        scores = scores - np.maximum.reduceat(scores, starts)[group]
        exponentials = np.exp(scores)
        totals = np.add.reduceat(exponentials, starts)[group]
        distance = weights - prior
        value = -(wanted * (scores - np.log(totals))).sum() + (strength * distance) @ distance / 2
        return float(value), rows.T @ (exponentials / totals - wanted) + strength * distance

    return np.asarray(minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x)


def evaluate(choices: Sequence[Choice], names: Sequence[str], weights: Array) -> tuple[float, float, float]:
    """Mean share of gold words in the first unit; questions with at least half in it; mean of the best of three."""
    first, half, third = [], [], []
    for choice in choices:
        order = np.argsort(-(matrix(choice.signals, names) @ weights), kind="stable")
        first.append(choice.useful[order[0]])
        half.append(float(choice.useful[order[0]] >= 0.5))
        third.append(choice.useful[order[:3]].max())
    return float(np.mean(first)), float(np.mean(half)), float(np.mean(third))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path, nargs="+")
    parser.add_argument("--documents", type=Path, nargs="+", required=True, help="folders of sites; the first wins")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--together", default="", help="item files about the same documents, comma-separated")
    parser.add_argument(
        "--judges", type=Path, help="folder of models, one for each group of item files it has not seen"
    )
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    arguments = parser.parse_args()
    sets = {path.stem: load_items(path) for path in arguments.items}
    path = ingest(arguments.documents, [item for items in sets.values() for item in items], arguments.cache)
    choices = {name: choices_of(path, items, judge_for(arguments.judges, name)) for name, items in sets.items()}
    seen = {name for group in choices.values() for choice in group for row in choice.signals for name in row}
    names = sorted((seen | set(PRIOR) | set(FIXED)) - (set() if arguments.judges else {RELEVANCE}))
    together = set(filter(None, arguments.together.split(",")))
    for held in choices:
        apart = together if held in together else {held}
        weights = fit([choice for name, group in choices.items() if name not in apart for choice in group], names)
        shown = "  ".join(f"{value:.3f}" for value in evaluate(choices[held], names, weights))
        print(f"{held:16} first unit, half or more, best of three: {shown}", flush=True)
    weights = fit([choice for group in choices.values() for choice in group], names)
    table = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if abs(weight) >= 0.005}
    print(json.dumps(table, indent=2))
    if arguments.write:
        file = Path(published.__file__).parent / "models" / f"line_ranking{'_judged' if arguments.judges else ''}.json"
        description = "Weights of the line ranking, by signal. Fitted by benchmarks/fit_line_ranking.py."
        file.write_text(json.dumps({"description": description, "weights": table}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

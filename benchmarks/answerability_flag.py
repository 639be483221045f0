"""What a language model's flag "the lines do not answer this" is worth, added to the signals of the abstention model.

Usage:
    python benchmarks/answerability_flag.py CONFIGURATION... [--json FILE]

Every question of the configurations (``eval/gate.toml``, ``eval/real.toml``) is searched and decided without a model.
Then a model is assumed that says "answers" for answerable questions with probability ``sensitivity`` and "does not
answer" for unanswerable ones with probability ``specificity``, independently of the signals, and the two are combined
by ``ragkit.answering.generation.answerability.combine``. Expected values are computed, not sampled. A real model is
measured by ``ragkit eval run`` with its deployment; this tells how good it has to be before its flag helps.

Columns: over-refusal (of the answerable questions), refused (of the unanswerable ones), complete (answerable questions
whose selected lines hold all that has to be there and are shown).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ragkit import KnowledgeBase
from ragkit.answering.abstention import Decision
from ragkit.answering.answer import SHOWN
from ragkit.answering.generation.answerability import UNMEASURED, FlagWorth, combine, worth_asking
from ragkit.conversation.asked_question import read_question
from ragkit.evaluation.configuration import EvaluationConfiguration, load_configuration
from ragkit.evaluation.matching import contains_nugget
from ragkit.evaluation.pipeline import load_questions
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.running.knowledge_base import opened

MODELS = (
    (1.0, 0.0),
    (0.5, 0.5),
    (0.8, 0.4),
    (0.9, 0.3),
    (0.7, 0.7),
    (0.9, 0.6),
    (0.8, 0.8),
    (0.9, 0.9),
    (0.95, 0.95),
    (1.0, 1.0),
)
"""Sensitivity and specificity of the assumed models: one that always says yes, a coin, lenient,
middling and good ones, and one that knows."""


@dataclass(frozen=True)
class Case:
    """One question as the extractive answerer decides it."""

    decision: Decision
    answerable: bool
    complete: bool


def cases_of(configuration: EvaluationConfiguration) -> list[Case]:
    """The questions of a configuration, without their variants; those that name nothing searchable are left out."""
    questions = load_questions(configuration)
    today = configuration.questions.today or questions.today or date.today()
    with opened(configuration.knowledge_base, configuration.run.cache) as kb:
        found = [_case(kb, question, day_of(question, today)) for question in questions.questions]
    return [case for case in found if case is not None]


def _case(kb: KnowledgeBase, question: Question, day: date) -> Case | None:
    with kb._store.snapshot():
        scope = kb._scope(question.site, asker(question), day)
        groundwork, _ = kb._extractive(read_question(question.question).text, scope, day)
    if groundwork is None:
        return None
    selection = groundwork.selection
    shown = "\n".join(selection.document.text[span.start : span.end] for span in selection.spans) if selection else ""
    complete = question.answerable and all(contains_nugget(shown, nugget) for nugget in question.must_have)
    return Case(groundwork.decision, question.answerable, complete)


@dataclass(frozen=True)
class Rates:
    """Expected shares; see the module."""

    over_refusal: float
    refused: float
    complete: float


def rates(cases: Sequence[Case], sensitivity: float, specificity: float, worth: FlagWorth | None) -> Rates:
    """What a model of this quality makes of the cases.

    Args:
        cases: the questions.
        sensitivity: of the assumed model.
        specificity: of the assumed model.
        worth: what ``combine`` believes of it; None for no model at all.
    """
    shown = {True: 0.0, False: 0.0}
    complete = 0.0
    for case in cases:
        says_yes = sensitivity if case.answerable else 1 - specificity
        probability = _shown(case.decision, says_yes, worth)
        shown[case.answerable] += probability
        complete += probability * case.complete
    answerable = sum(case.answerable for case in cases)
    unanswerable = len(cases) - answerable
    return Rates(
        1 - shown[True] / max(answerable, 1), 1 - shown[False] / max(unanswerable, 1), complete / max(answerable, 1)
    )


def _shown(decision: Decision, says_yes: float, worth: FlagWorth | None) -> float:
    """Probability that lines are shown; a question about which no model is asked stays as decided."""
    if worth is None or not worth_asking(decision, worth):
        return float(decision.status in SHOWN)
    yes, no = (combine(decision, flag, verified=True, worth=worth) in SHOWN for flag in (True, False))
    return says_yes * yes + (1 - says_yes) * no


def believed(sensitivity: float, specificity: float) -> FlagWorth:
    """A model that was measured, and is believed to be as good as it is (but never sure)."""
    return FlagWorth(min(sensitivity, 0.98), min(specificity, 0.98), UNMEASURED.rescued_above)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configurations", type=Path, nargs="+")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    arguments = parser.parse_args()
    figures: dict[str, list[dict[str, object]]] = {}
    for path in arguments.configurations:
        cases = cases_of(load_configuration(path))
        answerable = sum(case.answerable for case in cases)
        table = Table(title=f"{path}: {answerable} answerable, {len(cases) - answerable} unanswerable questions")
        for column in ("model (sensitivity, specificity)", "believed", "over-refusal", "refused", "complete"):
            table.add_column(column)
        rows = [("none", "", rates(cases, 1.0, 1.0, None))]
        for model in MODELS:
            name = f"{model[0]:.2f}, {model[1]:.2f}"
            rows.append((name, "unmeasured", rates(cases, *model, UNMEASURED)))
            if sum(model) > 1:
                rows.append((name, "as it is", rates(cases, *model, believed(*model))))
        for name, belief, each in rows:
            table.add_row(name, belief, f"{each.over_refusal:.3f}", f"{each.refused:.3f}", f"{each.complete:.3f}")
        Console(width=110).print(table)
        figures[str(path)] = [{"model": name, "believed": belief, **vars(each)} for name, belief, each in rows]
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The evaluation harness: question sets, metrics, statistics, gate, report. Uses only the public API of ragkit.

The public names are loaded when they are first used, so that importing ragkit stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragkit.evaluation.configuration import EvaluationConfiguration as EvaluationConfiguration
    from ragkit.evaluation.configuration import load_configuration as load_configuration
    from ragkit.evaluation.pipeline import Decision as Decision
    from ragkit.evaluation.pipeline import evaluate as evaluate
    from ragkit.evaluation.pipeline import run_gate as run_gate
    from ragkit.evaluation.questions.checking import check_question_set as check_question_set
    from ragkit.evaluation.questions.question import GoldSpan as GoldSpan
    from ragkit.evaluation.questions.question import Question as Question
    from ragkit.evaluation.questions.question import QuestionSet as QuestionSet
    from ragkit.evaluation.questions.question import Variant as Variant
    from ragkit.evaluation.questions.reading import load_question_set as load_question_set
    from ragkit.evaluation.record import Record as Record
    from ragkit.evaluation.report.writing import write_reports as write_reports
    from ragkit.evaluation.results import Results as Results
    from ragkit.evaluation.running.runner import run_questions as run_questions

_HOMES = {
    "Decision": "ragkit.evaluation.pipeline",
    "EvaluationConfiguration": "ragkit.evaluation.configuration",
    "GoldSpan": "ragkit.evaluation.questions.question",
    "Question": "ragkit.evaluation.questions.question",
    "QuestionSet": "ragkit.evaluation.questions.question",
    "Record": "ragkit.evaluation.record",
    "Results": "ragkit.evaluation.results",
    "Variant": "ragkit.evaluation.questions.question",
    "check_question_set": "ragkit.evaluation.questions.checking",
    "evaluate": "ragkit.evaluation.pipeline",
    "load_configuration": "ragkit.evaluation.configuration",
    "load_question_set": "ragkit.evaluation.questions.reading",
    "run_gate": "ragkit.evaluation.pipeline",
    "run_questions": "ragkit.evaluation.running.runner",
    "write_reports": "ragkit.evaluation.report.writing",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Loads a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ragkit.evaluation' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

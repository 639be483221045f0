"""What came of a run with the real model, in numbers for people."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ragkit.answering.answer import Rung
from ragkit.evaluation.metrics.answers import complete, must_have, no_forbidden_string
from ragkit.evaluation.record import Record
from tests_real_model.asking import Pair

_QUOTED = re.compile(r"“[^”]*”:?\s*")
_AT_THE_WORDS = re.compile(r"[:“]")


def figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Counts of answers and statements, tokens and seconds; the keys are the rows of the table."""
    statements = [each for pair in pairs for each in pair.composed.answer.statements]
    answerable = [pair for pair in pairs if pair.question.answerable]
    silent = [pair for pair in pairs if not pair.question.answerable]
    asked = [pair for pair in pairs if pair.model_was_asked]
    steps = [step for pair in asked for step in pair.composed.answer.trace.ladder if step.output_tokens]
    return {
        "questions (answerable, unanswerable)": f"{len(pairs)} ({len(answerable)}, {len(silent)})",
        "questions in which the model replied": len(asked),
        "answers shown, extractive": sum(pair.extractive.shown for pair in pairs),
        "answers shown, with the model": sum(pair.composed.shown for pair in pairs),
        "answers with a composed statement": sum(_composes(pair.composed) for pair in pairs),
        "statements composed": sum(each.composed for each in statements),
        "statements verbatim": sum(not each.composed for each in statements),
        "complete (answerable), extractive": _mean(complete(pair.extractive) for pair in answerable),
        "complete (answerable), with the model": _mean(complete(pair.composed) for pair in answerable),
        "must-have share, extractive": _mean(must_have(p.extractive) for p in answerable if p.question.must_have),
        "must-have share, with the model": _mean(must_have(p.composed) for p in answerable if p.question.must_have),
        "unanswerable answered, extractive": sum(pair.extractive.shown for pair in silent),
        "unanswerable answered, with the model": sum(pair.composed.shown for pair in silent),
        "forbidden strings shown, extractive": sum(no_forbidden_string(pair.extractive) == 0 for pair in pairs),
        "forbidden strings shown, with the model": sum(no_forbidden_string(pair.composed) == 0 for pair in pairs),
        "tokens of prompts (median, largest)": _spread([step.input_tokens for step in steps]),
        "tokens of replies (median, largest)": _spread([step.output_tokens for step in steps]),
        "seconds an answer (median, longest)": _spread([pair.composed.milliseconds / 1000 for pair in asked]),
        "last rung": _counted(pair.composed.answer.trace.ladder[-1].rung.value for pair in pairs),
        "language model's outcomes": _counted(
            step.outcome
            for pair in pairs
            for step in pair.composed.answer.trace.ladder
            if step.rung is Rung.LANGUAGE_MODEL
        ),
        "dropped, by first reason": _counted(
            _kind(reason) for pair in pairs for reason in pair.composed.answer.trace.dropped
        ),
    }


def table(found: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in found.items())])


def _kind(dropped: str) -> str:
    """The reason without the words that it is about: “…”: not in the cited lines: fire -> not in the cited lines."""
    reason = _QUOTED.sub("", dropped).strip(" :").split(";")[0]
    return _AT_THE_WORDS.split(reason)[0].strip()


def _composes(record: Record) -> bool:
    return record.answer is not None and any(statement.composed for statement in record.answer.statements)


def _mean(values: Iterable[float]) -> str:
    found = list(values)
    return f"{statistics.fmean(found):.3f}" if found else "none"


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.5g}, {max(values):.5g}" if values else "none"


def _counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in Counter(names).most_common()) or "none"

"""The baseline: what an accepted run said, question by question, in a file that is committed and diffs well in git.

Every question has a few lines of its own, keys are sorted, numbers are rounded to six digits, and nothing in the file
depends on time or machine (no durations): two runs of the same code on the same documents write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ragkit.answering.answer import AnswerStatus
from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.verdict import some
from ragkit.evaluation.metrics.base import Family
from ragkit.evaluation.record import Record
from ragkit.evaluation.results import Results, RunIdentity

DIGITS = 6
"""Digits after the point to which a baseline's values are rounded; nothing smaller is a difference."""


class CitedSpan(BaseModel):
    """A span that the baseline's answer cited."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: str
    version: str
    start: int
    end: int
    page: int | None = None
    quote: str


class BaselineAnswer(BaseModel):
    """What the accepted run said to one question.

    Attributes:
        gold: hash of the question with its gold; a question that was edited cannot be compared.
        status: of the answer.
        answer: its text; "" for variants, whose wording no report shows.
        citations: the spans it cited; none for variants.
        values: metric name -> value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gold: str
    status: AnswerStatus
    answer: str = ""
    citations: tuple[CitedSpan, ...] = ()
    values: dict[str, float] = {}


class Baseline(BaseModel):
    """An accepted run.

    Attributes:
        format, version: of the file.
        name: of the question sets.
        identity: what the run depended on.
        questions: question id (variants "id~kind-number") -> what was said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["ragkit-baseline"] = "ragkit-baseline"
    version: Literal[1] = 1
    name: str
    identity: RunIdentity
    questions: dict[str, BaselineAnswer]

    @cached_property
    def metrics(self) -> Mapping[str, Mapping[str, float]]:
        """Metric name -> question id -> value."""
        turned: dict[str, dict[str, float]] = {}
        for key, said in self.questions.items():
            for name, value in said.values.items():
                turned.setdefault(name, {})[key] = value
        return turned

    @property
    def answers(self) -> Mapping[str, str]:
        """Question id -> the text of its answer, for the questions in their own words."""
        return {key: said.answer for key, said in self.questions.items() if said.answer}


def gold_hash(record: Record) -> str:
    """Changes when the words asked, the person who asks or anything known about the right answer changes.

    Categories, tags, notes and a question's other variants do not count: they change no value.
    """
    known = record.question.model_dump(mode="json", exclude={"variants", "notes", "tags", "category", "group"})
    content = json.dumps([record.asked, known], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def baseline_of(results: Results) -> Baseline:
    """The baseline that a run would be.

    Raises:
        EvaluationError: a question errored: a run with errors is not what others should be held against.
    """
    errored = [record.key for record in results.records if record.error or record.answer is None]
    if errored:
        raise EvaluationError(
            f"{len(errored)} questions errored ({some(errored)}): a run with errors cannot be a baseline. "
            "Mend them and run again."
        )
    metrics = {name: values for name, values in results.metrics.items() if not name.startswith(f"{Family.COST}.")}
    questions = {record.key: _said(record, metrics) for record in results.records}
    return Baseline(name=results.name, identity=results.identity, questions=questions)


def _said(record: Record, metrics: Mapping[str, Mapping[str, float]]) -> BaselineAnswer:
    answer = record.answer
    assert answer is not None  # baseline_of has looked
    own = record.variant is None
    spans = tuple(
        CitedSpan.model_validate(citation.model_dump(include=set(CitedSpan.model_fields)))
        for citation in answer.citations
    )
    values = {name: round(per[record.key], DIGITS) for name, per in metrics.items() if record.key in per}
    return BaselineAnswer(
        gold=gold_hash(record),
        status=answer.status,
        answer=answer.text if own else "",
        citations=spans if own else (),
        values=values,
    )


def write_baseline(results: Results, path: str | os.PathLike[str]) -> Baseline:
    """Writes a run as the baseline that later runs are held against.

    Returns:
        What was written.

    Raises:
        EvaluationError: a question errored, or the file cannot be written.
    """
    baseline = baseline_of(results)
    text = "\n".join(_written(baseline.model_dump(mode="json"), "")) + "\n"
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise EvaluationError(f"The baseline {path} cannot be written: {error}.") from error
    return baseline


def read_baseline(path: str | os.PathLike[str]) -> Baseline:
    """Reads a baseline.

    Raises:
        EvaluationError: there is no such file, or it is no baseline of this format; the message names what is wrong.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvaluationError(
            f"There is no baseline at {path}. Write one from a run that you accept, and commit it."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"The baseline {path} cannot be read: {error}.") from error
    except json.JSONDecodeError as error:
        raise EvaluationError(
            f"The baseline {path} is not JSON (line {error.lineno}: {error.msg}). A merge may have damaged it: "
            "write a new one from a run that you accept."
        ) from error
    if not isinstance(data, dict) or data.get("format") != "ragkit-baseline":
        raise EvaluationError(f'{path} is not a baseline: it lacks the line "format": "ragkit-baseline".')
    if data.get("version") != 1:
        raise EvaluationError(
            f"The baseline {path} has version {data.get('version')}; this ragkit reads version 1. Write a new one."
        )
    try:
        return Baseline.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise EvaluationError(
            f"The baseline {path} is damaged at {where}: {first['msg']} ({error.error_count()} errors). "
            "Write a new one from a run that you accept."
        ) from error


def _written(value: Any, indent: str, depth: int = 3) -> list[str]:
    """JSON with sorted keys that is broken into lines down to a question's fields; what is deeper stays on one line."""
    if depth == 0 or not isinstance(value, dict | list) or not value:
        return [json.dumps(_short(value), ensure_ascii=False, sort_keys=True)]
    inner = indent + " "
    heads = [f"{json.dumps(key, ensure_ascii=False)}: " for key in sorted(value)] if isinstance(value, dict) else []
    items = [value[key] for key in sorted(value)] if isinstance(value, dict) else value
    lines = ["{" if isinstance(value, dict) else "["]
    for number, item in enumerate(items):
        written = _written(item, inner, depth if isinstance(item, list) and depth == 1 else depth - 1)
        written[0] = inner + (heads[number] if heads else "") + written[0]
        written[-1] += "," if number < len(items) - 1 else ""
        lines += written
    return [*lines, indent + ("}" if isinstance(value, dict) else "]")]


def _short(value: Any) -> Any:
    """Whole numbers without their ".0"."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    return [_short(item) for item in value] if isinstance(value, list) else value

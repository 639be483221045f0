"""Known-bad answers: judged like real ones, each of them has to fail. They prove that the judge is awake.

A scorer that calls everything supported, a metric that skips what it cannot read, a check that was switched off: all of
them give perfect figures on real answers. On an answer with a changed dose, a dropped "not" or a citation number that
was made up they give themselves away. A file of known-bad answers:

```yaml
format: ragkit-must-fail
version: 1
cases:
- id: dose-ten-times-too-high
  question: flush-volume            # id of a question of the set, or the fields of a question
  statements:
  - text: Flush the port with 50 mL.
    citations: [1]
  citations:
  - document: ports.md              # as in a question's gold
    quote: Flush the port with 5 mL.
  must_fail: [citations.statement_support]
  why: The number is not the one of the cited words.
```

``must_fail`` names the metrics that each have to fail: a required value is missed, a pass-or-fail metric says no, a
graded share is 0.5 or worse, a count that should be 0 is 1 or more. Written as a mapping (``answers.must_have: 0.7``)
it gives a limit of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ragkit.answering.answer import AnswerStatus
from ragkit.errors import EvaluationError
from ragkit.evaluation.metrics.base import Metric, MetricValues
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.record import Record

GRADED_LIMIT = 0.5
"""A graded share fails at this value or worse, unless the case says otherwise."""

Measure = Callable[[Sequence[Record]], tuple[Sequence[MetricValues], Mapping[str, str]]]
"""Measures records as those of a run are; gives the values, and for each record that could not be judged why not."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BadStatement(_Part):
    """A statement of a known-bad answer, with the numbers of the citations that it claims."""

    text: str
    citations: tuple[int, ...] = ()


class BadCitation(_Part):
    """A citation of a known-bad answer.

    Attributes:
        document: as in ``GoldSpan.document``.
        quote: its words; where they do not stand in the document the citation does not resolve.
        version: None for the version in force on the day asked about, or any where none is.
        page: the page it claims; None for the page on which the quote stands.
        number: None for its place in the list, from 1.
    """

    document: str = Field(min_length=1)
    quote: str = Field(min_length=1)
    version: str | None = None
    page: int | None = Field(default=None, ge=1)
    number: int | None = Field(default=None, ge=1)


class MustFailCase(_Part):
    """A known-bad answer and the metrics that must fail it.

    Attributes:
        id: unique among all cases.
        question: the question's id, or the question itself.
        status: what the answer says of itself.
        statements, citations: the answer.
        must_fail: metric -> limit, or None for the metric's own (module docstring).
        why: what is wrong with it, for the person who reads that it passed.
    """

    id: str = Field(min_length=1)
    question: str | Question
    status: AnswerStatus = AnswerStatus.ANSWERED
    statements: tuple[BadStatement, ...] = ()
    citations: tuple[BadCitation, ...] = ()
    must_fail: dict[str, float | None] = Field(min_length=1)
    why: str = Field(min_length=1)

    @field_validator("must_fail", mode="before")
    @classmethod
    def _list_or_mapping(cls, value: Any) -> Any:
        return dict.fromkeys(value) if isinstance(value, list | tuple) else value


class _File(_Part):
    format: Literal["ragkit-must-fail"]
    version: Literal[1]
    cases: tuple[MustFailCase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> _File:
        ids = [case.id for case in self.cases]
        if len(ids) != len(set(ids)):
            raise ValueError(f"an id is used twice: {next(id for id in ids if ids.count(id) > 1)}")
        return self


class MustFailOutcome(BaseModel):
    """How a known-bad answer was judged.

    Attributes:
        case: which.
        caught: whether every named metric failed it.
        values: of the named metrics; None where a metric did not apply.
        message: which metrics let it pass, or why it could not be judged; "" where it was caught.
    """

    model_config = ConfigDict(frozen=True)

    case: MustFailCase
    caught: bool
    values: dict[str, float | None]
    message: str = ""


def load_must_fail(paths: Iterable[str | os.PathLike[str]]) -> tuple[MustFailCase, ...]:
    """The known-bad answers of some files.

    Raises:
        EvaluationError: a file cannot be read or is malformed; the message names file, case and field of every error.
    """
    cases: dict[str, MustFailCase] = {}
    problems: list[str] = []
    for path in paths:
        found, wrong = _read(Path(path))
        problems += wrong
        for case in found:
            if case.id in cases:
                problems.append(f"{path}: {case.id}: the id is used in another file too")
            cases[case.id] = case
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise EvaluationError(f"The known-bad answers have {len(problems)} errors:\n{listed}")
    return tuple(cases.values())


def _read(path: Path) -> tuple[tuple[MustFailCase, ...], list[str]]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _File.model_validate(data).cases, []
    except OSError as error:
        return (), [f"{path}: cannot be read: {error.strerror or error}"]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return (), [f"{path}: is no valid YAML: {error}"]
    except ValidationError as error:
        return (), [f"{path}: {_place(detail['loc'], data)}: {detail['msg']}" for detail in error.errors()]


def _place(location: tuple[int | str, ...], data: Any) -> str:
    """The way to a field, with the id of its case in the place of "cases.3"."""
    if len(location) > 1 and location[0] == "cases" and isinstance(location[1], int):
        case = data["cases"][location[1]]
        name = case.get("id") if isinstance(case, dict) else None
        return ".".join([str(name or f"case {location[1] + 1}"), *map(str, location[2:])])
    return ".".join(map(str, location)) or "the file"


def question_of(case: MustFailCase, questions: Mapping[str, Question]) -> Question:
    """The case's question under the case's id, so that several cases can share a question.

    Raises:
        EvaluationError: the set has no question of that id.
    """
    question = questions.get(case.question) if isinstance(case.question, str) else case.question
    if question is None:
        raise EvaluationError(
            f"The known-bad answer {case.id} belongs to the question {case.question}, which is not in the question set."
        )
    return question.model_copy(update={"id": case.id, "variants": ()})


def judge_must_fail(
    cases: Sequence[MustFailCase], records: Sequence[Record], measure: Measure
) -> tuple[MustFailOutcome, ...]:
    """Judges known-bad answers with the metrics and the scorer of the run.

    Args:
        cases: the known-bad answers.
        records: of them, in the same order (``known_bad.known_bad_records``).
        measure: how the run's own records are measured.

    Returns:
        One outcome for each case, in order. A case that cannot be judged is not caught: it proves nothing.
    """
    measured, errors = measure(records)
    by_name = {values.metric.name: values for values in measured}
    return tuple(
        _outcome(case, record, by_name, errors.get(record.key) or record.error)
        for case, record in zip(cases, records, strict=True)
    )


def _outcome(
    case: MustFailCase, record: Record, measured: Mapping[str, MetricValues], error: str | None
) -> MustFailOutcome:
    values = {name: measured[name].values.get(record.key) if name in measured else None for name in case.must_fail}
    if error:
        return MustFailOutcome(case=case, caught=False, values=values, message=f"could not be judged: {error}")
    passed = []
    for name, limit in case.must_fail.items():
        value = values[name]
        if name not in measured:
            passed.append(f"{name} does not exist")
        elif value is None:
            passed.append(f"{name} did not apply")
        elif not fails(measured[name].metric, value, limit):
            passed.append(f"{name} is {value:g}")
    message = f"{', '.join(passed)} ({case.why})" if passed else ""
    return MustFailOutcome(case=case, caught=not passed, values=values, message=message)


def fails(metric: Metric, value: float, limit: float | None = None) -> bool:
    """Whether a value is a failure: beyond the limit, or by the metric's own nature (module docstring)."""
    sign = 1 if metric.higher_is_better else -1
    if limit is None and metric.required is not None:
        return sign * (metric.required - value) > 0
    if limit is None and metric.binary:
        return value == metric.worst
    if limit is None:
        limit = GRADED_LIMIT if metric.unit == "share" else 1.0
    return sign * (limit - value) >= 0

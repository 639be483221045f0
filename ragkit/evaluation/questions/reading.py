"""Reads question sets: YAML and JSON Lines, one file or several. Every error of every question is named at once."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ragkit.errors import QuestionSetError
from ragkit.evaluation.questions.problem import Problem, Severity
from ragkit.evaluation.questions.question import GoldSpan, Question, QuestionSet, Variant
from ragkit.evaluation.questions.raw import Location, RawFile, RawQuestion, dotted, read_raw
from ragkit.evaluation.questions.wording import field_errors

FORMAT = "ragkit-questions"
VERSION = 1
"""The newest version of the format that this ragkit reads."""

_MODELS: dict[Location, type[BaseModel]] = {(): Question, ("gold",): GoldSpan, ("variants",): Variant}
_NAMES = 3
_NOT_LEFT_OPEN = "names nobody: write [staff] for any signed-in person, or null for somebody who has not signed in"

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


class _Header(BaseModel):
    """The header of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    version: int = VERSION
    name: str = ""
    today: date | None = None


@dataclass(frozen=True)
class Place:
    """Where a question stands: file and lines."""

    file: str
    raw: RawQuestion

    def problem(self, question: str, location: Location, message: str, severity: Severity = Severity.ERROR) -> Problem:
        """A problem of one field of this question."""
        return Problem(
            message=message,
            file=self.file,
            line=self.raw.line(location),
            question=question,
            field=dotted(location),
            severity=severity,
        )


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes:
        question_set: the questions that are right; the header's name and day.
        problems: everything that is wrong, in the order of the files and lines.
        places: question id -> where it stands.
    """

    question_set: QuestionSet
    problems: tuple[Problem, ...]
    places: dict[str, Place]


def load_question_set(
    paths: Paths, *, base: Path | None = None, roles: tuple[str, ...] | None = ("staff",), exclude: Sequence[str] = ()
) -> QuestionSet:
    """A question set from its files.

    Args:
        paths: one path or glob pattern, or several.
        base: the folder that relative ones are relative to; None for the current one.
        roles: the roles of questions that name none.
        exclude: paths or patterns of files that a pattern meets and that are no questions.

    Raises:
        QuestionSetError: a file cannot be read, or a question is malformed; the message has one line for each error,
            with file, line, question and field.
    """
    reading = read_question_set(paths, base=base, roles=roles, exclude=exclude)
    if reading.problems:
        count = len(reading.problems)
        listed = "\n".join(f"  {problem}" for problem in reading.problems)
        raise QuestionSetError(f"The question set has {count} error{'s' if count > 1 else ''}:\n{listed}")
    return reading.question_set


def read_question_set(
    paths: Paths, *, base: Path | None = None, roles: tuple[str, ...] | None = ("staff",), exclude: Sequence[str] = ()
) -> Reading:
    """The same as ``load_question_set``, for a person who mends the files: nothing is raised, everything is told."""
    files, problems = question_files(paths, base=base, exclude=exclude)
    read = [_FileReader(read_raw(path, name), roles) for name, path in files.items()]
    questions: list[Question] = []
    places: dict[str, Place] = {}
    for file in read:
        problems += file.problems
        for question, place in file.questions:
            first = places.get(question.id)
            if first is not None:
                message = f"the id is used already in {first.file}:{first.raw.line(())}; ids are unique in a set"
                problems.append(place.problem(question.id, ("id",), message))
                continue
            places[question.id] = place
            questions.append(question)
    if not questions and not problems:
        problems.append(Problem(message="there is no question", file=", ".join(files)))
    problems += _different_days(read)
    today = next((file.header.today for file in read if file.header.today), None)
    question_set = QuestionSet(name=_name_of(read), today=today, questions=tuple(questions))
    return Reading(question_set, tuple(problems), places)


def _name_of(read: Sequence[_FileReader]) -> str:
    """The names of the files, or what they begin with where there are many; without a header the file's own name."""
    names = list(dict.fromkeys(file.header.name or Path(file.name).stem for file in read))
    if len(names) <= _NAMES:
        return " + ".join(names)
    first, last = min(names), max(names)
    shared = next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return first[:shared].rstrip(" -_.:") or f"{names[0]} and {len(names) - 1} more"


def question_files(
    paths: Paths, *, base: Path | None = None, exclude: Sequence[str] = ()
) -> tuple[dict[str, Path], list[Problem]]:
    """The files that paths and patterns name, by the name that messages call them, and what names none."""
    wanted = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    folder = base or Path()
    left_out = {found.resolve() for pattern in exclude for found in _matching(os.fspath(pattern), folder)}
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    for name in [os.fspath(path) for path in wanted]:
        found = [path for path in _matching(name, folder) if path.resolve() not in left_out]
        if not found:
            problems.append(
                Problem(message="matches no file" if glob.has_magic(name) else "there is no such file", file=name)
            )
        files |= {_shown(path, folder): path for path in found}
    return files, problems


def _matching(name: str, folder: Path) -> list[Path]:
    if glob.has_magic(name) and not (folder / name).exists():
        # Path.glob refuses absolute patterns
        found = sorted(glob.glob(str(folder / name), recursive=True))  # noqa: PTH207
        return [Path(path) for path in found if Path(path).is_file()]
    return [folder / name] if (folder / name).is_file() else []


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


class _FileReader:
    """Validates one file: its header, then every question."""

    def __init__(self, raw: RawFile, roles: tuple[str, ...] | None) -> None:
        self.name = raw.name
        self.top = Place(raw.name, raw.header)
        self.header = _Header()
        self.questions: list[tuple[Question, Place]] = []
        self._roles = roles
        if foreign := _foreign(self.top):  # all else would be wrong as well, and tell nothing
            self.problems = [foreign]
            return
        self.problems = list(raw.problems)
        self._validate_header()
        for number, question in enumerate(raw.questions, start=1):
            self._validate(question, number)

    def _validate_header(self) -> None:
        data = self.top.raw.data
        try:
            self.header = _Header.model_validate(data)
        except ValidationError as error:
            found = field_errors(error, data, {(): QuestionSet})
            self.problems += [self.top.problem("", location, message) for location, message in found]

    def _validate(self, raw: RawQuestion, number: int) -> None:
        place = Place(self.name, raw)
        data = _own_format(raw.data)
        if not isinstance(data, dict):
            self.problems.append(place.problem(f"question {number}", (), "must be a mapping of fields"))
            return
        if "roles" not in data:
            data["roles"] = self._roles
        name = str(data.get("id") or f"question {number}")
        wrong = list(_beyond_types(data))
        try:
            question = Question.model_validate(data)
        except ValidationError as error:
            wrong += field_errors(error, data, _MODELS)
        else:
            if not wrong:
                self.questions.append((question, place))
        self.problems += [place.problem(name, location, message) for location, message in wrong]


def _foreign(top: Place) -> Problem | None:
    """Says so if a file is of another format, or of a version of this one that is not known."""
    written, version = top.raw.data.get("format", FORMAT), top.raw.data.get("version", VERSION)
    if written != FORMAT:
        message = f"is {written!r}, no question set ({FORMAT!r})"
        return top.problem("", ("format",), message)
    if isinstance(version, int) and version != VERSION:
        known = "newer than this ragkit reads; update ragkit" if version > VERSION else "unknown"
        return top.problem("", ("version",), f"format version {version} is {known} (it reads version {VERSION})")
    return None


def _own_format(data: Any) -> Any:
    """A question with ``file`` of its gold spans read as ``document``; the written one is not changed."""
    if not isinstance(data, dict):
        return data
    gold = data.get("gold")
    if isinstance(gold, list):
        return data | {"gold": [_named(span) for span in gold]}
    return dict(data)


def _named(span: Any) -> Any:
    if isinstance(span, dict) and "file" in span and "document" not in span:
        return {"document" if key == "file" else key: value for key, value in span.items()}
    return span


def _beyond_types(data: dict[str, Any]) -> Iterator[tuple[Location, str]]:
    """What the types allow and a person has surely not meant."""
    if isinstance(data.get("question"), str) and not data["question"].strip():
        yield ("question",), "must not be empty"
    if data.get("roles") in ([], ()):
        yield ("roles",), _NOT_LEFT_OPEN
    for name in ("must_have", "nice_to_have", "forbidden"):
        values = data.get(name)
        for position, value in enumerate(values if isinstance(values, list) else ()):
            if value in ([], ()) or (isinstance(value, str) and not value.strip()):
                yield (name, position), "must not be empty"


def _different_days(read: Sequence[_FileReader]) -> Iterator[Problem]:
    """Files of one set that are asked on different days: no day is right for all."""
    dated = [file for file in read if file.header.today]
    for file in dated[1:]:
        if file.header.today != dated[0].header.today:
            message = f"{file.header.today} differs from {dated[0].header.today} in {dated[0].name}"
            yield file.top.problem("", ("today",), message)

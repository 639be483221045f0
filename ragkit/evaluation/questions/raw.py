"""The files of a question set as plain data, with the line of every field.

YAML is read as nodes first, since only they know their lines. Dates become dates and nothing else is changed; numbers
stay numbers, so that a text without its quotation marks (``version: 2.10``) is seen as the mistake it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from ragkit.evaluation.questions.problem import Problem

Location = tuple[str | int, ...]
"""The way to a field inside a question: ("gold", 0, "quote")."""

JSON_LINES = frozenset({".jsonl", ".ndjson"})
YAML = frozenset({".yaml", ".yml", ".json"})
_DEEPEST = 12


@dataclass(frozen=True)
class RawQuestion:
    """One question as written.

    Attributes:
        data: what stands there; a mapping, if the file is right.
        lines: 1-based line of every field, by the way to it; the question itself is at ().
    """

    data: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int | None:
        """The line of a field, or of the nearest thing around it that is there."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location)


@dataclass(frozen=True)
class RawFile:
    """One file as written: header fields, questions, and what kept them from being read."""

    name: str
    header: RawQuestion
    questions: tuple[RawQuestion, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Lines:
    """Collects the line of every field, and the fields that are given twice."""

    found: dict[Location, int] = field(default_factory=dict)
    doubled: list[Location] = field(default_factory=list)

    def walk(self, node: yaml.Node, way: Location = ()) -> None:
        """Notes ``node`` and everything below it."""
        self.found[way] = node.start_mark.line + 1
        if len(way) > _DEEPEST:
            return
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in seen:
                    self.doubled.append((*way, name))
                seen.add(name)
                self.walk(value, (*way, name))
                self.found[*way, name] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for position, value in enumerate(node.value):
                self.walk(value, (*way, position))


class _Loader(yaml.SafeLoader):
    """Leaves a date that does not exist as the text it is, so that it is reported with its field."""


def _date(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)


def read_raw(path: Path, name: str) -> RawFile:
    """The contents of one file.

    Args:
        path: the file; JSON Lines (.jsonl, .ndjson) or YAML (.yaml, .yml; JSON is YAML).
        name: how messages call it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return _unreadable(name, f"cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return _unreadable(name, f"is not UTF-8 text (byte {error.start}); save it as UTF-8")
    suffix = path.suffix.lower()
    if suffix in JSON_LINES:
        return _read_json_lines(text, name)
    if suffix in YAML:
        return _read_yaml(text, name)
    known = ", ".join(sorted(JSON_LINES | YAML))
    return _unreadable(name, f"has the ending {suffix or '(none)'}; question sets end in {known}")


def dotted(location: Location) -> str:
    """A way as people read it: "gold.0.quote"."""
    return ".".join(map(str, location))


def _unreadable(name: str, message: str, line: int | None = None) -> RawFile:
    return RawFile(name, RawQuestion({}, {}), problems=(Problem(message=message, file=name, line=line),))


def _read_yaml(text: str, name: str) -> RawFile:
    loader = _Loader(text)
    lines = _Lines()
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            return _unreadable(
                name, "uses aliases (*name); write the values out, so that each question can be read alone"
            )
        node = loader.get_single_node()
        if node is None:
            return _unreadable(name, "is empty")
        lines.walk(node)
        data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _unreadable(name, f"is no valid YAML: {error.problem or error.context}", mark.line + 1 if mark else None)
    except (yaml.YAMLError, ValueError) as error:
        return _unreadable(name, f"is no valid YAML: {error}")
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        return _unreadable(name, "must be a mapping with `questions:` below which each question is an item", 1)
    return _divided(data, lines, name)


def _divided(data: dict[str, Any], lines: _Lines, name: str) -> RawFile:
    """A YAML file's mapping as header and questions."""
    doubled = tuple(
        Problem(message="is given twice", file=name, line=lines.found.get(way), field=dotted(way))
        for way in lines.doubled
    )
    questions = data.get("questions")
    header = RawQuestion({key: value for key, value in data.items() if key != "questions"}, lines.found)
    if not isinstance(questions, list):
        message = "is missing" if "questions" not in data else "must be a list of questions"
        missing = Problem(message=message, file=name, line=lines.found.get(("questions",), 1), field="questions")
        return RawFile(name, header, problems=(*doubled, missing))
    raw = [RawQuestion(question, dict(_below(lines.found, position))) for position, question in enumerate(questions)]
    return RawFile(name, header, tuple(raw), doubled)


def _below(lines: dict[Location, int], position: int) -> Iterator[tuple[Location, int]]:
    """The lines of one question, by the way inside it."""
    for way, line in lines.items():
        if way[:2] == ("questions", position):
            yield way[2:], line


def _read_json_lines(text: str, name: str) -> RawFile:
    """One question a line; a first line with ``format`` is the header."""
    header = RawQuestion({}, {})
    questions: list[RawQuestion] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        doubled: list[str] = []
        try:
            data = json.loads(line, object_pairs_hook=partial(_mapping, doubled))
        except json.JSONDecodeError as error:
            problems.append(
                Problem(message=f"is no valid JSON: {error.msg} (column {error.colno})", file=name, line=number)
            )
            continue
        problems += [Problem(message="is given twice", file=name, line=number, field=key) for key in doubled]
        raw = RawQuestion(data, {(): number})
        if not questions and not header.lines and isinstance(data, dict) and "format" in data:
            header = raw
        else:
            questions.append(raw)
    if not questions and not problems:
        problems.append(Problem(message="is empty", file=name))
    return RawFile(name, header, tuple(questions), tuple(problems))


def _mapping(doubled: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; names that are given twice are noted."""
    names = [key for key, _ in pairs]
    doubled += sorted({key for key in names if names.count(key) > 1})
    return dict(pairs)

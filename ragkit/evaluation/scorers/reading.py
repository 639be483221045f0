"""Reads human-labelled claims: JSON lines, gzipped or plain."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ragkit.errors import EvaluationError
from ragkit.grounding.base import Pair
from ragkit.grounding.verdict import Verdict

_ENDINGS = (".jsonl.gz", ".jsonl")
_SHOWN_ERRORS = 10
POLICY_CLAIMS = "policy claims"


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A claim with its evidence and what people said of it.

    Attributes:
        id: of the item.
        set: name of the labelled set.
        group: items of one group are not independent; the cluster of the intervals.
        pair: claim and evidence.
        label: what people said.
    """

    id: str
    set: str
    group: str
    pair: Pair
    label: Verdict


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    set: str
    group: str
    source: str
    claim: str
    label: Verdict


class _Quote(BaseModel):
    quote: str


class _Claim(BaseModel):
    text: str
    label: Verdict


class _Item(BaseModel):
    id: str
    gold: tuple[_Quote, ...] = ()
    claims: tuple[_Claim, ...] = ()


def read_labelled_sets(directory: Path) -> dict[str, tuple[LabelledPair, ...]]:
    """The labelled sets of a directory and of the folders in it, by name, in order of their files.

    Files of another format are left out. Files of items with claims together make the set "policy claims".

    Raises:
        EvaluationError: the directory does not exist or holds no labelled claims, or a file is malformed.
    """
    if not directory.is_dir():
        raise EvaluationError(f"There is no directory {directory}. Give the one that holds the labelled sets.")
    found: dict[str, list[LabelledPair]] = {}
    for path in sorted((*directory.iterdir(), *directory.glob("*/*"))):
        kind = _kind(path) if path.is_file() and path.name.endswith(_ENDINGS) else ""
        if kind:
            for item in read_policy_claims(path) if kind == "items" else read_labelled_set(path):
                found.setdefault(item.set, []).append(item)
    if not found:
        raise EvaluationError(
            f"{directory} holds no labelled claims. Each line of a .jsonl or .jsonl.gz file has to be an object with "
            '"id", "set", "group", "source", "claim" and "label" (supported, contradicted or unsupported).'
        )
    return {name: tuple(items) for name, items in found.items()}


def _kind(path: Path) -> str:
    """Returns "pairs", "items" or "", by the first line; the errors of the file are told when it is read."""
    first = next(_lines(path), None)
    try:
        content = json.loads(first[1]) if first else {}
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    if {"claim", "label"} & content.keys():
        return "pairs"
    return "items" if {"claims", "gold"} <= content.keys() else ""


def read_labelled_set(path: Path) -> tuple[LabelledPair, ...]:
    """The labelled claims of one file.

    Raises:
        EvaluationError: the file cannot be read, or lines are malformed; names each with its number and field.
    """
    read: list[LabelledPair] = []
    errors: list[str] = []
    seen: dict[str, int] = {}
    for number, text in _lines(path):
        try:
            line = _Line.model_validate_json(text)
        except ValidationError as error:
            errors.append(_told(path, number, error))
            continue
        if line.id in seen:
            errors.append(f"{path.name}, line {number}: id {line.id!r} stands already in line {seen[line.id]}")
        seen[line.id] = number
        read.append(LabelledPair(line.id, line.set, line.group, Pair(line.claim, (line.source,)), line.label))
    _raise(path, errors)
    return tuple(read)


def read_policy_claims(path: Path) -> tuple[LabelledPair, ...]:
    """The claims of items ``{"id", "gold": [{"quote"}], "claims": [{"text", "label"}]}``, held against their quotes.

    Their set is ``POLICY_CLAIMS``; the claims of one item are one group.

    Raises:
        EvaluationError: as ``read_labelled_set``.
    """
    read: list[LabelledPair] = []
    errors: list[str] = []
    for number, text in _lines(path):
        try:
            item = _Item.model_validate_json(text)
        except ValidationError as error:
            errors.append(_told(path, number, error))
            continue
        quotes = tuple(quote.quote for quote in item.gold)
        for index, claim in enumerate(item.claims):
            read.append(
                LabelledPair(f"{item.id}-{index}", POLICY_CLAIMS, item.id, Pair(claim.text, quotes), claim.label)
            )
    _raise(path, errors)
    return tuple(read)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read: {error}. Is it complete, and UTF-8 text?") from error


def _told(path: Path, number: int, error: ValidationError) -> str:
    parts = (f"{'.'.join(map(str, part['loc'])) or 'the line'}: {part['msg']}" for part in error.errors())
    return f"{path.name}, line {number}: {'; '.join(parts)}"


def _raise(path: Path, errors: list[str]) -> None:
    if errors:
        more = f"\n… and {len(errors) - _SHOWN_ERRORS} more" if len(errors) > _SHOWN_ERRORS else ""
        raise EvaluationError(f"{path} has {len(errors)} faulty lines:\n" + "\n".join(errors[:_SHOWN_ERRORS]) + more)

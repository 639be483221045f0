"""How many patient identifiers the default gate finds, and what it takes for one that is none.

    python benchmarks/identifier_gate.py [--set held_out] [--names FILE] [--questions PATH ...] [--case lower] [--show]

The questions are made from the templates in ``benchmarks/identifiers/``, filled with invented names and numbers
from a seeded generator; what fills a slot is the label. ``development`` is what the recognisers were written
against, ``held_out`` was written before them and is not to be looked at while they are mended: it has templates,
forms of numbers and names of its own. ``--names`` takes other names, "given TAB surname" a line: those of the sets
were written by the people who wrote the word lists. For each kind: recall (the whole value lies in what was found),
how often its kind was right too, and precision (what was found touches a labelled value). Intervals are drawn over
templates, not over fills, since fills of one template are found or missed together. ``--questions`` names question
sets (``.yaml`` files or folders of ragkit's own format, ``.jsonl`` with a "question") without identifiers: every
find in them is printed. Questions of the category "patient_identifier" are left out there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from ragkit.evaluation.statistics.bootstrap import mean_interval
from ragkit.evaluation.statistics.interval import Interval
from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.gate import default_gate

FOLDER = Path(__file__).parent / "identifiers"
KINDS = {
    "full": IdentifierKind.NAME,
    "surname": IdentifierKind.NAME,
    "given": IdentifierKind.NAME,
    "initialled": IdentifierKind.NAME,
    "comma_name": IdentifierKind.NAME,
    "record": IdentifierKind.RECORD_NUMBER,
    "account": IdentifierKind.ACCOUNT_NUMBER,
    "phone": IdentifierKind.PHONE,
    "email": IdentifierKind.EMAIL,
    "ssn": IdentifierKind.SOCIAL_SECURITY_NUMBER,
    "birth": IdentifierKind.BIRTH_DATE,
    "old": IdentifierKind.AGE_OVER_89,
}
DOSES = ["500 mg", "2 g", "0.5 mL", "1,000 units", "25 mcg/h", "30 mL/kg", "10 mEq", "81 mg"]
LABS = ["3.1", "18", "94", "250", "0.9", "7.35", "101.5", "6.2"]
_SLOT = re.compile(r"\{(\w+)\}")
console = Console(width=150, highlight=False, markup=False)


@dataclass(frozen=True)
class Labelled:
    """A question with the spans that identify, and the template it was made from."""

    text: str
    template: str
    labels: tuple[Identifier, ...]


class Filler:
    """Invented values in the forms of one set."""

    def __init__(self, forms: dict[str, list[str]], names: list[tuple[str, str]], case: str, seed: int) -> None:
        self.case = case
        self.forms = forms
        self.names = names or [(given, surname) for given in forms["given"] for surname in forms["surname"]]
        self.random = random.Random(seed)

    def fill(self, template: str) -> Labelled:
        """The template with its slots filled."""
        text, labels, position = "", [], 0
        for match in _SLOT.finditer(template):
            text += template[position : match.start()]
            value = self.value(match[1])
            if match[1] in KINDS:
                labels.append(Identifier(KINDS[match[1]], len(text), len(text) + len(value)))
            text += value
            position = match.end()
        text += template[position:]
        cased = {"lower": text.lower(), "upper": text.upper()}.get(self.case, text)
        return Labelled(cased if len(cased) == len(text) else text, template, tuple(labels))

    def value(self, slot: str) -> str:
        """A value for a slot."""
        given, surname = self.random.choice(self.names)
        match slot:
            case "full":
                return f"{given} {surname}"
            case "surname":
                return surname
            case "given":
                return given
            case "initialled":
                return f"{given[0]}. {surname}"
            case "comma_name":
                return f"{surname}, {given}"
            case "old":
                return str(self.random.randint(90, 107))
            case "young":
                return str(self.random.randint(18, 89))
            case "dose":
                return self.random.choice(DOSES)
            case "lab":
                return self.random.choice(LABS)
            case "birth":
                return self._day(self.random.choice(self.forms["birth"]))
            case "email":
                return self._address(self.random.choice(self.forms["email"]), given, surname)
        return self._digits(self.random.choice(self.forms[slot]))

    def _day(self, form: str) -> str:
        day = date(1928, 1, 1) + timedelta(days=self.random.randrange(35_000))
        return form.format(
            d=day.day, m=day.month, dd=f"{day:%d}", mm=f"{day:%m}", yy=f"{day:%y}", yyyy=day.year, Mon=f"{day:%b}",
            Month=f"{day:%B}",
        )  # fmt: skip

    def _address(self, form: str, given: str, surname: str) -> str:
        plain = [re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", name).lower()) for name in (given, surname)]
        return form.format(given=plain[0], surname=plain[1], yy=f"{self.random.randrange(100):02}")

    def _digits(self, form: str) -> str:
        choices = {"#": "0123456789", "?": "23456789", "@": "ABCDEFGHJKLMNPQRSTUVWXYZ"}
        return "".join(self.random.choice(choices.get(character, character)) for character in form)


@dataclass
class Tally:
    """0 and 1 for each label or find, with the template that each belongs to."""

    values: dict[str, list[float]]
    clusters: dict[str, list[str]]

    @classmethod
    def empty(cls) -> Tally:
        """One without anything in it."""
        return cls(defaultdict(list), defaultdict(list))

    def add(self, kind: str, right: bool, template: str) -> None:
        """Counts one label or find."""
        self.values[kind].append(float(right))
        self.clusters[kind].append(template)

    def interval(self, kind: str) -> Interval | None:
        """The share of right ones; None where there is none at all."""
        return mean_interval(self.values[kind], self.clusters[kind]) if self.values[kind] else None


def measure(name: str, names: list[tuple[str, str]], case: str, fills: int, seed: int, show: bool) -> None:
    templates = _load(FOLDER / f"{name}.yaml")
    filler = Filler(_load(FOLDER / f"{name}_formats.yaml"), names, case, seed)
    found_labels, right_kinds, right_finds = Tally.empty(), Tally.empty(), Tally.empty()
    wrong: dict[str, str] = {}
    count = 0
    for template in (*templates["with_identifiers"], *templates["without_identifiers"]):
        for _ in range(fills):
            question = filler.fill(template)
            count += 1
            found = default_gate().find(question.text)
            for label in question.labels:
                whole = _covered(question.text, label, found)
                found_labels.add(label.kind.value, whole, template)
                right_kinds.add(label.kind.value, whole and _kind_right(label, found), template)
                if not whole:
                    wrong.setdefault(f"missed {label.kind.value}: {template}", question.text)
            for each in found:
                right = any(each.start < label.end and label.start < each.end for label in question.labels)
                right_finds.add(each.kind.value, right, template)
                if not right:
                    wrong.setdefault(f"false {each.kind.value}: {template}", question.text[each.start : each.end])
    _print(f"{name}: {count} questions of {len(templates['with_identifiers'])} templates with identifiers and "
           f"{len(templates['without_identifiers'])} without", found_labels, right_kinds, right_finds)  # fmt: skip
    if show:
        for what, example in wrong.items():
            console.print(f"  {what}\n      {example}", style="yellow")


def _covered(text: str, label: Identifier, found: tuple[Identifier, ...]) -> bool:
    inside = {position for each in found for position in range(each.start, each.end)}
    return all(position in inside or not text[position].isalnum() for position in range(label.start, label.end))


def _kind_right(label: Identifier, found: tuple[Identifier, ...]) -> bool:
    return any(each.kind is label.kind and each.start < label.end and label.start < each.end for each in found)


def _print(title: str, *tallies: Tally) -> None:
    table = Table(title=title, title_justify="left")
    for head in ("kind", "labels", "recall", "kind right too", "finds", "precision"):
        table.add_column(head, justify="left" if head == "kind" else "right")
    for kind in IdentifierKind:
        recall, right, precision = (tally.interval(kind.value) for tally in tallies)
        sizes = [str(len(tally.values[kind.value])) for tally in (tallies[0], tallies[2])]
        table.add_row(kind.value, sizes[0], _shown(recall), _shown(right), sizes[1], _shown(precision))
    console.print(table)


def _shown(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.estimate:.3f} ({interval.low:.2f} to {interval.high:.2f})"


def false_alarms(path: Path) -> None:
    questions = list(_questions(path))
    alarms = [(question, found) for question in questions if (found := default_gate().find(question))]
    console.print(f"{path.name}: {len(alarms)} of {len(questions)} questions with a find")
    for question, found in alarms:
        parts = "; ".join(f"{each.kind.value}: {question[each.start : each.end]}" for each in found)
        console.print(f"  {question}\n      {parts}", style="yellow")


def _questions(path: Path) -> Iterator[str]:
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.suffix == ".jsonl":
            yield from (json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines() if line)
        elif file.suffix == ".yaml":
            for item in _load(file).get("questions", ()):
                if item.get("category") != "patient_identifier":
                    yield item["question"]
                    yield from (variant["question"] for variant in item.get("variants", ()))


def _names(path: Path) -> list[tuple[str, str]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(given, surname) for given, surname in rows]


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", choices=("development", "held_out"), dest="sets")
    parser.add_argument("--names", type=Path)
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--case", choices=("as_written", "lower", "upper"), default="as_written")
    parser.add_argument("--fills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what was missed and what was found wrongly")
    options = parser.parse_args()
    names = _names(options.names) if options.names else []
    for name in options.sets or ():
        measure(name, names, options.case, options.fills, options.seed, options.show)
    for path in options.questions:
        false_alarms(path)


if __name__ == "__main__":
    main()

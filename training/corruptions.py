"""Examples of support made by rule: sentences of policies and of medical answers, reworded, corrupted, cut off.

A statement and its corruption are used both ways round: each stands once as the line and once as the claim, so that
neither the claim nor the line alone, nor the number of shared words, gives the label away.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from balance import HIGHEST, LOWEST, balanced, overlap_auroc
from build_data import Run
from contradicting import KINDS, Kind
from entailment_sets import pair_example
from evidence_lines import Neighbourhood, share_held, shown_lines, stems_of, surroundings
from examples import Example
from planting_kinds import Pool
from planting_sources import VERBATIM, Good, Line
from rewording import clause, reworded
from statements import Statement, medical_statements, policy_statements
from unsupported import added_detail, crossing, joined, without_detail

WEIGHT = 0.5
"""What a label made by rule counts beside one that a person gave."""
_MOST_OF_WHAT_IS_ADDED = 0.4
"""No line beside holds more of what a claim adds: the evidence would say it after all."""
STATEMENTS = 30_000
"""So many statements of policies, and of medical answers, are used."""
ANSWERS = 3_000
SMALL = 40
_LARGEST_SHARE = 0.14
"""Of all errors, so many at most are of one kind; negations could be made of almost every statement."""
_FEWEST = 20
_ROUNDS = 10
_VERBATIM = 0.12
_STRONGLY = 0.35


@dataclass
class Maker:
    """Makes examples of statements.

    Attributes:
        near: all statements, by words and place.
        pool: the same as the planters take them.
        rng: decides everything that is left to chance.
    """

    near: Neighbourhood
    pool: Pool
    rng: random.Random

    def __post_init__(self) -> None:
        self._made: Counter[str] = Counter()

    def examples_of(self, statement: Statement) -> Iterator[Example]:
        """A few examples of one statement: one corruption, one thing left undecided, one supported otherwise."""
        yield from self.corrupted(statement)
        yield from self.undecided(statement)
        part = clause(statement.own, self.rng)
        if part:
            yield self._example(part, self._evidence(statement), "supported", "clause", statement)

    def corrupted(self, statement: Statement) -> Iterator[Example]:
        """A claim that its evidence contradicts and one that it supports, of one kind of error."""
        lines = surroundings(statement, self.near, self.rng)
        beside = tuple(line.own for line in lines if line is not statement)
        planted = self._planted(statement, beside)
        if planted is None:
            return
        kind, wrong = planted
        self._made[kind.name] += 1
        pairs = [("own", "wrong", "contradicted"), ("own", "own", "supported")]
        if kind.mutual:
            pairs = self.rng.choice(
                (pairs, [("wrong", "own", "contradicted"), ("wrong", "wrong", "supported")],
                 [("own", "wrong", "contradicted"), ("wrong", "wrong", "supported")],
                 [("wrong", "own", "contradicted"), ("own", "own", "supported")])
            )  # fmt: skip
        elif self.rng.random() < 0.5:
            pairs = [("own", "wrong", "contradicted"), ("wrong", "wrong", "supported")]
        texts = {"own": statement.own, "wrong": wrong}
        for line, claim, label in pairs:
            shown = shown_lines(lines, self.rng, instead={statement.own: texts[line]})
            told = self._told(statement, texts[claim])
            yield self._example(told, shown, label, kind.name, statement)

    def _planted(self, statement: Statement, beside: tuple[str, ...]) -> tuple[Kind, str] | None:
        """An error of the kind that was made least so far, beside its share, among those that apply."""
        good = statement.good(beside=beside)
        most = max(_FEWEST, _LARGEST_SHARE * self._made.total())
        kinds = [kind for kind in KINDS if statement.lays_down_rules or not kind.rules_only]
        kinds = [kind for kind in kinds if self._made[kind.name] < most]
        for kind in sorted(kinds, key=lambda kind: (self._made[kind.name] / kind.share, kind.name)):
            changed = kind.change(good, self.pool, self.rng)
            if changed and 4 <= len(changed[0].split()) <= 60 and not _same(changed[0], good.text):
                return kind, changed[0]
        return None

    def undecided(self, statement: Statement) -> Iterator[Example]:
        """A claim that its evidence does not decide, and where it is cheap its supported counterpart."""
        way = self.rng.random()
        if way < 0.3:
            yield from self._removed(statement)
        elif way < 0.65:
            yield from self._cut(statement)
        elif way < 0.85:
            yield from self._added(statement)
        else:
            yield from self._crossed(statement)

    def _removed(self, statement: Statement) -> Iterator[Example]:
        lines = self.near.alike(statement, self.rng.randint(2, 4), self.rng)
        if self.rng.random() < 0.3:
            lines = [line for line in self.near.passage(statement, self.rng) if line is not statement] or lines
        if not lines or share_held(statement.own, " ".join(line.own for line in lines)) > 0.8:
            return
        claim = self._told(statement, statement.own)
        yield self._example(claim, shown_lines(lines, self.rng), "unsupported", "evidence-removed", statement)

    def _cut(self, statement: Statement) -> Iterator[Example]:
        rest = without_detail(statement.own, self.rng)
        if rest is None:
            return
        lines = surroundings(statement, self.near, self.rng)
        shown = shown_lines(lines, self.rng, instead={statement.own: rest})
        claim = self._told(statement, statement.own)
        yield self._example(claim, shown, "unsupported", "detail-cut", statement)
        line, told = self.rng.choice(((statement.own, rest), (rest, rest), (statement.own, statement.own)))
        shown = shown_lines(lines, self.rng, instead={statement.own: line})
        yield self._example(self._told(statement, told), shown, "supported", "detail-cut", statement)

    def _added(self, statement: Statement) -> Iterator[Example]:
        add = self.rng.choice((added_detail, added_detail, joined))
        more = add(statement, statement.own, self.near, self.rng)
        if more is None or len(more.split()) > 60:
            return
        name = "detail-added" if add is added_detail else "sentence-added"
        added = " ".join(stems_of(more) - stems_of(statement.own)) or more
        lines = [
            line
            for line in surroundings(statement, self.near, self.rng)
            if line is statement or share_held(added, line.own) < _MOST_OF_WHAT_IS_ADDED
        ]
        claim = self._told(statement, more)
        yield self._example(claim, shown_lines(lines, self.rng), "unsupported", name, statement)
        shown = shown_lines(lines, self.rng, instead={statement.own: more})
        told = self.rng.choice((more, more, statement.own))
        yield self._example(self._told(statement, told), shown, "supported", name, statement)

    def _crossed(self, statement: Statement) -> Iterator[Example]:
        found = crossing(statement, self.near, self.rng)
        if found is None:
            return
        text, other = found
        lines = [statement, other]
        self.rng.shuffle(lines)
        told = self._told(statement, text)
        yield self._example(told, shown_lines(lines, self.rng), "unsupported", "merged", statement)
        says_it = shown_lines(lines, self.rng, instead={statement.own: text})
        yield self._example(self._told(statement, text), says_it, "supported", "merged", statement)

    def _evidence(self, statement: Statement) -> list[str]:
        return shown_lines(surroundings(statement, self.near, self.rng), self.rng)

    def _told(self, statement: Statement, text: str) -> str:
        """The claim in other words, now and then as it stands."""
        if self.rng.random() < _VERBATIM:
            return text
        good = Good(text, (Line(text),), statement.document, statement.folder, VERBATIM)
        strongly = self.rng.random() < _STRONGLY
        return reworded(good, self.rng, strongly=strongly, rules=statement.lays_down_rules) or text

    def _example(self, claim: str, lines: Sequence[str], label: str, kind: str, statement: Statement) -> Example:
        source = f"corruption:{kind}:{statement.folder}"
        claim = claim[:1].upper() + claim[1:]
        return pair_example(claim, lines, label, source=source, document=statement.document, weight=WEIGHT)


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).lower() == re.sub(r"\W+", "", other).lower()


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """Examples of policies and of medical answers, each balanced by itself."""
    policies = list(policy_statements(run.data / "training" / "text", SMALL if run.small else None))
    medical = medical_statements(
        run.data / "groundedness" / "medquad.jsonl.gz", SMALL if run.small else ANSWERS, run.rng
    )
    for documents in (policies, list(medical)):
        yield from (("general", example) for example in corruption_examples(documents, run.rng, statements=STATEMENTS))


def corruption_examples(
    documents: Iterable[Sequence[Statement]], rng: random.Random, *, statements: int | None = None
) -> list[Example]:
    """Examples of the statements of documents, the classes alike in number and in shared words.

    Args:
        documents: the statements of each document.
        rng: decides everything that is left to chance.
        statements: of so many statements, by chance; None for all.
    """
    documents = [each for each in documents if each]
    pool = Pool(
        {each[0].document: [Line(line.own) for line in each] for each in documents},
        [line.good() for each in documents for line in each],
    )
    maker = Maker(Neighbourhood(documents), pool, rng)
    everything = list({line.own: line for each in documents for line in each}.values())
    rng.shuffle(everything)
    found = [example for statement in everything[:statements] for example in maker.examples_of(statement)]
    return _even_and_balanced(_distinct(found), rng)


def _even_and_balanced(examples: list[Example], rng: random.Random) -> list[Example]:
    """As many of each class, and word overlap blind: what evens the classes by chance may tilt the overlap again."""
    for _ in range(_ROUNDS):
        examples = evened(balanced(examples, rng), rng)
        if all(LOWEST <= value <= HIGHEST for value in overlap_auroc(examples).values()):
            break
    return examples


def _distinct(examples: Iterable[Example]) -> list[Example]:
    """Each pair of texts once, and none whose two labels deny each other."""
    labels: dict[tuple[str, str], set[float]] = defaultdict(set)
    kept: dict[tuple[str, str], Example] = {}
    for example in examples:
        labels[example.first, example.second].add(example.label)
        kept[example.first, example.second] = example
    return [example for key, example in kept.items() if len(labels[key]) == 1]


def evened(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """As many of each class, in order.

    Args:
        examples: of any classes.
        rng: decides which are left out.
    """
    sizes = Counter(example.label for example in examples)
    each = min(sizes.values(), default=0)
    kept: set[int] = set()
    for label in sizes:
        places = [place for place, example in enumerate(examples) if example.label == label]
        kept.update(rng.sample(places, each))
    return [example for place, example in enumerate(examples) if place in kept]

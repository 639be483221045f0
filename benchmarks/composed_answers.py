"""What becomes of answers when a language model composes them, measured with simulated models.

Usage:
    python benchmarks/composed_answers.py CONFIGURATION... [--limit N]

Every question of the configurations (``eval/gate.toml``, ``eval/real.toml``) is answered extractively and then composed
from the replies of models that are no models but rules with a fixed seed:

- reader: knows which lines answer and says them in other words (``planting_rewrites``); says "does not answer" where
  none of the lines does. What a very good model would do.
- copier: copies the first three lines, whatever the question. What a very small model does.
- careless: the reader, but a number or a negation is changed in every second statement.

Columns: composed (statements of shown answers in the model's words), complete (answerable questions whose shown answer
holds all that has to be there), lost (complete in the extractive answer and no more), won (the other way round), wrong
(shown statements that hold a change that was planted), words (of shown answers, the extractive ones are 1).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from planting_rewrites import rewritten
from planting_sources import Good, Line
from rich.console import Console
from rich.table import Table

from ragkit import KnowledgeBase
from ragkit.answering.answer import SHOWN, Answer
from ragkit.answering.generation.composer import Composer
from ragkit.deployment.deployment import GenerationSettings
from ragkit.evaluation.configuration import EvaluationConfiguration, load_configuration
from ragkit.evaluation.matching import contains_nugget, grams
from ragkit.evaluation.pipeline import load_questions
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.running.knowledge_base import opened
from ragkit.language_models.base import Attempt, ChatReply, ChatRequest, Completion, Outcome
from ragkit.privacy.gate import default_gate

SAID = 0.6
"""A line is one that answers if this share of its word 4-grams stands in a gold quote, or of the quote's in it."""
_NUMBERED = re.compile(r"^\[(\d+)\] (.*)$")
_CONTEXT = re.compile(r"^\((.*)\)$")


@dataclass
class Simulated:
    """A rule behind the interface of language models.

    Attributes:
        reply: makes statements of a question and the numbered lines; None says that they do not answer.
        question: the one that is asked now.
        planted: the texts in which something was changed.
    """

    reply: Callable[[Simulated, list[tuple[int, Line]]], list[tuple[str, list[int]]] | None]
    question: Question | None = None
    planted: set[str] = field(default_factory=set)
    random: random.Random = field(default_factory=lambda: random.Random(20_261_124))
    fingerprint: str = "simulated"

    def complete(self, request: ChatRequest, accept: Callable[[str], Any], **_: object) -> Completion[Any]:
        """The rule's reply; a retry gets the same."""
        said = self.reply(self, list(lines_of(request)))
        statements = [{"text": text, "lines": lines} for text, lines in said or []]
        text = json.dumps({"answers": said is not None, "statements": statements})
        attempt = Attempt("simulated", "simulated", Outcome.REPLIED)
        return Completion(accept(text), ChatReply(text, "simulated", "simulated"), (attempt,))

    def stream(self, *_: object, **__: object) -> Iterator[str]:
        """Not used."""
        raise NotImplementedError

    def forget_all(self) -> bool:
        """Keeps nothing."""
        return True

    def close(self) -> None:
        """Holds nothing."""


def lines_of(request: ChatRequest) -> Iterator[tuple[int, Line]]:
    """The numbered lines of a request, each with its lead-ins."""
    context: list[str] = []
    fresh = True
    for written in request.messages[1].content.splitlines():
        lead, numbered = _CONTEXT.match(written), _NUMBERED.match(written)
        if lead:
            context = [lead[1]] if fresh else [*context, lead[1]]
            fresh = False
        elif numbered:
            fresh = True
            yield int(numbered[1]), Line(numbered[2].replace(" | ", "\t"), "\n".join(context).replace(" | ", "\t"))
        elif written.startswith("Section:"):
            context, fresh = [], True


def reader(model: Simulated, lines: list[tuple[int, Line]]) -> list[tuple[str, list[int]]] | None:
    """Says the lines that answer in other words."""
    assert model.question is not None
    wanted = [grams(span.quote) for span in model.question.gold]
    found = [(n, line) for n, line in lines if any(_share(line.own, quote) >= SAID for quote in wanted)]
    if not found:
        return None
    return [(_in_other_words(line, model.random), [number]) for number, line in found]


def copier(model: Simulated, lines: list[tuple[int, Line]]) -> list[tuple[str, list[int]]] | None:
    """Copies the first lines."""
    return [(line.own, [number]) for number, line in lines[:3]]


def careless(model: Simulated, lines: list[tuple[int, Line]]) -> list[tuple[str, list[int]]] | None:
    """The reader, with an error in every second statement."""
    said = reader(model, lines)
    if said is None:
        return None
    changed = []
    for place, (text, cited) in enumerate(said):
        wrong = _with_an_error(text) if place % 2 == 0 else text
        if wrong != text:
            model.planted.add(wrong)
        changed.append((wrong, cited))
    return changed


def _share(text: str, quote: frozenset[tuple[str, ...]]) -> float:
    own = grams(text)
    return len(own & quote) / min(len(own), len(quote)) if own and quote else 0.0


def _in_other_words(line: Line, chance: random.Random) -> str:
    good = Good(line.own, (line,), "", "", "verbatim")
    changed = rewritten(good, chance)
    return changed.text if changed is not None else line.own


def _with_an_error(text: str) -> str:
    number = re.search(r"(?<![\w.])\d+(?![\w.])", text)
    if number:
        return text[: number.start()] + str(int(number[0]) + 7) + text[number.end() :]
    for cue, other in ((" must ", " must not "), (" is ", " is not "), (" are ", " are not "), (" not ", " ")):
        if cue in text:
            return text.replace(cue, other, 1)
    return text


@dataclass
class Tally:
    """Counts of one model on one configuration."""

    statements: int = 0
    composed: int = 0
    answerable: int = 0
    complete: int = 0
    lost: list[str] = field(default_factory=list)
    won: int = 0
    wrong: int = 0
    words: int = 0
    extractive_words: int = 0

    def add(self, question: Question, plain: Answer, answer: Answer, planted: set[str]) -> None:
        """Counts one question."""
        shown = answer.statements if answer.status in SHOWN else ()
        self.statements += len(shown)
        self.composed += sum(statement.composed for statement in shown)
        self.wrong += sum(statement.text in planted for statement in shown)
        self.words += len(" ".join(statement.text for statement in shown).split())
        self.extractive_words += len(" ".join(statement.text for statement in plain.statements).split())
        if question.answerable:
            before, after = _complete(question, plain), _complete(question, answer)
            self.answerable += 1
            self.complete += after
            self.won += after and not before
            if before and not after:
                self.lost.append(question.id)


def _complete(question: Question, answer: Answer) -> bool:
    text = "\n".join(statement.text for statement in answer.statements)
    quoted = text + "\n" + "\n".join(citation.quote for citation in answer.citations)
    return answer.status in SHOWN and all(contains_nugget(quoted, nugget) for nugget in question.must_have)


def measured(configuration: EvaluationConfiguration, limit: int | None) -> dict[str, Tally]:
    """Every model on the questions of a configuration."""
    questions = load_questions(configuration)
    today = configuration.questions.today or questions.today or date.today()
    tallies = {name: Tally() for name in MODELS}
    with opened(configuration.knowledge_base, configuration.run.cache) as kb:
        for question in questions.questions[:limit]:
            circumstances = {"site": question.site, "user": asker(question), "as_of": day_of(question, today)}
            plain = _asked(kb, None, question, circumstances)
            for name, rule in MODELS.items():
                model = Simulated(rule, question)
                tallies[name].add(question, plain, _asked(kb, model, question, circumstances), model.planted)
    return tallies


def _asked(kb: KnowledgeBase, model: Simulated | None, question: Question, circumstances: dict[str, Any]) -> Answer:
    kb._composer = None if model is None else Composer(model, GenerationSettings(), default_gate())
    return kb.ask(question.question, **circumstances)


MODELS = {"reader": reader, "copier": copier, "careless": careless}


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a table for each configuration."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("configurations", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, help="only the first N questions of each")
    chosen = parser.parse_args(arguments)
    for path in chosen.configurations:
        table = Table(title=str(path))
        for name in ("model", "statements", "composed", "complete", "lost", "won", "wrong", "words"):
            table.add_column(name)
        for name, tally in measured(load_configuration(path), chosen.limit).items():
            share = tally.composed / max(1, tally.statements)
            words = tally.words / max(1, tally.extractive_words)
            complete = f"{tally.complete}/{tally.answerable}"
            counts = (f"{share:.0%}", complete, str(len(tally.lost)), str(tally.won), str(tally.wrong), f"{words:.2f}")
            table.add_row(name, str(tally.statements), *counts)
            if tally.lost:
                print(name, "lost:", " ".join(tally.lost))
        Console().print(table)


if __name__ == "__main__":
    main()

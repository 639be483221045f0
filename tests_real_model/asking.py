"""Every question asked twice: answered with the policies' lines, and composed by the real model."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

from ragkit import KnowledgeBase
from ragkit.access.user import User
from ragkit.answering.answer import Rung
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.questions.reading import load_question_set
from ragkit.evaluation.record import Record
from ragkit.evaluation.running.facts import FactFinder
from ragkit.settings import AccessMode

QUESTIONS = Path(__file__).parents[1] / "eval" / "northmoor"
_ACCESS: AccessMode = "enforced"


@dataclass(frozen=True)
class Pair:
    """One question and both answers.

    Attributes:
        extractive: without a language model.
        composed: with one.
    """

    extractive: Record
    composed: Record

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.composed.question

    @property
    def model_was_asked(self) -> bool:
        """Whether the language model gave a reply."""
        answer = self.composed.answer
        return answer is not None and any(
            step.rung is Rung.LANGUAGE_MODEL and step.output_tokens for step in answer.trace.ladder
        )


def chosen_questions(count: int | None, seed: int = 4) -> tuple[list[Question], date]:
    """The questions to ask and the day they are asked on.

    Args:
        count: how many, three quarters of them answerable, drawn by chance; None for all.
        seed: of the draw.
    """
    found = load_question_set(QUESTIONS / "*.yaml", exclude=[QUESTIONS / "must-fail.yaml"])
    today = found.today or date.today()
    if count is None:
        return list(found.questions), today
    chance = random.Random(seed)
    answerable = [question for question in found.questions if question.answerable]
    silent = [question for question in found.questions if not question.answerable]
    few = min(len(silent), count // 4)
    return chance.sample(answerable, min(len(answerable), count - few)) + chance.sample(silent, few), today


def ask_both(
    plain: KnowledgeBase, composing: KnowledgeBase, questions: Sequence[Question], today: date
) -> Iterator[Pair]:
    """Asks one question after the other: the model works on one at a time."""
    roles = frozenset(role for question in questions for role in question.roles or ())
    finder = FactFinder(plain, _ACCESS, roles, today)
    for question in questions:
        yield Pair(*(_asked(kb, question, today, finder) for kb in (plain, composing)))


def _asked(kb: KnowledgeBase, question: Question, today: date, finder: FactFinder) -> Record:
    user: User | None = asker(question)
    day = day_of(question, today)
    started = perf_counter()
    answer = kb.ask(question.question, site=question.site, user=user, as_of=day)
    milliseconds = (perf_counter() - started) * 1000
    facts = tuple(finder.facts(citation, user, question.site, day) for citation in answer.citations)
    return Record(question=question, answer=answer, facts=facts, milliseconds=milliseconds)

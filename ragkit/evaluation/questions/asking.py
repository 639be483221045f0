"""Who asks a question, and for which day."""

from __future__ import annotations

from datetime import date

from ragkit.access.user import User
from ragkit.evaluation.questions.question import Question


def asker(question: Question) -> User | None:
    """The person who asks; None for somebody who has not signed in."""
    return None if question.roles is None else User("evaluation", roles=frozenset(question.roles))


def day_of(question: Question, today: date) -> date:
    """The day that is asked about: the question's own, else the day of the evaluation."""
    return question.as_of or today

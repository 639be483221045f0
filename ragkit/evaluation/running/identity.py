"""What a record depends on, hashed: the key under which it may be used again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from ragkit.evaluation.questions.question import Question, QuestionSet

RECORD_FORMAT = 1
"""Raise it when what is kept of an answer changes."""


@dataclass(frozen=True)
class Circumstances:
    """Everything besides the question that an answer depends on.

    Attributes:
        knowledge_base: its fingerprint, settings and access mode included.
        code: hash of ragkit's source.
        today: the day on which questions without one of their own are asked.
        clock: the current day.
    """

    knowledge_base: str
    code: str
    today: date
    clock: date


def record_key(question: Question, asked: str, search_depth: int, circumstances: Circumstances) -> str:
    """64 hexadecimal digits that change whenever the answer might.

    Args:
        question: gives the site, the roles and the day.
        asked: the words: the question's own, or a variant's.
        search_depth: how many passages are recorded.
        circumstances: all the rest.

    Of the current day it counts only whether the day asked about lies before it: a version that is marked superseded is
    judged by that.
    """
    day = question.as_of or circumstances.today
    parts = {
        "format": RECORD_FORMAT,
        "asked": asked,
        "site": question.site,
        "roles": None if question.roles is None else sorted(question.roles),
        "as_of": day.isoformat(),
        "in_the_past": day < circumstances.clock,
        "knowledge_base": circumstances.knowledge_base,
        "code": circumstances.code,
        "search_depth": search_depth,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def questions_hash(questions: QuestionSet) -> str:
    """64 hexadecimal digits over the questions as read, gold included."""
    return hashlib.sha256(questions.model_dump_json().encode()).hexdigest()

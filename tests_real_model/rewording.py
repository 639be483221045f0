"""Lines of policies in the real model's words: what a small model does to a sentence is what the verifier is for."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ragkit.deployment.deployment import Deployment
from ragkit.egress.policy import EgressPolicy
from ragkit.evaluation.questions.question import Question
from ragkit.grounding.base import Score
from ragkit.grounding.composed import check_composed
from ragkit.grounding.verdict import Verdict
from ragkit.language_models.base import ChatRequest, Message, NoReplyError, UnusableReplyError
from ragkit.language_models.deadline import Deadline
from ragkit.language_models.router import build_language_models
from tests.language_models.exchange import RecordedRequest

_SECONDS = 60.0
_WORDS = (6, 45)
_INSTRUCTIONS = "You rewrite sentences of hospital policies. Keep the meaning, the numbers and the units."
_NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_WORD = re.compile(r"\w{4,}")
_REWORDED = 3
_NUMBER = re.compile(r"(?:(?<![\w)])[-−])?\d+(?:[.,]\d+)*")
_DENIES = re.compile(r"\b(?:not|no|never|without|cannot|nor|neither|none|nobody|except|unless|only)\b|n['’]t\b", re.I)


@dataclass(frozen=True)
class Rewording:
    """A line, what the model made of it, and what the verifier says.

    Attributes:
        line: the policy's words.
        text: the model's.
        score: of the text as a statement that cites the line.
    """

    line: str
    text: str
    score: Score

    @property
    def accepted(self) -> bool:
        """Whether the verifier would let it be shown."""
        return self.score.verdict is Verdict.SUPPORTED

    @property
    def foreign_numbers(self) -> set[str]:
        """Numbers that the line does not have."""
        return _numbers(self.text) - _numbers(self.line)

    @property
    def changes_a_denial(self) -> bool:
        """Whether one of the two denies or excepts something and the other does not."""
        return bool(_DENIES.search(self.text)) != bool(_DENIES.search(self.line))


def _numbers(text: str) -> set[str]:
    """The numbers with their signs; a dash between two numbers is none."""
    return {number.replace("−", "-") for number in _NUMBER.findall(text)}


def policy_lines(questions: Sequence[Question], count: int, seed: int = 4) -> list[str]:
    """Lines of the policies that answer something: the questions' gold quotes, drawn by chance."""
    quotes = {span.quote for question in questions for span in question.gold}
    fitting = sorted(quote for quote in quotes if _WORDS[0] <= len(quote.split()) <= _WORDS[1])
    return random.Random(seed).sample(fitting, min(count, len(fitting)))


class Rewriter:
    """The real model, asked for one sentence at a time.

    Args:
        deployment: with the model as its only provider.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._models = build_language_models(deployment, EgressPolicy.of(deployment))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._models.close()

    def text(self, line: str) -> str | None:
        """The line in the model's words; None where no reply came."""
        message = f"Write this sentence again in other words, in one short sentence:\n{line}"
        request = ChatRequest((Message("system", _INSTRUCTIONS), Message("user", message)), "compose")
        try:
            return self._models.complete(request, _one_line, deadline=Deadline.after(_SECONDS), confined=True).value
        except NoReplyError:
            return None

    def rewordings(self, lines: Sequence[str]) -> Iterator[Rewording]:
        """Each line in the model's words, verified against the line. Lines to which no reply came are left out."""
        for line in lines:
            text = self.text(line)
            if text is not None:
                yield Rewording(line, text, check_composed(text, [line]))

    def reply(self, request: RecordedRequest) -> dict[str, Any]:
        """What a scripted server replies for a model that cannot keep to a form: lines reworded, with their numbers.

        The lines are those that share most words with the question.
        """
        content = request.messages[-1]["content"]
        wanted = set(_WORD.findall(content.rpartition("Question: ")[2].lower()))
        lines = sorted(_NUMBERED.findall(content), key=lambda line: -len(wanted & set(_WORD.findall(line[1].lower()))))
        told = [(self.text(text), int(number)) for number, text in lines[:_REWORDED]]
        return {"answers": True, "statements": [{"text": text, "lines": [n]} for text, n in told if text]}


def _one_line(text: str) -> str:
    plain = " ".join(text.split()).strip("\"'“” ")
    if not plain:
        raise UnusableReplyError("The reply is empty.")
    return plain

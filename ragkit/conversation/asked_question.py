"""What becomes of a question before anything else sees it: made plain, identifiers taken out, made self-contained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ragkit.conversation.follow_up import QUESTIONS_REMEMBERED, standalone_question
from ragkit.errors import QuestionError
from ragkit.language_models.base import LanguageModels
from ragkit.language_models.deadline import Deadline
from ragkit.privacy.base import IdentifierGate, IdentifierKind
from ragkit.privacy.redaction import redacted
from ragkit.retrieval.understanding.hygiene import clean_question
from ragkit.telemetry.attributes import StageKind
from ragkit.telemetry.spans import stage


def _nobody_is_confined(identifiers_found: bool) -> bool:
    return False


@dataclass(frozen=True)
class AskedQuestion:
    """A question ready to be searched, sent and traced.

    Attributes:
        as_asked: the person's words, control characters taken out; for the person's own answer only.
        text: what everything else sees.
        identifiers: how many patient identifiers of each kind were taken out of it and of the questions before it.
        standalone: ``text``, where it was made self-contained with the questions before it; else None.
        prompts: version and hash of the prompt, where a language model was asked to do that.
    """

    as_asked: str
    text: str
    identifiers: Mapping[str, int] = field(default_factory=dict)
    standalone: str | None = None
    prompts: Mapping[str, str] = field(default_factory=dict)

    @property
    def confined(self) -> bool:
        """Whether it stays on premises in a hybrid deployment: a patient identifier was found in it."""
        return bool(self.identifiers)


def read_question(
    question: str,
    previous_questions: Sequence[str] = (),
    *,
    gate: IdentifierGate | None = None,
    models: LanguageModels | None = None,
    deadline: Deadline | None = None,
    confined: Callable[[bool], bool] = _nobody_is_confined,
) -> AskedQuestion:
    """The question without its patient identifiers, and self-contained.

    Args:
        question: in the person's own words.
        previous_questions: the person's questions before it in the same conversation, oldest first.
        gate: finds identifiers; the one that comes with ragkit if None.
        models: asked where the rules are unsure how a follow-up question is meant; None asks nobody.
        deadline: for the language models.
        confined: told whether identifiers were found, says whether the conversation must stay on premises.
    """
    counts: Counter[IdentifierKind] = Counter()
    safe: list[str] = []
    as_asked = clean_question(question)
    with stage("read_question", StageKind.GUARDRAIL) as span:
        for each in (*map(clean_question, previous_questions[-QUESTIONS_REMEMBERED:]), as_asked):
            without = redacted(each, gate)
            counts.update(without.counts)
            safe.append(without.text)
        found = {kind.value: counts[kind] for kind in sorted(counts)}
        alone = standalone_question(safe[-1], safe[:-1], models, deadline=deadline, confined=confined(bool(found)))
        span.set(identifiers=sum(counts.values()), follow_up=alone.changed)
    return AskedQuestion(as_asked, alone.text, found, alone.text if alone.changed else None, alone.prompts)


def earlier_questions(previous_questions: Sequence[str]) -> tuple[str, ...]:
    """The questions of a conversation as they were passed, without blank ones.

    Raises:
        QuestionError: it is one text, or holds something that is no text.
    """
    if isinstance(previous_questions, str) or not all(isinstance(each, str) for each in previous_questions):
        raise QuestionError("previous_questions is a list of the questions before this one, oldest first.")
    return tuple(each for each in previous_questions if each.strip())

"""Follow-up questions made self-contained: "and in children?" becomes a question that can be searched.

Rules first; where they are not sure and there is a language model, the model's wording is taken, if all its content
words and numbers come from the conversation. The person is shown how the question was understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ragkit.conversation.elliptical import Manner, Reading, read_ellipsis
from ragkit.conversation.measures import only_measure, place_of, unclear
from ragkit.conversation.merging import has_place_for, merged
from ragkit.conversation.standalone import LONGEST, StandaloneQuestion
from ragkit.language_models.base import LanguageModels
from ragkit.language_models.deadline import Deadline

QUESTIONS_REMEMBERED = 6
"""How many of the earlier questions are looked at: what was asked longer ago is no longer what "it" means."""
SECONDS = 5.0


def standalone_question(
    question: str,
    previous_questions: Sequence[str] = (),
    models: LanguageModels | None = None,
    *,
    deadline: Deadline | None = None,
    confined: bool = False,
) -> StandaloneQuestion:
    """``question``, made self-contained with the questions before it in the same conversation.

    Args:
        question: identifiers taken out.
        previous_questions: those before it, oldest first, identifiers taken out; each may lean on the one before it.
        models: asked where the rules are unsure; None asks nobody.
        deadline: for the language models; five seconds at most.
        confined: whether the conversation must stay on premises.

    Returns:
        The question unchanged where it is complete or there is none before it.
    """
    remembered = [each for each in previous_questions if each.strip()][-QUESTIONS_REMEMBERED:]
    before = ""
    for earlier in remembered:
        reading = _read(earlier, before)
        understood = _by_rules(earlier, before, reading)
        if understood.changed or not before or not reading.leans:
            before = understood.text
    if not before or not question.strip():
        return StandaloneQuestion(question)
    reading = _read(question, before)
    by_rules = _by_rules(question, before, reading)
    if models is None or reading.sure:
        return by_rules
    from ragkit.conversation.rewriting import rewritten

    at_most = Deadline.after(SECONDS if deadline is None else min(SECONDS, deadline.remaining))
    return rewritten(question, (*remembered[:-1], before), by_rules, models, deadline=at_most, confined=confined)


def _read(question: str, before: str) -> Reading:
    reading = read_ellipsis(question)
    if reading.bare and before and has_place_for(reading, before):
        return replace(reading, manner=Manner.SWAP)
    measure = only_measure(reading.rest)
    if measure and not reading.leans and place_of(measure, before):
        return replace(reading, manner=Manner.SWAP)
    return reading


def _by_rules(question: str, before: str, reading: Reading) -> StandaloneQuestion:
    if not before or not reading.leans:
        return StandaloneQuestion(question)
    measure = only_measure(reading.rest)
    if measure and unclear(measure, before):
        return StandaloneQuestion(question)
    text = merged(reading, before)
    return StandaloneQuestion(question) if len(text) > LONGEST else StandaloneQuestion(text, True, "rules")

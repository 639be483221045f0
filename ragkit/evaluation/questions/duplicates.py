"""Questions that are asked twice: alike or nearly alike ones count twice in every mean, as if they were independent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ragkit.evaluation.matching import plain_words
from ragkit.evaluation.questions.problem import Problem, Severity
from ragkit.evaluation.questions.question import Question
from ragkit.evaluation.questions.raw import RawQuestion
from ragkit.evaluation.questions.reading import Place

NEARLY = 0.8
"""Share of their words that two questions have in common from which they are called nearly the same."""


def duplicates(questions: Sequence[Question], places: Mapping[str, Place]) -> Iterator[Problem]:
    """Variants that repeat a question, and questions that repeat another one.

    Two questions in the same words for another site, day or role are a pair, which is what sets are for; they have to
    share a ``group``, since they are not independent.
    """
    for question in questions:
        yield from _repeated_variants(question, _place(question, places))
    words = {question.id: frozenset(plain_words(question.question)) for question in questions}
    for position, question in enumerate(questions):
        for earlier in questions[:position]:
            if message := _repeats(question, earlier, words):
                severity = Severity.ERROR if "twice" in message else Severity.WARNING
                yield _place(question, places).problem(question.id, ("question",), message, severity)
                break


def _repeats(question: Question, earlier: Question, words: Mapping[str, frozenset[str]]) -> str:
    mine, others = words[question.id], words[earlier.id]
    together = len(mine | others)
    if not together or len(mine & others) < NEARLY * together:
        return ""
    circumstances = ("site", "roles", "as_of")
    same = all(getattr(question, name) == getattr(earlier, name) for name in circumstances)
    if same and plain_words(question.question) == plain_words(earlier.question):
        return f"asks twice what {earlier.id!r} asks"
    if question.cluster != earlier.cluster:
        return f"is nearly the same as {earlier.id!r}; give both the same `group`, since they are not independent"
    return ""


def _repeated_variants(question: Question, place: Place) -> Iterator[Problem]:
    asked = {plain_words(question.question): "the question itself"}
    for position, variant in enumerate(question.variants):
        key = plain_words(variant.question)
        # what is left without case and punctuation may be the same, where just that is the typing that is tested
        if key in asked and variant.kind != "typos":
            message = f"repeats {asked[key]}"
            yield place.problem(question.id, ("variants", position, "question"), message)
        asked.setdefault(key, f"variant {position}")


def _place(question: Question, places: Mapping[str, Place]) -> Place:
    return places.get(question.id, Place("", RawQuestion({}, {})))

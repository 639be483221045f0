"""The ladder of an answer in the trace, and the one plain sentence that a person reads of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ragkit.answering.answer import LadderStep, Rung
from ragkit.language_models.base import Attempt, Outcome

ANSWERED, DOES_NOT_ANSWER, NOTHING_VERIFIED, NOT_ASKED = "answered", "does_not_answer", "nothing_verified", "not_asked"

_WHAT_HAPPENED = {
    Outcome.UNREACHABLE: "The language model could not be reached",
    Outcome.TIMED_OUT: "The language model did not reply in time",
    Outcome.TOO_MANY_REQUESTS: "The language model takes no more requests at the moment",
    Outcome.SERVER_ERROR: "The language model's server reported an error",
    Outcome.REJECTED: "The language model's server turned the request down",
    Outcome.REFUSED: "The language model declined to reply",
    Outcome.UNUSABLE: "The language model's reply could not be used",
    Outcome.CIRCUIT_OPEN: "The language model has failed several times and is left alone for a while",
    Outcome.BUSY: "The language model is busy",
    Outcome.OVER_BUDGET: "The budget for language models is used up",
    Outcome.NOT_PERMITTED: "This question or what was found for it may not leave the premises",
    Outcome.REPLIED: "The language model's reply came too late to be checked",
    NOTHING_VERIFIED: "What the language model wrote could not be verified",
}
_SHOWN = "these are the policy's own lines"
_NOT_SHOWN = "this was decided without it"
NOT_ALL_VERIFIED = "Part of what the language model wrote could not be verified and is left out."
BROKEN_OFF = "The language model's reply broke off; the rest is in the policy's own lines."
DOUBTED = "The language model found no full answer in these lines; they are the policy's own."
OUT_OF_TIME = (
    "The time for the answer was used up before a language model could be asked; these are the policy's own lines."
)


def steps_of(attempts: Iterable[Attempt], last: str | None) -> tuple[LadderStep, ...]:
    """The attempts as steps of the ladder.

    Args:
        attempts: in order.
        last: what came of the reply, for the attempt that replied.
    """
    return tuple(
        LadderStep(
            rung=Rung.LANGUAGE_MODEL,
            name=attempt.provider,
            outcome=last if attempt.outcome is Outcome.REPLIED and last else attempt.outcome.value,
            detail=attempt.detail,
            milliseconds=attempt.milliseconds,
            input_tokens=attempt.input_tokens,
            output_tokens=attempt.output_tokens,
            cost=attempt.cost,
            from_cache=attempt.from_cache,
        )
        for attempt in attempts
    )


def why_without(attempts: Sequence[Attempt], *, shown: bool) -> str:
    """The sentence for an answer that no language model composed, because of what became of the last attempt."""
    happened = _WHAT_HAPPENED.get(attempts[-1].outcome) if attempts else None
    return f"{happened or 'No language model could be asked'}; {_SHOWN if shown else _NOT_SHOWN}."


def nothing_verified() -> str:
    """The sentence for a reply of which nothing is shown."""
    return f"{_WHAT_HAPPENED[NOTHING_VERIFIED]}; {_SHOWN}."


def why_another(attempts: Sequence[Attempt]) -> str:
    """The sentence where the first language model failed and another one replied; empty where the first one did."""
    failed = [attempt for attempt in attempts if attempt.outcome is not Outcome.REPLIED]
    if not failed:
        return ""
    happened = _WHAT_HAPPENED.get(failed[0].outcome, "The first language model failed")
    return f"{happened.replace('The language model', 'The first language model', 1)}; another one composed this answer."

"""The answerer with a language model: smoother than the extractive one, never less grounded.

The model gets numbered lines and returns statements with line numbers. Every statement is checked against the lines it
cites before it is shown; what the statements do not carry of the extractive answer is added in its own words; where
nothing can be verified, or no model replies, the extractive answer stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from ragkit.answering.answer import Answer, Citation, Rung, Statement
from ragkit.answering.generation.composer import Composer
from ragkit.answering.groundwork import Groundwork
from ragkit.answering.streaming import Answering
from ragkit.language_models.deadline import Deadline
from ragkit.telemetry.spans import stage

if TYPE_CHECKING:
    from ragkit.answering.generation.replying import Replying, StreamedReply, WholeReply
    from ragkit.answering.generation.session import Session

LEAST_SECONDS = 0.3
"""With less time than this left no model is asked."""


class Compose(Protocol):
    """``compose_answer`` or ``stream_answer``."""

    def __call__(
        self,
        groundwork: Groundwork,
        extractive: Answer,
        composer: Composer,
        deadline: Deadline,
        identifiers_found: bool = False,
    ) -> Answering:
        """Yields statements; returns the whole answer."""
        ...


def compose_answer(
    groundwork: Groundwork,
    extractive: Answer,
    composer: Composer,
    deadline: Deadline,
    identifiers_found: bool = False,
) -> Answering:
    """The extractive answer, composed by a language model where one replies in time and what it says is verified.

    Args:
        groundwork: what is known before an answer is composed.
        extractive: the answer in the policies' own words, which stands where nothing better comes.
        composer: with what it is composed.
        deadline: for the whole answer.
        identifiers_found: whether anything was taken out of the question that may identify a patient.

    Returns:
        Yields the statements once the whole reply is there; its value is the answer.
    """
    from ragkit.answering.generation.replying import WholeReply  # what no default answer needs is imported here
    from ragkit.answering.generation.session import Session

    session = Session(groundwork, extractive, composer, [])
    return _compose(session, composer, deadline, WholeReply, identifiers_found)


def stream_answer(
    groundwork: Groundwork,
    extractive: Answer,
    composer: Composer,
    deadline: Deadline,
    identifiers_found: bool = False,
    *,
    citations: list[Citation] | None = None,
) -> Answering:
    """Like ``compose_answer``, from a streamed reply: each statement comes as soon as it is verified and has its place.

    Args:
        groundwork: as for ``compose_answer``.
        extractive: as for ``compose_answer``.
        composer: as for ``compose_answer``.
        deadline: as for ``compose_answer``.
        identifiers_found: as for ``compose_answer``.
        citations: is filled with the citations of the statements that were yielded.
    """
    from ragkit.answering.generation.replying import StreamedReply
    from ragkit.answering.generation.session import Session

    session = Session(groundwork, extractive, composer, [] if citations is None else citations)
    return _compose(session, composer, deadline, StreamedReply, identifiers_found)


def _compose(
    session: Session,
    composer: Composer,
    deadline: Deadline,
    read: type[WholeReply | StreamedReply],
    identifiers_found: bool,
) -> Answering:
    with stage("compose", rung=Rung.LANGUAGE_MODEL) as span:
        answer = yield from _composed(session, composer, deadline, read, identifiers_found)
        composed = sum(statement.composed for statement in answer.statements)
        span.set(status=answer.status, statements=len(answer.statements), composed=composed)
        span.set(confined=session.confinement.confined, dropped=len(answer.trace.dropped))
        span.set(from_cache=any(step.from_cache for step in answer.trace.ladder))
    return answer


def _composed(
    session: Session,
    composer: Composer,
    deadline: Deadline,
    read: type[WholeReply | StreamedReply],
    identifiers_found: bool,
) -> Answering:
    if not session.worth_asking:
        answer = session.not_asked()
    elif deadline.remaining < LEAST_SECONDS:
        answer = session.out_of_time()
    else:
        session.confinement = composer.confinement(identifiers_found, session.documents)
        confined = session.confinement.confined
        reply = read(composer.models, session.asking.compose_request(), deadline, confined)
        yield from _taken(session, reply, reply, deadline)
        retried = None
        if session.wants_retry(reply) and deadline.remaining >= LEAST_SECONDS:
            retried = session.retry(deadline)
            yield from _taken(session, retried, reply, deadline)
        yield from session.finish()
        answer = session.answer(reply, retried)
    yield from answer.statements[session.yielded :]
    return answer


def _taken(session: Session, reply: Replying, first: Replying, deadline: Deadline) -> Iterator[Statement]:
    """What the statements of a reply give out, as long as there is time to check them."""
    for statement in reply.statements():
        if deadline.passed:
            reply.broken_off = True
            return
        yield from session.take(statement, first.answers)

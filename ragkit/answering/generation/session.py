"""One answer while it is composed: what was verified, what was not, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from ragkit.answering.answer import SHOWN, Answer, AnswerStatus, Citation, LadderStep, Rung, Statement
from ragkit.answering.caveats import caveats_for
from ragkit.answering.composing import compose_text, no_answer_text
from ragkit.answering.generation import notice
from ragkit.answering.generation.answerability import combine, with_flag, worth_asking
from ragkit.answering.generation.checking import FAR_BELOW, NEAR_BELOW, Checked, Checker
from ragkit.answering.generation.completeness import Placing
from ragkit.answering.generation.composer import Composer
from ragkit.answering.generation.lines import spans_of
from ragkit.answering.generation.numbered_lines import number_lines
from ragkit.answering.generation.prompting import COMPOSE, RETRY, Asking, prompt_named
from ragkit.answering.generation.reply import ReplyStatement
from ragkit.answering.generation.replying import Replying, WholeReply
from ragkit.answering.groundwork import Groundwork
from ragkit.answering.selection import Selection
from ragkit.deployment.confinement import Confinement
from ragkit.documents.document import Document
from ragkit.language_models.base import Outcome
from ragkit.language_models.deadline import Deadline

MOST_RETRIED = 10
_LONGEST_IN_TRACE = 240


class Session:
    """Takes the statements of a reply one by one and ends as an answer.

    Attributes:
        lines: the numbered lines that the model is given.
        asking: what it is asked.
        confinement: whether it was asked on premises only, and why.
        yielded: how many statements have been given out.
    """

    def __init__(
        self,
        groundwork: Groundwork,
        extractive: Answer,
        composer: Composer,
        citations: list[Citation],
    ) -> None:
        self._groundwork, self._extractive, self._composer = groundwork, extractive, composer
        self._worth, settings = composer.worth, composer.settings
        self.lines = number_lines(groundwork, most_lines=settings.lines, most_characters=settings.characters)
        self.asking = Asking(groundwork.query.text, self.lines, groundwork.report.site)
        self.confinement = Confinement(False)
        self.yielded = 0
        shown = extractive.status in SHOWN
        self._checker = Checker(
            groundwork.question, self.lines, composer.gate, far_below=FAR_BELOW if shown else NEAR_BELOW
        )
        self._placing = Placing(
            self.lines.selected if shown else (), groundwork.selection if shown else None, citations=citations
        )
        self._verified = False
        self._rejected: list[Checked] = []
        self._retrying = False
        self._dropped: list[str] = []
        self._unresolved = 0

    @property
    def worth_asking(self) -> bool:
        """Whether a reply can matter at all."""
        return bool(self.lines.lines) and worth_asking(self._groundwork.decision, self._worth)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the lines."""
        return tuple(evidence.document for evidence, _ in self.lines.by_document)

    def take(self, statement: ReplyStatement, flag: bool | None) -> Iterator[Statement]:
        """Checks a statement, and gives out those that have their place now."""
        if not flag or combine(self._groundwork.decision, flag, verified=True, worth=self._worth) not in SHOWN:
            return
        checked = self._checker.check(statement)
        if checked.accepted:
            self._verified = True
            self._unresolved -= self._retrying
            for placed in self._placing.add(checked):
                self.yielded += 1
                yield placed
            return
        self._dropped.append(_named(checked))
        self._unresolved += not (self._retrying or checked.final)
        if not (checked.private or checked.final or self._retrying):
            self._rejected.append(checked)

    def wants_retry(self, reply: Replying) -> bool:
        """Whether some statements are worth another request."""
        known = self._checker.lines.line
        self._rejected = [
            each
            for each in self._rejected[:MOST_RETRIED]
            if not self._placing.carries_all(line for number in each.cited if (line := known(number)) is not None)
            or not any(known(number) for number in each.cited)
        ]
        return bool(self._rejected) and not reply.broken_off

    def retry(self, deadline: Deadline) -> WholeReply:
        """The request for the statements that were not accepted; there is no further one for what it brings."""
        self._retrying = True
        request = self.asking.retry_request([(each.text, each.cited, each.reasons) for each in self._rejected])
        return WholeReply(self._composer.models, request, deadline, self.confinement.confined)

    def finish(self) -> Iterator[Statement]:
        """Gives out what waits, and the lines that no statement carries; nothing where nothing was verified."""
        if self._verified:
            for placed in self._placing.finish():
                self.yielded += 1
                yield placed

    def not_asked(self) -> Answer:
        """The extractive answer where no reply could change it."""
        step = LadderStep(
            rung=Rung.LANGUAGE_MODEL,
            outcome=notice.NOT_ASKED,
            detail="What was found does not answer the question; no language model was asked.",
        )
        return self._as_extractive((step,), "")

    def out_of_time(self) -> Answer:
        """The extractive answer where no time is left."""
        step = LadderStep(rung=Rung.LANGUAGE_MODEL, outcome=Outcome.TIMED_OUT.value, detail=notice.OUT_OF_TIME)
        return self._as_extractive((step,), notice.OUT_OF_TIME)

    def answer(self, reply: Replying, retried: Replying | None) -> Answer:
        """What came of it all.

        Args:
            reply: the first request.
            retried: the second one, if there was one.
        """
        flag = reply.answers if self._verified or not reply.broken_off else None
        status = combine(self._groundwork.decision, flag, verified=self._verified, worth=self._worth)
        if flag is None:
            shown = self._extractive.status in SHOWN
            sentence = notice.why_without(reply.attempts, shown=shown)
            if self.confinement.reason and _nobody_was_permitted(reply):
                sentence = self.confinement.reason
            answer = self._as_extractive(notice.steps_of(reply.attempts, Outcome.TIMED_OUT.value), sentence)
        elif not flag:
            answer = self._doubted(reply, status)
        elif not self._verified or status not in SHOWN:
            steps = notice.steps_of(reply.attempts, notice.NOTHING_VERIFIED) + _retry_steps(retried, "")
            shown = self._extractive.status in SHOWN
            answer = self._as_extractive(steps, notice.nothing_verified() if shown else "")
        else:
            answer = self._composed(reply, retried, status)
        return self._traced(answer, flag, retried)

    def _as_extractive(self, steps: Sequence[LadderStep], sentence: str) -> Answer:
        trace = self._extractive.trace
        trace = trace.model_copy(update={"ladder": (*steps, *trace.ladder)})
        return self._extractive.model_copy(update={"notice": sentence, "trace": trace})

    def _doubted(self, reply: Replying, status: AnswerStatus) -> Answer:
        """The model says that the lines do not answer."""
        steps = notice.steps_of(reply.attempts, notice.DOES_NOT_ANSWER)
        if self._extractive.status not in SHOWN:
            return self._as_extractive(steps, "")
        if status in SHOWN:
            doubted = self._as_extractive(steps, notice.DOUBTED)
            return doubted.model_copy(update={"status": status})
        report = self._groundwork.report
        return self._extractive.model_copy(
            update={
                "status": status,
                "text": no_answer_text(status, report.site, report.searched),
                "statements": (),
                "citations": (),
                "caveats": self._groundwork.query.caveats,
                "trace": self._extractive.trace.model_copy(update={"ladder": steps}),
            }
        )

    def _composed(self, reply: Replying, retried: Replying | None, status: AnswerStatus) -> Answer:
        statements = tuple(self._placing.statements)
        sentence = self.confinement.reason or notice.why_another(reply.attempts)
        if reply.broken_off:
            sentence = notice.BROKEN_OFF
        elif self._unresolved > 0 and not sentence:
            sentence = notice.NOT_ALL_VERIFIED
        last = Outcome.TIMED_OUT.value if reply.broken_off else notice.ANSWERED
        ladder = notice.steps_of(reply.attempts, last) + _retry_steps(retried, notice.ANSWERED)
        return self._extractive.model_copy(
            update={
                "status": status,
                "text": compose_text(statements),
                "statements": statements,
                "citations": tuple(self._placing.citations),
                "caveats": self._caveats(),
                "notice": sentence,
                "trace": self._extractive.trace.model_copy(update={"ladder": ladder}),
            }
        )

    def _caveats(self) -> tuple[str, ...]:
        """The caveats of each document that is shown, the extractive answer's first."""
        groundwork = self._groundwork
        found: list[str] = []
        lines = self._placing.lines
        for key in dict.fromkeys(line.key[:2] for line in lines):
            own = [line for line in lines if line.key[:2] == key]
            document = own[0].evidence.document
            selection = groundwork.selection
            if selection is None or selection.document is not document or self._extractive.status not in SHOWN:
                candidates = tuple(sorted((line.candidate for line in own), key=lambda each: -each.score))
                selection = Selection(document, candidates, spans_of(own))
            found += caveats_for(groundwork.question, selection, groundwork.candidates, groundwork.today)
        return tuple(dict.fromkeys((*self._extractive.caveats, *found)))

    def _traced(self, answer: Answer, flag: bool | None, retried: Replying | None) -> Answer:
        """The answer with all that a person needs to see how it came about."""
        self._groundwork.clock.lap("compose")
        decision = self._groundwork.decision
        prompts = [COMPOSE] if retried is None else [COMPOSE, RETRY]
        configuration = f"{self._groundwork.report.configuration} {self._composer.fingerprint}"
        update: dict[str, Any] = {
            "dropped": (*answer.trace.dropped, *self._dropped, *map(_shortened, self._placing.left_out)),
            "prompts": {name: prompt_named(name).identity for name in prompts},
            "configuration": sha256(configuration.encode()).hexdigest()[:16],
            "timings_ms": {**answer.trace.timings_ms, **self._groundwork.clock.timings_ms},
        }
        if flag is not None:
            combined = with_flag(decision.probability, flag, self._worth)
            update["signals"] = {**answer.trace.signals, "model_answers": float(flag), "with_flag": combined}
        return answer.model_copy(update={"trace": answer.trace.model_copy(update=update)})


def _retry_steps(retried: Replying | None, last: str) -> tuple[LadderStep, ...]:
    return () if retried is None else notice.steps_of(retried.attempts, last or notice.NOTHING_VERIFIED)


def _nobody_was_permitted(reply: Replying) -> bool:
    return all(attempt.outcome is Outcome.NOT_PERMITTED for attempt in reply.attempts)


def _named(checked: Checked) -> str:
    """A statement that was not accepted, for the trace; never a patient's name."""
    if checked.private:
        return f"a statement was not accepted: {'; '.join(checked.reasons)}"
    return _shortened(f"“{checked.text}”: {'; '.join(checked.reasons)}")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_IN_TRACE else text[: _LONGEST_IN_TRACE - 1] + "…"

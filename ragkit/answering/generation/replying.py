"""Where the statements of a reply come from: a whole reply, or one that arrives piece by piece."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from ragkit.answering.generation.reply import PartialReply, ReplyStatement, read_reply
from ragkit.language_models.base import (
    Attempt,
    ChatRequest,
    LanguageModels,
    NoReplyError,
    Outcome,
    UnusableReplyError,
)
from ragkit.language_models.deadline import Deadline

_log = logging.getLogger(__name__)


class Replying(Protocol):
    """One request on its way.

    Attributes:
        answers: the model's flag; None as long as, or where, there is none.
        attempts: who was asked so far, and what came of it.
        broken_off: whether the reply did not come whole.
    """

    answers: bool | None
    attempts: list[Attempt]
    broken_off: bool

    def statements(self) -> Iterator[ReplyStatement]:
        """The statements in order; the flag is known before the first. Ends early where the reply breaks off."""
        ...


@dataclass
class _Request:
    """A request and what came of it, see ``Replying``."""

    models: LanguageModels
    request: ChatRequest
    deadline: Deadline
    confined: bool
    answers: bool | None = None
    attempts: list[Attempt] = field(default_factory=list)
    broken_off: bool = False

    def _note_defect(self, error: Exception) -> None:
        """A defect in what asks the model costs nobody the policy's own lines; its words might repeat the question."""
        kind = type(error).__name__
        _log.error("Asking a language model failed (%s); the answer goes on without it.", kind)
        self.broken_off = True
        self.attempts.append(
            Attempt("", "", Outcome.UNUSABLE, f"Asking failed with an error of ragkit's own ({kind}).")
        )


class WholeReply(_Request):
    """A reply that is read when all of it is there; an unusable one is passed over for the next model's."""

    def statements(self) -> Iterator[ReplyStatement]:
        """See ``Replying``."""
        try:
            completion = self.models.complete(self.request, read_reply, deadline=self.deadline, confined=self.confined)
        except NoReplyError as error:
            self.attempts += error.attempts
            self.broken_off = True
            return
        except Exception as error:
            self._note_defect(error)
            return
        self.attempts += completion.attempts
        self.answers = completion.value.answers
        yield from completion.value.statements


class StreamedReply(_Request):
    """A reply that is read as it arrives."""

    def statements(self) -> Iterator[ReplyStatement]:
        """See ``Replying``."""
        pieces = self.models.stream(
            self.request,
            deadline=self.deadline,
            confined=self.confined,
            on_attempt=self.attempts.append,
            accept=read_reply,
        )
        try:
            yield from self._read(pieces)
        except NoReplyError as error:
            self.attempts += [attempt for attempt in error.attempts if attempt not in self.attempts]
            self.broken_off = True
        except UnusableReplyError as error:
            _close(pieces)
            self._note_unusable(str(error))
        except Exception as error:
            self._note_defect(error)
        finally:
            _close(pieces)

    def _read(self, pieces: Iterator[str]) -> Iterator[ReplyStatement]:
        reply = PartialReply()
        for piece in pieces:
            found = reply.feed(piece)
            self.answers = reply.answers
            yield from found
        left = reply.finish()
        self.answers = reply.answers
        yield from left

    def _note_unusable(self, why: str) -> None:
        """The attempt that replied replied something unusable, which only its reader could tell."""
        self.broken_off = True
        if self.attempts:
            self.attempts[-1] = replace(self.attempts[-1], outcome=Outcome.UNUSABLE, detail=why)


def _close(pieces: Iterator[str]) -> None:
    """Lets go of a reply that nobody reads on; who was asked is told then."""
    if isinstance(pieces, Generator):
        pieces.close()

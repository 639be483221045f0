"""What a language model replies, read strictly: a flag and statements with line numbers, or it is no reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from ragkit.language_models.base import UnusableReplyError

MOST_CHARACTERS = 40_000
MOST_STATEMENTS = 40
_STATEMENT_DEPTH = 3
"""A statement is an object in a list in an object."""

REPLY_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["answers", "statements"],
    "properties": {
        "answers": {"type": "boolean"},
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "lines"],
                "properties": {
                    "text": {"type": "string"},
                    "lines": {"type": "array", "items": {"type": "integer"}},
                },
            },
        },
    },
}
"""The JSON schema of a reply; the flag comes first, so that a stream says at once whether it answers."""


class ReplyStatement(BaseModel):
    """A statement as the model wrote it: nothing of it is known to be true.

    Attributes:
        text: its words.
        lines: the numbers of the lines that it claims to rest on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str
    lines: tuple[int, ...]


class Reply(BaseModel):
    """A whole reply.

    Attributes:
        answers: whether the model says that the lines answer the question.
        statements: what it says.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    answers: bool = Field(strict=True)
    statements: tuple[ReplyStatement, ...] = Field(max_length=MOST_STATEMENTS)


def read_reply(text: str) -> Reply:
    """The reply in a text, with or without words and fences around it.

    Raises:
        UnusableReplyError: there is none, or it has another form than was asked for.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnusableReplyError(f"The reply has {len(text):,} characters, more than the {MOST_CHARACTERS:,} allowed.")
    start, end = text.find("{"), text.rfind("}")
    if not text.strip():
        raise UnusableReplyError("The reply is empty.")
    if not 0 <= start < end:
        raise UnusableReplyError("The reply holds no JSON object.")
    try:
        return Reply.model_validate(from_json(text[start : end + 1]))
    except ValidationError as error:
        fields = {".".join(str(part) for part in each["loc"]) or "reply" for each in error.errors()}
        raise UnusableReplyError(f"The reply has another form than asked for ({', '.join(sorted(fields))}).") from None
    except ValueError:
        raise UnusableReplyError("The reply is no valid JSON.") from None


class PartialReply:
    """A reply that arrives piece by piece; each statement is there as soon as it is complete.

    Attributes:
        answers: the model's flag; None as long as it has not come.
    """

    def __init__(self) -> None:
        self.answers: bool | None = None
        self._text = ""
        self._given = 0
        self._position = self._depth = self._opened = 0
        self._in_string = self._escaped = False

    def feed(self, piece: str) -> list[ReplyStatement]:
        """Takes the next piece.

        Returns:
            The statements that became complete with it; none before the flag has come.

        Raises:
            UnusableReplyError: what came so far can be no reply.
        """
        self._text += piece
        if len(self._text) > MOST_CHARACTERS:
            raise UnusableReplyError(f"The reply is longer than the {MOST_CHARACTERS:,} characters allowed.")
        if self.answers is None:
            self.answers = self._flag()
        if self.answers is None:
            return []
        try:
            new = [ReplyStatement.model_validate(from_json(text)) for text in self._closed_objects()]
        except ValueError:  # a ValidationError is one
            raise UnusableReplyError("A statement of the reply has another form than asked for.") from None
        self._given += len(new)
        if self._given > MOST_STATEMENTS:
            raise UnusableReplyError(f"The reply has more than the {MOST_STATEMENTS} statements allowed.")
        return new

    def finish(self) -> list[ReplyStatement]:
        """The statements that were not given yet, once all pieces have come.

        Raises:
            UnusableReplyError: the whole is no reply.
        """
        reply = read_reply(self._text)
        self.answers = reply.answers
        left = list(reply.statements[self._given :])
        self._given = len(reply.statements)
        return left

    def _flag(self) -> bool | None:
        start = self._text.find("{")
        if start < 0:
            return None
        try:
            begun = from_json(self._text[start:], allow_partial=True)
        except ValueError:
            return None  # whether it is JSON at all is known at its end
        flag = begun.get("answers") if isinstance(begun, dict) else None
        return flag if isinstance(flag, bool) else None

    def _closed_objects(self) -> Iterator[str]:
        """The objects of the list in the reply's object that have been closed since the last piece."""
        for position in range(self._position, len(self._text)):
            character = self._text[position]
            if self._in_string:
                self._in_string = self._escaped or character != '"'
                self._escaped = character == "\\" and not self._escaped
            elif character == '"':
                self._in_string = self._depth > 0
            elif character in "{[":
                self._depth += 1
                if self._depth == _STATEMENT_DEPTH:
                    self._opened = position
            elif character in "}]":
                if self._depth == _STATEMENT_DEPTH:
                    yield self._text[self._opened : position + 1]
                self._depth -= 1
        self._position = len(self._text)

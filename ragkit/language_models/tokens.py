"""Tokens: counted by the server, or guessed on the safe side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ragkit.language_models.base import Message

_BYTES_A_TOKEN = 3  # English has about 4 with the usual tokenizers, other scripts 2 to 3
_TOKENS_A_MESSAGE = 6  # role and separators


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a request and its reply."""

    input_tokens: int
    output_tokens: int


def estimated_tokens(text: str) -> int:
    """Tokens of a text; for English about a third too many."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)


def estimated_input(messages: Iterable[Message]) -> int:
    """Tokens of messages."""
    return sum(estimated_tokens(message.content) + _TOKENS_A_MESSAGE for message in messages)

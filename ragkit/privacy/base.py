"""What every identifier gate gives. A fuller gate comes behind the same interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class IdentifierKind(StrEnum):
    """What identifies a patient (after the identifiers of 45 CFR 164.514(b)(2))."""

    NAME = "name"
    RECORD_NUMBER = "record_number"
    ACCOUNT_NUMBER = "account_number"
    PHONE = "phone"
    EMAIL = "email"
    SOCIAL_SECURITY_NUMBER = "social_security_number"
    BIRTH_DATE = "birth_date"
    AGE_OVER_89 = "age_over_89"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A patient identifier in a text.

    Attributes:
        kind: what it is.
        start, end: its span in the text.
    """

    kind: IdentifierKind
    start: int
    end: int


@runtime_checkable
class IdentifierGate(Protocol):
    """Finds patient identifiers. It must never raise for any text, and never keep or log one.

    Attributes:
        fingerprint: changes whenever the same text might be read differently.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    def find(self, text: str) -> Sequence[Identifier]:
        """The identifiers of ``text``, in order, without overlaps."""
        ...

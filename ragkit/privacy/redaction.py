"""A text without its patient identifiers that still reads and searches well.

What identifies goes; what a clinical question needs of it stays: a name becomes "the patient", a birth date the age, an
age over 89 "over 89 years old" (the category of 45 CFR 164.514(b)(2)(i)(C)). Nothing of what went is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ragkit.privacy.base import Identifier, IdentifierGate, IdentifierKind
from ragkit.privacy.birth_ages import OVER_89, age_in_words
from ragkit.privacy.gate import default_gate

PATIENT = "the patient"
_PERSON = (
    r"patients?|pts?|residents?|clients?|mom|mother|mum|dad|father|wife|husband|sons?|daughters?|sister|brother|"
    r"grand(?:ma|pa|mother|father)|spouse|partner|guardian|parents?|aunt|uncle|baby|infant|he|she|they"
)
_ANNOUNCED = re.compile(
    rf"\b(?P<person>{_PERSON})(?P<link>(?:'s)?(?: ?(?:,|:|-|is|was|name|named|called|name is))*)\.? ?$", re.IGNORECASE
)
_PREPOSITION = re.compile(r"(?:\b(?:from|at|on|to|via|with|under|is|was|number)|(?<=\s)[:#-]) ?$", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"[(\[][\s,;:.&/-]*[)\]]")
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[,;:.?!)](?:\s|$|[,;:.?!)]))")
_REPEATED_MARK = re.compile(r"([,;:&])(?:\s*[,;:&])+")
_MARK_BEFORE_STOP = re.compile(r"[,;:&(-]\s*(?=[.?!](?:\s|$))")
_MARK_AT_START = re.compile(r"^[\s,;:.&)\]/-]+(?=\S)")
_MOST_PASSES = 8
_NEAR = 60


@dataclass(frozen=True)
class RedactedText:
    """A text with its identifiers taken out.

    Attributes:
        text: what is left; it holds at least one word where the text did.
        counts: how many identifiers of each kind there were.
    """

    text: str
    counts: dict[IdentifierKind, int] = field(default_factory=dict)

    @property
    def confined(self) -> bool:
        """Whether it stays on premises in a hybrid deployment: there was an identifier in it.

        It holds for the redacted text as well: no gate finds everything, and what names one patient often names two.
        """
        return bool(self.counts)


def redacted(text: str, gate: IdentifierGate | None = None, *, today: date | None = None) -> RedactedText:
    """``text`` without the identifiers that ``gate`` finds.

    What is left is looked through again, since a text can come together to an identifier where another one went.

    Args:
        text: any text.
        gate: the default one if None.
        today: the day for which birth dates become ages; None for the current day.
    """
    gate = gate or default_gate()
    counts: Counter[IdentifierKind] = Counter()
    for _ in range(_MOST_PASSES):
        identifiers = gate.find(text)
        if not identifiers:
            return RedactedText(text, dict(counts))
        counts.update(each.kind for each in identifiers)
        text = redact(text, identifiers, today=today)
    return RedactedText(PATIENT, dict(counts))


def redact(text: str, identifiers: Sequence[Identifier], *, today: date | None = None) -> str:
    """``text`` with ``identifiers`` taken out or made harmless.

    Args:
        text: any text.
        identifiers: in order, without overlaps, as a gate gives them.
        today: the day for which birth dates become ages; None for the current day.

    Returns:
        The text unchanged where there are none; "the patient" where nothing else is left.
    """
    if not identifiers:
        return text
    done, position = "", 0
    for each in identifiers:
        done += text[position : each.start]
        done = _replaced(done, text, each, today or date.today())
        position = each.end
    tidy = _tidied(done + text[position:])
    return tidy if any(map(str.isalnum, tidy)) else PATIENT


def _replaced(before: str, text: str, identifier: Identifier, today: date) -> str:
    """The text so far with what takes the identifier's place."""
    kind = identifier.kind
    if kind is IdentifierKind.NAME:
        return _with_person(before)
    if kind is IdentifierKind.AGE_OVER_89:
        return before + OVER_89
    if kind is IdentifierKind.BIRTH_DATE:
        return before + age_in_words(text[identifier.start : identifier.end], today)
    if kind in (IdentifierKind.RECORD_NUMBER, IdentifierKind.ACCOUNT_NUMBER):
        opens = not before.strip() or before.rstrip()[-1:] in ".?!"
        return before + PATIENT if opens and re.match(r"\s+\w", text[identifier.end :]) else before
    near = before[-_NEAR:]
    return before[: len(before) - len(near)] + _PREPOSITION.sub("", near)


def _with_person(before: str) -> str:
    """A name's place: nothing where the words before say who it is already ("pt", "her mother"), else "the patient"."""
    near = before[-_NEAR:]
    announced = _ANNOUNCED.search(near)
    if announced is None:
        return before + PATIENT
    return before[: len(before) - len(near) + announced.end("person")] + " "


def _tidied(text: str) -> str:
    text = _EMPTY_BRACKETS.sub(" ", text)
    text = re.sub(r"[^\S\n]{2,}", " ", text)
    text = _SPACE_BEFORE_MARK.sub("", text)
    text = _REPEATED_MARK.sub(r"\1", text)
    text = _MARK_BEFORE_STOP.sub("", text)
    return _MARK_AT_START.sub("", text).strip()

"""Medical record numbers: a number after "MRN", "record no.", "chart #"; and long bare numbers that measure nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.numbers import LABEL_END, VALUE, digit_count, is_measured, names_a_document

_LABELLED = re.compile(
    r"\b(?:(?:mrns?|m\.r\.n\.?|mr ?#|mr ?no\.?|emr ?#|hrn|empi|cmrn|umrn|nhs (?:no\.?|number)|"
    r"med(?:ical)? ?\.? ?rec(?:ord)?s?\.?(?: (?:no\.?|num(?:ber)?|id))?|"
    r"(?:hospital|patient|pt|chart|record|rec|unit record|registration)(?:'s)? ?(?:no\.?|num(?:ber)?|id|#)"
    r"(?: (?:no\.?|number))?)"
    rf"){LABEL_END}(?P<open>\()?(?P<value>{VALUE})(?(open)\))",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(rf" ?(?:,|and|&|or|/|;) ?(?P<value>{VALUE})", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w.,/#$€£+-])(?P<value>[A-Z]{0,3}\d{7,12})(?![\w%]|[.,/-]\d)")
_CALENDAR_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_LEAST_DIGITS = 3
_LEAST_DIGITS_IN_A_ROW = 5


def record_numbers(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Record numbers with their labels."""
    text = plain.text
    for match in _LABELLED.finditer(text):
        if digit_count(match["value"]) >= _LEAST_DIGITS and not is_measured(text, match.end("value")):
            yield Identifier(IdentifierKind.RECORD_NUMBER, match.start(), match.end())
            yield from _those_after(text, match.end())
    for match in _BARE.finditer(text):
        measured = is_measured(text, match.end()) or names_a_document(text, match.start())
        if not measured and not _CALENDAR_DAY.fullmatch(match["value"]):
            yield Identifier(IdentifierKind.RECORD_NUMBER, match.start(), match.end())


def _those_after(text: str, position: int) -> Iterator[Identifier]:
    """The second and third of "MRN 1234567, 1234568 and 1234569"."""
    while match := _FOLLOWING.match(text, position):
        if digit_count(match["value"]) < _LEAST_DIGITS_IN_A_ROW or is_measured(text, match.end()):
            return
        yield Identifier(IdentifierKind.RECORD_NUMBER, match.start("value"), match.end())
        position = match.end()

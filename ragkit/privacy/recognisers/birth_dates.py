"""Birth dates: a date after "DOB" or "born". Any other date is left alone: policies have dates, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.numbers import is_measured

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})|(?:19|20)\d{6}|\d{1,2}/\d{1,2}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[- ]?(?:of )?{_MONTH}[-, ]{{0,2}}(?:\d{{4}}|'?\d{{2}})?|"
    rf"{_MONTH}[- ]?\d{{1,2}}(?:st|nd|rd|th)?(?:[-, ]{{1,2}}(?:\d{{4}}|'?\d{{2}}))?)(?![\d/])"
)
"""A date as people write one, with or without its year."""
_LABELLED = re.compile(
    r"\b(?:d\.? ?o\.? ?b\.?|date of birth|birth ?dates?|birthdays?|b-?day|b/d|born)"
    rf"(?: ?(?:is|was|on|in|[#:=.,-])){{0,3}} ?(?P<open>\()?(?P<value>{DATE})(?(open)\))",
    re.IGNORECASE,
)


def birth_dates(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Birth dates with their labels."""
    for match in _LABELLED.finditer(plain.text):
        if not is_measured(plain.text, match.end()):
            yield Identifier(IdentifierKind.BIRTH_DATE, match.start(), match.end())

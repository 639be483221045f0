"""Account, encounter, visit and insurance numbers: a number after a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.numbers import LABEL_END, VALUE, digit_count, is_measured

_LABELLED = re.compile(
    r"\b(?:(?:patient|pt|hospital|billing|guarantor|bank) )?"
    r"(?:acc(?:oun)?ts?\.?|acct|a/c|encounter|visit|csn|har|fin|billing|invoice|claim|member|subscriber|beneficiary|"
    r"insurance|medicare|medicaid|mbi|confirmation|admission|case)"
    rf"(?: (?:id|policy))?{LABEL_END}(?P<open>\()?(?P<value>{VALUE})(?(open)\))",
    re.IGNORECASE,
)
_YEAR_OR_DAY = re.compile(r"(?:19|20)\d\d(?:-\d\d?-\d\d?)?")
_LEAST_DIGITS = 4


def account_numbers(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Account numbers with their labels."""
    for match in _LABELLED.finditer(plain.text):
        value = match["value"]
        dated = _YEAR_OR_DAY.fullmatch(value) or is_measured(plain.text, match.end("value"))
        if digit_count(value) >= _LEAST_DIGITS and not dated:
            yield Identifier(IdentifierKind.ACCOUNT_NUMBER, match.start(), match.end())

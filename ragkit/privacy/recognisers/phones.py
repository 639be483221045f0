"""Telephone numbers of people. Extensions, emergency numbers and toll-free lines are what policies are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.numbers import digit_count, is_measured, names_a_document

_LABEL = (
    r"(?:(?:home|cell|mobile|work|contact|call[- ]?back)[- ]?)?(?:tele)?(?:phone|cell|mobile|tel|fax|call[- ]?back)"
)
_BEFORE = rf"(?:\b{_LABEL}\.?(?: ?(?:is|at|no\.?|number|num\.?|[#:=])){{0,3}} ?)?"
_EXTENSION = r"(?: ?(?:x|ext\.?|extension) ?\d{1,6})?"
_NATIONAL = re.compile(
    rf"{_BEFORE}(?<![\w.,/#$-])(?P<value>(?:\+?1[-. ]?)?(?:\([2-9]\d\d\) ?|(?P<area>[2-9]\d\d)(?P<gap>[-. ]?))[2-9]\d\d"
    rf"(?(gap)(?P=gap)|[-. ]?)\d{{4}}){_EXTENSION}(?![\w%]|[.,/-]\d)",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    rf"{_BEFORE}(?<![\w.,/#$-])(?<!\d\))(?<!\d\) )(?P<value>[2-9]\d\d[-.]\d{{4}}){_EXTENSION}(?![\w%]|[.,/-]\d)",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(
    rf"{_BEFORE}(?<![\w.,/#$-])(?P<value>\+\d{{1,3}}(?:[-. ]?\(?\d{{1,4}}\)?){{2,6}}){_EXTENSION}(?![\w%])",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"\b{_LABEL}\.?(?: ?(?:is|at|no\.?|number|num\.?|[#:=])){{0,3}} ?"
    rf"(?P<value>\d{{3,5}}[-. ]?\d{{3,5}}(?:[-. ]?\d{{2,5}})?){_EXTENSION}(?![\w%])",
    re.IGNORECASE,
)
_TOLL_FREE = re.compile(r"1?8(?:00|33|44|55|66|77|88)\d{7}")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


def phones(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Telephone numbers with the word that announces them."""
    text = plain.text
    for pattern in (_NATIONAL, _LOCAL, _INTERNATIONAL, _LABELLED):
        for match in pattern.finditer(text):
            value = match["value"]
            if not _FEWEST_DIGITS <= digit_count(value) <= _MOST_DIGITS or _toll_free(value):
                continue
            if not is_measured(text, match.end()) and not names_a_document(text, match.start("value")):
                yield Identifier(IdentifierKind.PHONE, match.start(), match.end())


def _toll_free(value: str) -> bool:
    """Whether it is the number of a line, not of a person: poison control."""
    return bool(_TOLL_FREE.fullmatch(re.sub(r"\D", "", value)))

"""Social Security numbers: three, two and four digits, or nine after a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.numbers import LABEL_END

_LABEL = r"(?:ssn?|s\.s\.n?\.?|soc(?:ial)?\.?(?: sec(?:urity)?\.?)?)"
_LABELLED = re.compile(
    rf"\b{_LABEL}{LABEL_END}(?P<open>\()?"
    rf"(?P<value>\d{{3}}[-. ]?\d{{2}}[-. ]?\d{{4}}|(?:x{{3}}|\*{{3}})-?(?:xx|\*\*)-?\d{{4}})(?!\d)(?(open)\))",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w.-])\d{3}(?P<gap>[- ])\d{2}(?P=gap)\d{4}(?![\w-])")
_LAST_FOUR = re.compile(
    rf"\blast (?:4|four)(?: digits)?(?: of)?(?: (?:his|her|their|the|my))? ?{_LABEL}?{LABEL_END}\d{{4}}(?!\d)",
    re.IGNORECASE,
)


def social_security_numbers(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Social Security numbers, or their last four digits, with their labels."""
    for pattern in (_LABELLED, _BARE, _LAST_FOUR):
        for match in pattern.finditer(plain.text):
            yield Identifier(IdentifierKind.SOCIAL_SECURITY_NUMBER, match.start(), match.end())

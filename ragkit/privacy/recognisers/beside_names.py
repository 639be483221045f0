"""Ages over 89 and birth dates that stand right beside a name: "Harold Quimby, 91, in 412", "Rosa Park (3/14/1961)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm
from ragkit.privacy.recognisers.ages import AGE
from ragkit.privacy.recognisers.birth_dates import DATE

_AGE = re.compile(
    rf" ?[,(;-]? ?{AGE}(?: ?y(?:ea)?rs?)?(?= ?(?:[,;)?!]|\.(?!\d)|$| [a-z]))(?! ?(?:%|mg|ml|on room|on ra\b))", re.I
)
_DATE = re.compile(rf" ?[,(;-] ?(?P<value>{DATE})", re.IGNORECASE)


def beside_names(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Ages and dates right after a name that was found."""
    for name in found:
        if name.kind is not IdentifierKind.NAME:
            continue
        for pattern, kind in ((_AGE, IdentifierKind.AGE_OVER_89), (_DATE, IdentifierKind.BIRTH_DATE)):
            match = pattern.match(plain.text, name.end)
            if match and (kind is IdentifierKind.BIRTH_DATE or plain.text[name.end : match.start("value")].strip()):
                yield Identifier(kind, match.start("value"), match.end("value"))

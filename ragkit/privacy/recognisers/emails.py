"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.privacy.base import Identifier, IdentifierKind
from ragkit.privacy.plain_form import PlainForm

_ADDRESS = re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,100} ?(?:@|\(at\)|\[at\]) ?(?:[\w-]{1,63}\.){1,6}\w{2,24}(?![\w@])")


def emails(plain: PlainForm, found: Sequence[Identifier]) -> Iterator[Identifier]:
    """E-mail addresses."""
    for match in _ADDRESS.finditer(plain.text):
        yield Identifier(IdentifierKind.EMAIL, match.start(), match.end())

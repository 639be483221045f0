"""What a recogniser is: it looks for one kind of identifier, or for what stands beside others, in the plain form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ragkit.privacy.base import Identifier
from ragkit.privacy.plain_form import PlainForm


class Recogniser(Protocol):
    """Finds identifiers. Every pattern is of bounded reach, so that the time grows with the text's length only."""

    def __call__(self, plain: PlainForm, found: Sequence[Identifier]) -> Iterable[Identifier]:
        """The identifiers of its kind.

        Args:
            plain: the text in its plain form; spans are spans of ``plain.text``.
            found: what the recognisers before it found, in no order.
        """
        ...

"""The identifier gate that comes with ragkit: rules, no model, no network, well under a millisecond a question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from ragkit.privacy.base import Identifier, IdentifierGate
from ragkit.privacy.plain_form import plain_form
from ragkit.privacy.recognisers import RECOGNISERS


class RuleGate:
    """Finds patient identifiers by rules. It keeps nothing and can be used from many threads."""

    @cached_property
    def fingerprint(self) -> str:
        """Of the code and the word lists of the recognisers."""
        return hashlib.sha256(b"\0".join(_contents(files(__package__)))).hexdigest()

    def find(self, text: str) -> tuple[Identifier, ...]:
        """The identifiers of ``text``, in order, without overlaps; a span takes in the label before it ("MRN")."""
        plain = plain_form(text)
        taken = bytearray(len(plain.text))
        found: list[Identifier] = []
        for recognise in RECOGNISERS:
            for each in recognise(plain, tuple(found)):
                if not any(taken[each.start : each.end]):
                    taken[each.start : each.end] = b"\1" * (each.end - each.start)
                    found.append(each)
        ordered = sorted(found, key=lambda each: each.start)
        return _apart(Identifier(each.kind, *plain.span(each.start, each.end)) for each in ordered)


@cache
def default_gate() -> IdentifierGate:
    """The gate that ragkit uses; one for the whole process."""
    return RuleGate()


def _apart(ordered: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Without overlaps: one character of the text may stand for several of its plain form."""
    kept: list[Identifier] = []
    for each in ordered:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)


def _contents(folder: Traversable) -> Iterable[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _contents(entry)
        elif entry.name.endswith((".py", ".txt")):
            yield entry.read_bytes()

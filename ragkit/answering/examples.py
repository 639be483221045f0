"""Lines that show how something is written, not what is to be given: an example of an order holds no dose to follow."""

from __future__ import annotations

import re

from ragkit.answering.patterns import AMOUNT

_EXAMPLE = re.compile(
    r"(?:\b(?:for (?:example|instance)\b|e\.\s?g\b\.?|an? example (?:is|of|would be)\b|as an example\b|sample order\b)|"
    r"(?:^|(?<=[\s(]))examples?\s*[:=(–—-])[^.;)\n]*(?:\.\d[^.;)\n]*)*",
    re.IGNORECASE,
)
_EXAMPLE_HEADING = re.compile(
    r"^\W*(?:[\dA-Z]{1,3}[.)]\s+)?(?:an? )?(?:worked |sample |written )?examples?\b", re.IGNORECASE
)


def amount_is_an_example(own_text: str, section: tuple[str, ...], context_text: str) -> bool:
    """Whether all amounts of a line stand in an example ("for example, 5 mg PO daily").

    Args:
        own_text: the line.
        section: the trail of headings above it.
        context_text: its lead-ins, its table's caption and header, a line each.
    """
    if not AMOUNT.search(own_text):
        return False
    above = (*section[-1:], *context_text.splitlines())
    if any(_EXAMPLE_HEADING.match(line) for line in above):
        return True
    return not AMOUNT.search(_EXAMPLE.sub(" ", own_text))

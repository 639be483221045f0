"""The policy's own header block: number, title, dates, approvals."""

from __future__ import annotations

import re

LABEL = re.compile(
    r"""^\W*(?:
        (?:policy|procedure|protocol|guideline|document|reference|ref\.?|form)\s*(?:title|name|number|no\b\.?|\#|id)
        |(?:policy|procedure|protocol|reference|ref\.?)\s*(?:no\.?|\#)?\s*[A-Z]?-?\d[\w.\-]*\s*$
        |(?:subject|title|number)\s*:
        |(?:policy|(?:treatment\s+)?protocol|procedure)\s*:(?:\s*\S+){1,8}\s*$
        |(?:original|origination|originated|effective|issue[d]?|revised?|revision|review(?:ed)?|approved?|approval|
            expiration|implementation)\b(?:\s+(?:date|by|on))?\s*:
        |(?:date|last|next)\s+(?:last\s+|of\s+)?
            (?:effective|issued|revised|revision|review(?:ed)?|approved|signed)(?:\s+date)?\s*:
        |supersedes?\b|supercedes?\b|replaces\s*:
        |approved\s*$|approved\s+by\b|signed\s*:|signature\b|prepared\s+by\b
        |(?:owner|author|department|division|administration|administrator|medical\s+director|director|version|
            applies\s+to|distribution|date)\s*:
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_governance_label(text: str) -> bool:
    """Whether a line begins with a label of a policy's header block ("EFFECTIVE:", "Policy Number", "Supersedes")."""
    return bool(LABEL.match(text))

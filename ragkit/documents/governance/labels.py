"""The words with which policies label the fields of their header: "EFFECTIVE", "Date Last Reviewed", "Policy No."."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """What a label announces. Most are fields of ``Governance``; the others are needed to work one out."""

    TITLE = "title"
    KIND_AND_TITLE = "kind_and_title"
    """As in "Nursing Protocol: ..." or "Policy: ...": a title in a header, a section heading elsewhere."""
    NUMBER = "reference_number"
    KIND_AND_NUMBER = "kind_and_number"
    """As in "Policy 12.4" or "Reference 930": a number only if one follows."""
    OWNER = "owner"
    APPROVER = "approver"
    SIGNATORY = "signatory"
    """As in "Medical Director: ..." below "Approved": one of those who signed."""
    ORIGINAL = "original_date"
    EFFECTIVE = "effective_date"
    ISSUED = "issued"
    REVISED = "revised_date"
    REVIEWED = "last_reviewed"
    REVIEWED_OR_REVISED = "reviewed_or_revised"
    REVIEW = "review"
    """ "Review Date": the last or the next review, depending on the other dates."""
    REVIEW_DUE = "review_due"
    RETIRED = "retired_date"
    APPROVED_ON = "approved_on"
    DATE = "date"
    SUPERSEDES = "supersedes"
    SUPERSEDED_BY = "superseded_by"
    STATUS = "status"
    VERSION = "version"
    APPLIES_TO = "applies_to"
    AUDIENCE = "audience"
    PAGE = "page"
    OTHER = "other"
    """A label that says nothing about governance but ends the value before it ("Category:", "Site:")."""


DATE_LABELS = frozenset(
    {
        Label.ORIGINAL,
        Label.EFFECTIVE,
        Label.ISSUED,
        Label.REVISED,
        Label.REVIEWED,
        Label.REVIEWED_OR_REVISED,
        Label.REVIEW,
        Label.REVIEW_DUE,
        Label.RETIRED,
        Label.APPROVED_ON,
        Label.DATE,
    }
)
NUMBER_LABELS = frozenset({Label.NUMBER, Label.KIND_AND_NUMBER})
TITLE_LABELS = frozenset({Label.TITLE, Label.KIND_AND_TITLE})

_KIND = (
    r"(?:polic(?:y|ies)|procedures?|protocols?|guidelines?|documents?|doc\.?|forms?|standing\ orders?|pathways?|sop|"
    r"standards?|plans?|bulletins?|directives?|memos?|references?|ref\.?|index|manual|control|chapter|section)"
)
_KINDS = (
    rf"(?:{_KIND}(?:(?:\s*[/&]\s*|\s+and\s+){_KIND})*|policy\s+(?:document|reference|manual)|"
    r"(?:controlled|reference|policy)\s+document|document\s+control)"
)
_NUMBER_WORD = r"(?:numbers?|num\.?|no\b\.?|nr\b\.?|id\b|identifier|code|\#)"
_OPT_DATE = r"(?:\s+(?:date|on|dates|as\s+of|from|since))?"
_LAST = r"(?:last|latest|most\s+recent(?:ly)?|current)"
_REVISED = r"(?:revised?|revisions?|rev\b\.?|amended|amendments?|updated?|modified)"
_REVIEWED = r"(?:reviewed|re-?approved|re-?affirmed)"
_ISSUED = r"(?:issued?|published|publication|released?|adopted|adoption|promulgated)"
_ORIGINAL = r"(?:original(?:ly)?|origination|originated|origin|initial(?:ly)?|first|creation|created|inception)"
_APPROVED = r"(?:approved|approval|ratified|signed|authori[sz]ed)"
_GONE = r"(?:retired|retirement|rescinded|withdrawn|archived|inactivated|discontinued)"
_OFFICE = (
    r"(?:(?:ems|chief|medical|nursing|executive|agency|interim|acting|deputy|assistant|associate|nurse|hospital|"
    r"clinical|quality|pharmacy|county|health|division|department|program|operating)\s+){0,3}"
    r"(?:directors?|administrators?|administration|officers?|executive|president|chair(?:man|woman|person)?|chief)"
)

OFFICE = re.compile(_OFFICE, re.IGNORECASE)
"""An office that signs policies: "Medical Director", "Chief Nursing Officer"."""

_PATTERNS: tuple[tuple[Label, str], ...] = (
    (Label.PAGE, r"page\s+\d+(?:\s*(?:of|/)\s*\d+)?|page\s*x\s+of|pages?"),
    (Label.SUPERSEDED_BY, r"(?:superseded|superceded|replaced)\s+by"),
    (Label.SUPERSEDES, r"(?:this\s+(?:policy|document|version)\s+)?(?:supersedes|supercedes|superseding|replaces)"),
    (
        Label.REVIEWED_OR_REVISED,
        rf"(?:date\s+)?(?:{_LAST}\s+)?(?:review(?:ed)?\s*(?:/|&|and|or)\s*{_REVISED}|"
        rf"{_REVISED}\s*(?:/|&|and|or)\s*review(?:ed)?){_OPT_DATE}",
    ),
    (
        Label.REVIEW_DUE,
        rf"(?:date\s+(?:of|for)\s+)?next\s+(?:scheduled\s+|planned\s+|periodic\s+)?(?:review|revision)(?:\s+due)?{_OPT_DATE}"
        r"|(?:re-?)?(?:review|revision)\s+(?:is\s+)?(?:due|by|before|no\s+later\s+than|deadline)(?:\s+(?:date|on|by))?"
        r"|due\s+(?:for\s+|date\s+for\s+)?review|date\s+(?:for|due\s+for)\s+review|(?:to\s+be\s+)?reviewed?\s+by\s+date"
        r"|to\s+be\s+reviewed(?:\s+(?:by|on|before))?|scheduled\s+(?:for\s+)?review(?:\s+date)?"
        r"|expir(?:es|ation|y)(?:\s+(?:date|on))?|valid\s+(?:until|through|to)|sunset\s+date",
    ),
    (
        Label.REVIEWED,
        rf"date\s+(?:of\s+)?(?:{_LAST}\s+)?(?:reviewed|review)\b|{_LAST}\s+(?:date\s+)?(?:periodic\s+)?"
        rf"review(?:ed)?{_OPT_DATE}|(?:date\s+)?{_REVIEWED}{_OPT_DATE}|review\s+completed{_OPT_DATE}",
    ),
    (Label.REVIEW, r"review\s+dates?|reviews?"),
    (
        Label.ORIGINAL,
        rf"(?:date\s+(?:of\s+)?)?{_ORIGINAL}(?:\s+(?:policy|{_ISSUED}|effective|{_APPROVED}|implementation)){{0,2}}{_OPT_DATE}"
        r"|origination\s+date",
    ),
    (
        Label.EFFECTIVE,
        rf"(?:policy\s+|current\s+)?effective{_OPT_DATE}|date\s+(?:effective|implemented|of\s+implementation)"
        rf"|in\s+(?:force|effect)\s+(?:from|since|as\s+of)|implement(?:ation|ed){_OPT_DATE}|valid\s+from|go-?live(?:\s+date)?",
    ),
    (Label.ISSUED, rf"date\s+(?:of\s+)?{_ISSUED}|{_ISSUED}{_OPT_DATE}"),
    (
        Label.VERSION,
        r"(?:version|ver\b\.?)(?:\s+(?:number|no\b\.?|\#))?|(?:revision|rev\b\.?|issue|edition)\s+(?:number|no\b\.?|\#)"
        r"|edition",
    ),
    (
        Label.REVISED,
        rf"date\s+(?:of\s+)?(?:{_LAST}\s+)?{_REVISED}|(?:{_LAST}\s+)?(?:date\s+)?{_REVISED}{_OPT_DATE}",
    ),
    (Label.RETIRED, rf"date\s+(?:of\s+)?{_GONE}|{_GONE}{_OPT_DATE}"),
    (
        Label.APPROVED_ON,
        rf"date\s+(?:of\s+)?(?:{_LAST}\s+)?{_APPROVED}|(?:{_LAST}\s+)?(?:(?:board|committee)\s+)?{_APPROVED}\s+(?:date|on)"
        rf"|{_LAST}\s+{_APPROVED}|date\s+signed",
    ),
    (
        Label.APPROVER,
        r"(?:a?pproved|authori[sz]ed|ratified|endorsed|signed)(?:\s+by)?|approvers?|approvals?|approv(?:al|ing)\s+"
        r"(?:authority|body|committee|signatures?)",
    ),
    (
        Label.TITLE,
        rf"(?:{_KINDS}\s+)?(?:title|subject|name)(?=\s*:)|{_KINDS}\s+(?:title|name|subject)|subject|topic|name\s+of\s+{_KIND}",
    ),
    (Label.NUMBER, rf"(?:{_KINDS}\s*)?{_NUMBER_WORD}"),
    (
        Label.OWNER,
        r"(?:policy|document|content|process|business)?\s*owners?(?:\s+department)?|(?:responsible|owning|originating|"
        r"sponsoring|initiating)\s+(?:departments?|dept\.?|units?|part(?:y|ies)|persons?|offices?|officer|committee)|"
        r"(?:department|dept\.?|division|maintained\s+by|custodian|authors?|prepared\s+by|written\s+by|policy\s+"
        r"(?:lead|contact|manager|sponsor|holder))(?=\s*:)|responsib(?:le|ility)(?=\s*:)",
    ),
    (Label.STATUS, r"(?:policy\s+|document\s+)?status"),
    (
        Label.APPLIES_TO,
        r"(?:applies|applicable)\s+to|applicability|(?:patient\s+|target\s+)?population|patient\s+groups?|"
        r"applicable\s+(?:units?|departments?|areas?)",
    ),
    (
        Label.AUDIENCE,
        r"(?:target\s+|intended\s+)?audience|distribution|intended\s+users?|affected\s+(?:personnel|staff)",
    ),
    (Label.SIGNATORY, _OFFICE),
    (Label.DATE, r"date"),
    (Label.KIND_AND_NUMBER, rf"{_KIND}(?=\s*[:\#]?\s*(?-i:(?:[A-Z]{{1,6}}[ ./-]?){{0,3}})\d)"),
    (
        Label.KIND_AND_TITLE,
        r"(?:[A-Za-z]+\s+){0,2}(?:policy|procedure|protocol|guideline|standing\s+order|pathway)(?=\s*:)",
    ),
    (
        Label.OTHER,
        r"(?:category|classification|type|series|sites?|facilit(?:y|ies)|campus|location|hospitals?|keywords?|contact|"
        r"references?|cross\s+references?|authority|purpose|scope|definitions?|phone|fax)(?=\s*:)",
    ),
)


@dataclass(frozen=True)
class FoundLabel:
    """A label in a line.

    Attributes:
        label: what it announces.
        start, end: where it stands; ``end`` is after its colon.
        text: its words.
        colon: a colon follows it.
    """

    label: Label
    start: int
    end: int
    text: str
    colon: bool


_WORD_START = re.compile(r"(?<![\w&/.'’-])(?=[A-Za-z#])")
_AFTER = re.compile(r"(?:\s*\((?:s|if applicable|mm/dd/yy(?:yy)?)\))?(?P<colon>\s*[:：])?(?:\s*[.…_]{3,})?(?![\w'’])")


def labels_in(cell: str) -> list[FoundLabel]:
    """Every place in ``cell`` where the words of a label stand, left to right and without overlap.

    Whether a place really is a label is for the caller to judge, from what stands before and after it.
    """
    found: list[FoundLabel] = []
    position = 0
    for start in _WORD_START.finditer(cell):
        if start.start() < position:
            continue
        label = _label_at(cell, start.start())
        if label is not None:
            found.append(label)
            position = label.end
    return found


def label_of(name: str) -> Label | None:
    """The label that ``name`` as a whole is ("policy_number", "Effective Date:"), None if it is none."""
    words = re.sub(r"[\s_:.-]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip()
    found = _label_at(words + ":", 0)
    return found.label if found is not None and found.end >= len(words) else None


def _label_at(cell: str, start: int) -> FoundLabel | None:
    """The longest label at ``start``; of equally long ones the first in the table."""
    best: FoundLabel | None = None
    for label, pattern in _COMPILED:
        match = pattern.match(cell, start)
        if match is None or match.end() == start:
            continue
        after = _AFTER.match(cell, match.end())
        if after is None:
            continue
        found = FoundLabel(label, start, after.end(), match.group().strip(), bool(after.group("colon")))
        if best is None or match.end() - start > len(best.text):
            best = found
    return best


_COMPILED = tuple((label, re.compile(pattern, re.IGNORECASE | re.VERBOSE)) for label, pattern in _PATTERNS)

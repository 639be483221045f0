"""Version, date, number and standing of the document: an old or another policy is no evidence for this one."""

from __future__ import annotations

import re

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult

_STANDING = (
    r"superseded|retired|rescinded|withdrawn|obsolete|archived|expired|replaced|draft|void|repealed|historical|"
    r"inactive|"
    r"not (?:yet )?(?:in force|in effect|approved)|no longer (?:in force|in effect|valid|in use)"
)
_ABOUT_ITSELF = re.compile(
    r"(?:(?:status|this|the|policy|procedure|document|guideline|protocol|version|is|has|been|was|now|marked|"
    r"[A-Za-z.-]{0,8}\d[\w.-]{0,12})"
    r"\b[\s:;,–—(-]{1,4}){1,8}",
    re.IGNORECASE,
)
_MARK = re.compile(
    rf"\W{{0,4}}(?P<mark>{_STANDING})"
    r"(?=\W*$|\s*[-–—:;(*]|[.,]?\s+(?:on|by|effective|as of|since|from|copy|version|document|policy|\d))",
    re.IGNORECASE,
)
"""A line that says of the document itself that it is out of force; "expired medications are returned" does not."""
_UNTIL = re.compile(
    r"\b(?P<mark>(?:effective|in force|valid) (?:until|through|to) [\w./-]{1,20}(?: \w{3,9} \d{4})?)", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:superseded|retired|rescinded|withdrawn|obsolete|archived|previous(?:ly)?|former(?:ly)?|old(?:er)?|"
    r"until|expired|"
    r"draft|replaced|no longer|used to|was|were|earlier version|historical|in force until)\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"\b(?P<kind>policy|procedure|protocol|ref\.?|reference|section|guideline|standard|form|version|revision|"
    r"rev\.?|v(?=\d)|chapter|"
    r"appendix|attachment|step|phase|stage|class|category|level|grade|type|tier|zone|room|ward|unit|floor)\s*"
    r"(?:no\.?|number|nr\.?|#)?\s*(?P<value>[A-Z]{0,5}-?\d+(?:[.\-]\d+)*[a-z]?\b|\b[IVX]{1,4}\b|\b[A-D]\b)",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b([A-Z]{2,5})-\d{1,5}(?:\.\d+)*\b")
_YEAR = re.compile(r"(?<![\d.,-])(?:19|20)\d{2}(?![.,]?\d|%)")
_SAME_KIND = {
    "ref": "reference",
    "ref.": "reference",
    "rev": "version",
    "rev.": "version",
    "revision": "version",
    "v": "version",
}


def check(aligned: Aligned) -> RuleResult:
    """Compares numbers of documents and versions, years, and whether the evidence says that it is out of force."""
    result = RuleResult()
    _standing(aligned, result)
    _identifiers(aligned, result)
    ours, theirs = set(_YEAR.findall(aligned.claim)), set(_YEAR.findall(aligned.evidence))
    near = {year for line in aligned.near for year in _YEAR.findall(line)}
    for year in sorted(ours):
        if year in theirs:
            result.agree(Rule.VERSION)
        elif near - ours:
            result.contradict(Rule.VERSION, f"{year} here, {min(near - ours)} in the evidence")
        else:
            result.miss(Rule.VERSION, f"the evidence does not name {year}")
    return result


def _standing(aligned: Aligned, result: RuleResult) -> None:
    """A short line of the evidence (a heading, a mark) that says the document is out of force."""
    if _PAST.search(aligned.claim):
        return
    for line in aligned.evidence.split("\n"):
        lead = _ABOUT_ITSELF.match(line)
        mark = _MARK.match(line) or (_MARK.match(line, lead.end()) if lead else None) or _UNTIL.search(line)
        if mark:
            result.miss(Rule.VERSION, f"the evidence is marked “{mark['mark'].lower()}”")
            return


def _identifiers(aligned: Aligned, result: RuleResult) -> None:
    ours, theirs = _named(aligned.claim), _named(aligned.evidence)
    for kind, values in ours.items():
        for value in sorted(values):
            others = theirs.get(kind, set())
            if value in others or re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", aligned.evidence, re.IGNORECASE):
                result.agree(Rule.VERSION)
            elif others:
                prefix = "" if kind.startswith("number") else f"{kind} "
                result.contradict(Rule.VERSION, f"{prefix}{value} here, {prefix}{min(others)} in the evidence")
            elif not kind.startswith("number"):  # a code may name anything: a virus, a form, a gene
                result.miss(Rule.VERSION, f"the evidence does not name {kind} {value}")


def _named(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in _IDENTIFIER.finditer(text):
        kind = match["kind"].lower()
        found.setdefault(_SAME_KIND.get(kind, kind), set()).add(match["value"].upper())
    for match in _CODE.finditer(text):  # codes of one series are compared with each other: NS-214 with NS-241
        found.setdefault(f"number {match[1]}-", set()).add(match[0])
    return found

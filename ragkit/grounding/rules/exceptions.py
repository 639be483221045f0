"""Exceptions and conditions that the claim drops, and words like "only" and "all" that it adds."""

from __future__ import annotations

import re

from ragkit.grounding.rules.aligning import Aligned, nearest
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.polarity import hints_at_negation, negations
from ragkit.grounding.rules.wording import content

_ALIKE = 0.4
_EXCEPTION = re.compile(
    r"\b(?:except(?:ing|ion)?(?: (?:in|for|when|if|that|to|where|during))?|with the exception of|unless|"
    r"other than|excluding|apart from|"
    r"but not(?: in| for| when| if)?|provided (?:that)?|as long as|only (?:if|when|after|in|for|with|by)|"
    r"not (?:in|for) )\s+"
    r"(?P<what>[^.;\n]+)",
    re.IGNORECASE,
)
_ONLY_WHO = re.compile(
    r"\bonly\s+(?P<who>[^.,;\n]{3,80}?)\s+(?:may|can|shall|must|should|is|are|has|have|will)\b", re.IGNORECASE
)
_ANY_EXCEPTION = re.compile(
    r"\b(?:except\w*|unless|other than|excluding|apart from|but not|provided|as long as|only|if|when|without|not)\b",
    re.IGNORECASE,
)
_EVEN = re.compile(
    r"\b(?:even (?:if|when|in|for|after|without|though)|regardless of|including(?: in| for)?|also (?:in|for|"
    r"when)|whether or not)\b",
    re.I,
)
_CONDITION = re.compile(
    r"\b(?:if|only|unless|except\w*|provid(?:ed|ing)|when|who|whose|must|not|no|without|until)\b", re.IGNORECASE
)
_ONLY = re.compile(r"\b(?:only|solely|exclusively|just the|nothing but)\b(?! (?:ever))", re.IGNORECASE)
_ONLY_IN_EVIDENCE = re.compile(
    r"\b(?:only|solely|exclusively|sole|limited to|restricted to|must|shall|no other|unless|until|except|alone|not)\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|every|always|any|each|whenever|in any case|entire(?:ly)?|completely)\b", re.IGNORECASE)
_SOME = re.compile(
    r"\b(?:some|sometimes|most|usually|often|certain|several|selected|occasionally|generally|typically|partly|"
    r"partially|a few)\b",
    re.IGNORECASE,
)


def check(aligned: Aligned) -> RuleResult:
    """Whether a condition of the evidence is lost, turned round, or one is added."""
    result = RuleResult()
    if aligned.coverage < _ALIKE:
        return result
    ours = content(aligned.claim)
    for match in _EXCEPTION.finditer(aligned.best):
        main = content(aligned.best[: match.start()])
        excepted = content(match["what"]) - main
        if not excepted or not (main or content(aligned.best[match.end() :])) & ours:
            continue
        named = excepted & ours
        if 2 * len(named) >= len(excepted):
            _named(aligned, match, result)
        elif not _ANY_EXCEPTION.search(aligned.claim):
            result.miss(Rule.EXCEPTION, f"the evidence has a condition that is not here: “{match[0].strip()[:80]}”")
    for match in _ONLY_WHO.finditer(aligned.best):
        if not content(match["who"]) & ours and not _ANY_EXCEPTION.search(aligned.claim):
            result.miss(Rule.EXCEPTION, f"the evidence restricts it: “{match[0].strip()[:80]}”")
    _scope(aligned, result)
    _even(aligned, result)
    return result


def _named(aligned: Aligned, match: re.Match[str], result: RuleResult) -> None:
    """The claim speaks of the exception: as an exception, or as if the rule held for it too."""
    conditional = re.match(r"provided|as long|only", match[0], re.IGNORECASE)
    if _EVEN.search(aligned.claim) and not _EVEN.search(aligned.best):
        result.contradict(Rule.EXCEPTION, f"the evidence excepts what is included here: “{match[0].strip()[:80]}”")
    elif conditional or _ANY_EXCEPTION.search(aligned.claim) or hints_at_negation(aligned.claim):
        result.agree(Rule.EXCEPTION)
    elif not negations(aligned.best[: match.start()]) and not negations(aligned.claim):
        result.contradict(Rule.EXCEPTION, f"the evidence excepts it: “{match[0].strip()[:80]}”")


def _scope(aligned: Aligned, result: RuleResult) -> None:
    if _ONLY.search(aligned.claim) and not _ONLY_IN_EVIDENCE.search("\n".join(aligned.near)):
        result.miss(Rule.SCOPE, "“only” stands here and not in the evidence")
    every, some = _ALL.search(aligned.claim), _SOME.search(aligned.best)
    if every and some and not _ALL.search(aligned.best) and not _SOME.search(aligned.claim):
        result.contradict(Rule.SCOPE, f"“{every[0]}” here, “{some[0]}” in the evidence")


def _even(aligned: Aligned, result: RuleResult) -> None:
    """Finds "even if" of something that the evidence makes a condition."""
    match = _EVEN.search(aligned.claim)
    if not match or _EVEN.search(aligned.evidence):
        return
    words = content(aligned.claim[match.end() :].split(",")[0])
    lines, share = nearest(words, aligned.evidence)
    if words and share >= 0.5 and any(_CONDITION.search(line) for line in lines):
        result.contradict(Rule.EXCEPTION, f"the evidence makes it a condition: “{lines[0][:80]}”")

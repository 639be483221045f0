"""Which words of a sentence stand under a negation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ragkit.grounding.rules.wording import content

_NO_NEGATION = re.compile(
    r"\bno\.?\s?#?\d|\bn(?:o|ot) (?:more|less|fewer|later|longer|greater|earlier|sooner|older|younger|higher|"
    r"lower|larger|smaller) than\b|"
    r"\bnot (?:only|limited to|necessarily)\b|\bwhether or not\b|\bnot (?:to )?exceed(?:ing)?\b|\bif not\b|"
    r"\bno later\b|"
    r"\b(?:must|should|shall|may|will|does|do) not exceed\b|\bno matter\b|\bregardless\b|\bnot? (?:yet )?known if\b",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:not|no|never|cannot|neither|nor|none|nothing|nobody|without|rather than|instead of|"
    r"avoid(?:s|ed|ing|ance)?|lack(?:s|ed|ing)?(?: of)?|absence of|free (?:of|from)|fail(?:s|ed|ing)? to|"
    r"refus(?:e|es|ed|al)(?: to)?|"
    r"refrain(?:s|ed)? from|unable to|den(?:y|ies|ied)|exclud(?:e|es|ed|ing)|"
    r"prohibit(?:s|ed|ing)?|forbid(?:s|den)?|contraindicat(?:ed|ion|ions)|ban(?:s|ned)|discourag(?:es|ed)|"
    r"recommend(?:s|ed)? against|"
    r"withh(?:old|eld)|omit(?:s|ted)?|excluding|ineligible|disqualif(?:y|ied|ies))\b|n['’]t\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[,;:.()\n•|]|\b(?:but|however|although|though|unless|except|because|if|when|while|who|which|until|so that)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:is|are|be|been|was|were)\s+(?:\w+ly\s+)?$|\bto\s+be\s+$|^\s*$", re.IGNORECASE
)  # "X is prohibited": what is denied stands before
_TWO_SIDED = re.compile(
    r"prohibit|forbid|contraindicat|exclud|ban|recommended against|discourag|avoided|withheld|omitted|"
    r"ineligible|disqualif",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|that|who|which|whose|where|until|while|because|since)\s+(?:\w+\s+){0,4}$", re.IGNORECASE
)
_CONTRAST = re.compile(r"(?:,|\bbut|\band)\s*$", re.IGNORECASE)
_HINT = re.compile(
    r"\b(?:unable|inability|non|except\w*|unless|without|declin\w*|refus\w*|exclu\w*|outside|exempt\w*|stop\w*|"
    r"with(?:hold|held)\w*|"
    r"against|free|lack\w*|absen\w*|fail\w*|nobody|until|only|other than|rather|instead|avoid\w*|opt|loss|lose|"
    r"lost|deni\w+|den(?:y|ies)|"
    r"not?|never|none|neither|nor|cannot|prohibit\w*|contraindicat\w*|forbid\w*|in(?:valid|effective|eligible|"
    r"complete|sufficient)|"
    r"un[a-z]{4,}|discontinu\w*|leav(?:e|es|ing)|illegal|disallow\w*|reject\w*|barred|zero|rul(?:e|ed|es) out|"
    r"too|away from|no longer)\b|"
    r"n't\b",
    re.IGNORECASE,
)
_REACH = {"no": 45, "without": 45, "none": 60}
_FAR = 110


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation and what it denies.

    Attributes:
        cue: its own words.
        scope: stems of the content words that it denies.
        clause: stems of the content words of the whole clause around it.
        conditional: whether it stands in a condition or a relative clause ("a tool that is not listed").
        contrast: whether it sets one thing against another ("instead of", "but not", ", not").
        start: where its scope starts in the sentence.
        end: where its scope ends.
    """

    cue: str
    scope: frozenset[str]
    clause: frozenset[str]
    conditional: bool
    contrast: bool
    start: int
    end: int


@lru_cache(maxsize=65536)
def negations(text: str) -> tuple[Negation, ...]:
    """The negations of ``text``. "No more than" and the like are bounds, not negations."""
    masked = _NO_NEGATION.sub(lambda match: " " * len(match[0]), text)
    found = []
    for match in _CUE.finditer(masked):
        word = match[0].lower()
        start, end = match.end(), min(len(masked), match.end() + _REACH.get(word, _FAR))
        stop = _BREAK.search(masked, start + 1, end)
        end = stop.start() if stop else end
        breaks = list(_BREAK.finditer(masked, 0, match.start()))
        clause_start = breaks[-1].end() if breaks else 0
        if _TWO_SIDED.match(word) and _PASSIVE.search(masked[: match.start()]):
            start = clause_start
        clause_stop = _BREAK.search(masked, match.end())
        clause = content(masked[clause_start : clause_stop.start() if clause_stop else len(masked)]) - content(word)
        lead = masked[clause_start : match.start()]
        conditional = bool(_CONDITION.search(masked[: clause_start + len(lead)]))
        contrast = word in ("instead of", "rather than") or bool(_CONTRAST.search(masked[: match.start()]))
        scope = content(masked[start:end]) - content(word)
        found.append(Negation(word, scope, clause, conditional, contrast, start, end))
    return tuple(found)


_PLAIN = frozenset({"not", "no", "never", "cannot", "n't", "nor", "neither", "without", "avoid"})


def negated_at(text: str, position: int) -> bool:
    """Whether the character at ``position`` stands under an odd number of plain negations ("not", "never")."""
    found = (negation for negation in negations(text) if negation.cue in _PLAIN)
    return sum(negation.start <= position < negation.end for negation in found) % 2 == 1


def hints_at_negation(text: str) -> bool:
    """Whether ``text`` has a negation or a word that can stand for one; such a sentence is never taken as affirming."""
    return bool(_HINT.search(text))

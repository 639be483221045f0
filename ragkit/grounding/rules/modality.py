"""Must, should, may, need not, must not: how binding a sentence is."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Kind, Rule, RuleResult
from ragkit.grounding.rules.wording import content, tokens

_ALIKE = 0.35


class Modality(StrEnum):
    """How binding a sentence is."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    NEED_NOT = "need not"
    SHOULD_NOT = "should not"
    MUST_NOT = "must not"


_PATTERNS = {
    Modality.NEED_NOT: (
        r"need not|needn['’]t|(?:do|does|did|is|are) not (?:need|have|obliged|obligated) to|"
        r"not (?:be |strictly |always )?(?:required|necessary|mandatory|needed|compulsory)|optional(?:ly)?|no need to|unnecessary|"
        r"may choose(?: whether)?|no \w+ (?:is|are) (?:required|needed|necessary)|free to|not have to"
    ),
    Modality.SHOULD_NOT: (
        r"should(?: not|n['’]t| never)|not (?:be )?(?:recommended|advised|advisable)|recommend(?:s|ed|ation)? against|"
        r"(?:should |to )?(?:be |is |are )?avoid(?:ed|s)?|(?:is|are) discouraged|not preferred|do(?:es)? not recommend"
    ),
    Modality.MUST_NOT: (
        r"(?:must|shall|may|can|will)(?: not| never)|mustn['’]t|cannot|can['’]t|never|do not|don['’]t|prohibit(?:ed|s)|forbid(?:den|s)|"
        r"not (?:be )?(?:allowed|permitted|authori[sz]ed)|contraindicated|under no circumstances|"
        r"no (?:\w+ ){1,4}?(?:may|shall|can|must)\b"
    ),
    Modality.MUST: (
        r"must|shall|required|ha(?:s|ve) to|mandatory|compulsory|needs? to|requires?|(?:is|are) to(?: be)?|obliged to|obligated to"
    ),
    Modality.SHOULD: r"should|recommend(?:s|ed)?|advis(?:ed?|es)|ought to|preferred",
    Modality.MAY: r"may|can|could|allow(?:ed|s)|permit(?:ted|s)|authori[sz]ed|at the discretion of",
}
_MODAL = re.compile(
    "|".join(rf"\b(?P<m{i}>{pattern})\b" for i, pattern in enumerate(_PATTERNS.values())), re.IGNORECASE
)
_CLASSES = tuple(_PATTERNS)
_NEGATIVE = frozenset({Modality.SHOULD_NOT, Modality.MUST_NOT})
_POSITIVE = frozenset({Modality.MUST, Modality.SHOULD, Modality.MAY})


@lru_cache(maxsize=65536)
def modalities(text: str) -> tuple[tuple[Modality, frozenset[str]], ...]:
    """Each modal of ``text`` with the stems of the next three content words: what must or may be done."""
    found = []
    for match in _MODAL.finditer(text):
        modality = _CLASSES[int(match.lastgroup[1:])] if match.lastgroup else Modality.MAY
        following = re.split(r"[,;:.()\n]", text[match.end() : match.end() + 60])[0]
        known = content(following)
        acts = [word for word in tokens(following) if word in known][:3]
        found.append((modality, frozenset(acts)))
    return tuple(found)


def check(aligned: Aligned) -> RuleResult:
    """Compares how binding the claim is with the nearest sentences, for the same act where one is named."""
    result = RuleResult()
    if aligned.coverage < _ALIKE:
        return result
    theirs = [entry for line in aligned.near for entry in modalities(line)]
    nearest = {modality for modality, _ in modalities(aligned.best)}
    for modality, acts in modalities(aligned.claim):
        same_act = {other for other, other_acts in theirs if acts & other_acts}
        compared = same_act or (nearest if len(nearest) == 1 else set())
        if not compared:
            continue
        kinds = [_conflict(modality, other) for other in compared]
        if None in kinds:
            result.agree(Rule.MODALITY)
            continue
        reason = f"“{modality.value}” here, “{sorted(compared)[0]}” in the evidence"
        if all(kind is Kind.CONTRADICTS for kind in kinds):
            result.contradict(Rule.MODALITY, reason)
        else:
            result.miss(Rule.MODALITY, reason)
    return result


def _conflict(claim: Modality, evidence: Modality) -> Kind | None:
    """What a modality of the claim means where the evidence has another one; None where they go together."""
    pair = {claim, evidence}
    if claim is evidence or pair == {Modality.NEED_NOT, Modality.MAY}:
        return None
    if pair & _NEGATIVE and pair & _POSITIVE:
        return Kind.CONTRADICTS
    if Modality.NEED_NOT in pair and pair & {Modality.MUST, Modality.MUST_NOT}:
        return Kind.CONTRADICTS
    if claim is Modality.MUST and evidence is Modality.MAY:
        return Kind.CONTRADICTS
    return Kind.MISSING

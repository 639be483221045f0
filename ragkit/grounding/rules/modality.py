"""Must, should, may, need not, must not: how binding a sentence is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Kind, Rule, RuleResult
from ragkit.grounding.rules.wording import content, tokens

_ALIKE = 0.5


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
        r"(?:(?:may|might|shall|should|do|does) )?not (?:be |strictly |always )?(?:required|necessary|mandatory|"
        r"needed|compulsory)|optional(?:ly)?|no need to|unnecessary|"
        r"may choose(?: whether)?|no \w+ (?:is|are) (?:required|needed|necessary)|free to|not have to"
    ),
    Modality.SHOULD_NOT: (
        r"should(?: not|n['’]t| never)|no (?:\w+ ){1,4}?should|stay away from|should (?:have|be|give|use) no|"
        r"not (?:be )?(?:recommended|advised|advisable)|recommend(?:s|ed|ation)? against|"
        r"(?:should |to )?(?:be |is |are )?avoid(?:ed|s)?|(?:is|are) discouraged|not preferred|do(?:es)? not recommend"
    ),
    Modality.MUST_NOT: (
        r"(?:must|shall|may|can|will)(?: not| never)|mustn['’]t|cannot|can['’]t|never|do not|don['’]t|"
        r"prohibit(?:ed|s)|forbid(?:den|s)|"
        r"not (?:be )?(?:allowed|permitted|authori[sz]ed)|contraindicated|under no circumstances|"
        r"(?:must|shall|may|can) (?:have|be|give|use) no|no (?:\w+ ){1,4}?(?:may|shall|can|must)\b"
    ),
    Modality.MUST: (
        r"must|shall|required|ha(?:s|ve) to|mandatory|compulsory|needs? to|requires?|(?:is|are) to(?: be)?|"
        r"obliged to|obligated to"
    ),
    Modality.SHOULD: r"should|recommend(?:s|ed)?|advis(?:ed?|es)|ought to|preferred",
    Modality.MAY: r"may|can|could|allow(?:ed|s)|permit(?:ted|s)|authori[sz]ed|at the discretion of",
}
_MODAL = re.compile(
    "|".join(rf"\b(?P<m{i}>{pattern})\b" for i, pattern in enumerate(_PATTERNS.values())), re.IGNORECASE
)
_CLASSES = tuple(_PATTERNS)
_NEGATIVE = frozenset({Modality.SHOULD_NOT, Modality.MUST_NOT})
_STRENGTH = {
    Modality.MUST: 3,
    Modality.MUST_NOT: 3,
    Modality.SHOULD: 2,
    Modality.SHOULD_NOT: 2,
    Modality.MAY: 1,
    Modality.NEED_NOT: 1,
}
_POSITIVE = frozenset({Modality.MUST, Modality.SHOULD, Modality.MAY})


_BREAK = re.compile(r"[,;:.()\n•]|\b(?:but|however|although|unless|except|because|if|when|and|while)\b", re.IGNORECASE)
_PURPOSE = re.compile(
    r"\b(?:if|when|whenever|so that|such that|in case|that|who|which|where|until)\b(?:(?!\bbut\b)[^,;.])*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal and its clause.

    Attributes:
        modality: how binding it is.
        acts: stems of the next three content words: what must or may be done.
        clause: stems of all content words of the clause.
    """

    modality: Modality
    acts: frozenset[str]
    clause: frozenset[str]


@lru_cache(maxsize=65536)
def modals(text: str) -> tuple[Modal, ...]:
    """The modals of ``text`` in order, without those of conditions and purposes ("if it cannot be ...")."""
    found = []
    for match in _MODAL.finditer(text):
        if _PURPOSE.search(text[: match.start()]):
            continue
        modality = _CLASSES[int((match.lastgroup or "m0")[1:])]
        before, after = _BREAK.split(text[: match.start()])[-1], _BREAK.split(text[match.end() :])[0]
        known = content(after)
        acts = [word for word in tokens(after) if word in known][:3]
        found.append(Modal(modality, frozenset(acts), content(before) | known))
    return tuple(found)


def check(aligned: Aligned) -> RuleResult:
    """Compares each modal of the claim with the modal of the evidence whose clause speaks most of the same thing."""
    result = RuleResult()
    theirs = [modal for line in aligned.evidence.split("\n") for modal in modals(line)]
    for modal in modals(aligned.claim):
        shares = [_alike(modal, other, aligned) for other in theirs]
        top = max(shares, default=0.0)
        if top < _ALIKE:
            continue
        compared = [other.modality for other, share in zip(theirs, shares, strict=True) if share >= top - 0.1]
        kinds = [_conflict(modal.modality, other) for other in compared]
        if None in kinds:
            result.agree(Rule.MODALITY)
            continue
        reason = f"“{modal.modality.value}” here, “{compared[0].value}” in the evidence"
        if all(kind is Kind.CONTRADICTS for kind in kinds):
            result.contradict(Rule.MODALITY, reason)
        else:
            result.miss(Rule.MODALITY, reason)
    return result


def _alike(claim: Modal, evidence: Modal, aligned: Aligned) -> float:
    """How surely the two modals speak of the same act, 0..1; 0 where the acts have no word in common."""
    acts = claim.acts or content(aligned.claim)
    if not claim.clause or not acts & (evidence.acts or evidence.clause):
        return 0.0
    return len(claim.clause & evidence.clause) / len(claim.clause)


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
    return Kind.MISSING if _STRENGTH[claim] > _STRENGTH[evidence] else None  # a weaker claim is not a wrong one

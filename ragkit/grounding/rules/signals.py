"""Numbers of the comparison that are no conflicts: coverage, hedging, parity of negation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragkit.grounding.rules.additions import added_ending
from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.names import missing_names, names
from ragkit.grounding.rules.opposites import Pole, poles
from ragkit.grounding.rules.polarity import negations
from ragkit.grounding.rules.wording import content

_HEDGE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|potential(?:ly)?|suggests?|suggested|likely|appears?|seems?|unclear|"
    r"unknown|uncertain|"
    r"limited evidence|insufficient evidence|probabl[ey]|perhaps|hypothesi[sz]ed?|investigate|whether|"
    r"further (?:studies|research))\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"\b(?:more|less|fewer|higher|lower|greater|better|worse|than|compared)\b", re.IGNORECASE)


def signals(aligned: Sequence[Aligned]) -> dict[str, float]:
    """The signals of a claim, averaged over its sentences; names as in ``findings.SIGNALS``."""
    if not aligned:
        return {}
    rows = [_of_sentence(entry) for entry in aligned]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _of_sentence(aligned: Aligned) -> dict[str, float]:
    ours, theirs = len(negations(aligned.claim)), len(negations(aligned.best))
    named = names(aligned.claim)
    one, other = poles(aligned.claim), poles(aligned.best)
    hedged = bool(_HEDGE.search(aligned.claim)), bool(_HEDGE.search(aligned.best))
    return {
        "coverage_best": aligned.coverage,
        "coverage_all": aligned.coverage_all,
        "coverage_gap": aligned.coverage_all - aligned.coverage,
        "coverage_words": aligned.coverage_words,
        "added_ending": min(len(added_ending(aligned)[0]), 5) / 5,
        "claim_negated": float(ours > 0),
        "evidence_negated": float(theirs > 0),
        "negation_parity": float(ours % 2 != theirs % 2),
        "hedge_difference": float(hedged[1]) - float(hedged[0]),
        "claim_is_comparison": float(bool(_COMPARES.search(aligned.claim))),
        "names_missing_share": len(missing_names(aligned)) / len(named) if named else 0.0,
        "opposites_same": float(sum(_meant(one[pair]) <= _meant(other.get(pair, ())) for pair in one)),
        "claim_words": len(content(aligned.claim)) / 20,
        "evidence_words": len(content(aligned.evidence)) / 100,
    }


def _meant(named: Sequence[Pole]) -> frozenset[int]:
    return frozenset(pole.meant for pole in named)

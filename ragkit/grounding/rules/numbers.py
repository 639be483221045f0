"""Numbers, units, bounds and times of the claim against those of the evidence."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Bound, Measure, measures
from ragkit.grounding.rules.polarity import negations

_ALIKE = 0.35
_TIMES = frozenset({"time", "interval", "working days"})


def check(aligned: Aligned) -> RuleResult:
    """Looks up each quantity of the claim: held, held with another bound, replaced by another one, or missing."""
    result = RuleResult()
    ours = measures(aligned.claim)
    if not ours:
        return result
    all_held = measures(aligned.evidence)
    near = [held for line in aligned.near for held in measures(line)]
    for measure in ours:
        same = [held for held in near if _same(measure, held)] or [held for held in all_held if _same(measure, held)]
        if same:
            _compare_bounds(aligned, measure, same, result)
            continue
        within = [held for held in near if _inside(measure, held)]
        if within:
            result.miss(Rule.NUMBER, f"“{measure.shown}” here, “{within[0].shown}” in the evidence")
            continue
        other = _replaced(measure, ours, near) if aligned.coverage >= _ALIKE else None
        if other is None:
            result.miss(Rule.NUMBER, f"the evidence does not give {measure.shown}")
        else:
            rule = Rule.UNIT if other.dimension != measure.dimension else Rule.NUMBER
            rule = Rule.TIMING if rule is Rule.NUMBER and measure.dimension in _TIMES else rule
            result.contradict(rule, f"“{measure.shown}” here, “{other.shown}” in the evidence")
    return result


def _same(claim: Measure, held: Measure) -> bool:
    if claim.equals(held):
        return not (claim.dimension == "number" and claim.noun and held.noun and _nouns_exclude(claim.noun, held.noun))
    if held.holds(claim):  # "at least 2 mg" and "no more than 4 mg" of "2 to 4 mg"
        return claim.bound.side == 0 or claim.bound.side == (1 if abs(claim.low - held.low) < 1e-9 else -1)
    if claim.dimension == "number" and held.low == held.high == claim.low == claim.high:
        return True
    if {claim.dimension, held.dimension} in (
        {"time", "interval"},
        {"time", "time/time"},
    ):  # "4 hours" of "every 4 hours"
        return claim.low == held.low and claim.high == held.high
    return False


def _nouns_exclude(one: str, other: str) -> bool:
    del one, other
    return False


def _inside(claim: Measure, held: Measure) -> bool:
    return (
        claim.dimension == held.dimension and held.low < held.high and held.low <= claim.low <= claim.high <= held.high
    )


def _replaced(claim: Measure, ours: tuple[Measure, ...], near: list[Measure]) -> Measure | None:
    """The quantity of the nearest sentences that stands where the claim has another one."""
    free = [held for held in near if not any(mine.equals(held) for mine in ours)]
    for held in free:
        if held.dimension == claim.dimension and (claim.dimension != "number" or claim.noun == held.noun != ""):
            return held
    for held in free:
        same_digits = held.shown.split()[0].rstrip("abcdefghijklmnopqrstuvwxyz%/") == claim.shown.split()[0].rstrip(
            "abcdefghijklmnopqrstuvwxyz%/"
        )
        if same_digits and "number" not in (held.dimension, claim.dimension):
            return held
    if claim.dimension in _TIMES:
        return next((held for held in free if held.dimension in (*_TIMES, "months")), None)
    if "/" in claim.dimension or claim.dimension in ("mass", "volume", "activity"):
        return next((held for held in free if held.dimension.split("/")[0] == claim.dimension.split("/")[0]), None)
    return None


def _compare_bounds(aligned: Aligned, measure: Measure, same: list[Measure], result: RuleResult) -> None:
    sides = {held.bound.side for held in same}
    if measure.bound.side == 0 or 0 in sides or measure.bound.side in sides:
        if measure.bound.side and measure.bound not in {held.bound for held in same} and 0 not in sides:
            result.agree(Rule.COMPARISON)
        result.agree(Rule.NUMBER)
        return
    if bool(negations(aligned.claim)) != bool(negations(aligned.best)):  # "not under 14" and "14 and over"
        result.agree(Rule.NUMBER)
        return
    rule = Rule.TIMING if measure.dimension in _TIMES else Rule.COMPARISON
    shown = next(held.bound for held in same if held.bound is not Bound.NONE)
    result.contradict(rule, f"{measure.bound.value} {measure.shown} here, {shown.value} in the evidence")

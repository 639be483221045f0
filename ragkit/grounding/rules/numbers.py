"""Numbers, units, bounds and times of the claim against those of the evidence."""

from __future__ import annotations

from ragkit.grounding.rules.aligning import Aligned
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Bound, Measure, measures
from ragkit.grounding.rules.polarity import negated_at

_ALIKE = 0.35
_DAY = 1440.0
_DOSES = frozenset({"mass", "volume", "activity", "milliequivalent", "amount"})
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
        return True
    if held.holds(claim):  # "at least 2 mg" and "no more than 4 mg" of "2 to 4 mg"
        return claim.bound.side == 0 or claim.bound.side == (1 if abs(claim.low - held.low) < 1e-9 else -1)
    pair = {claim.dimension, held.dimension}
    if pair == {"time", "interval"}:  # "4 hours" of "every 4 hours"
        return claim.low == held.low and claim.high == held.high
    if any(pair == {dimension, f"{dimension}/time"} for dimension in pair):  # "5 mg a day" and "5 mg daily"
        one, other = sorted((claim, held), key=lambda measure: len(measure.dimension))
        return abs(other.low * _DAY - one.low) < 1e-6 * one.low and abs(other.high * _DAY - one.high) < 1e-6 * one.high
    return False


def _inside(claim: Measure, held: Measure) -> bool:
    """Whether the claim's value lies in a range of the evidence, or on the right side of a bound."""
    if claim.dimension != held.dimension:
        return False
    if held.low < held.high:
        return held.low <= claim.low <= claim.high <= held.high
    return claim.bound is Bound.NONE and (
        (held.bound.side == 1 and claim.low >= held.low) or (held.bound.side == -1 and claim.high <= held.high)
    )


def _replaced(claim: Measure, ours: tuple[Measure, ...], near: list[Measure]) -> Measure | None:
    """The quantity of the nearest sentences that stands where the claim has another one."""
    free = [held for held in near if not any(mine.equals(held) for mine in ours)]
    for held in free:
        if held.dimension == claim.dimension and (claim.dimension != "number" or claim.noun == held.noun != ""):
            return held
    family = _family(claim.dimension)
    return next((held for held in free if family and _family(held.dimension) == family), None)


def _family(dimension: str) -> str:
    """Dimensions that stand for one another in a changed sentence: doses among doses, times among times."""
    if dimension in _TIMES:
        return "time"
    return "dose" if dimension.split("/")[0] in _DOSES else ""


def _compare_bounds(aligned: Aligned, measure: Measure, same: list[Measure], result: RuleResult) -> None:
    mine = _side(aligned.claim, measure)
    sides = {side for line in aligned.near for held in measures(line) if held in same for side in [_side(line, held)]}
    result.agree(Rule.NUMBER)
    if mine == 0 or not sides or 0 in sides:
        return
    if mine in sides:
        result.agree(Rule.COMPARISON)
        return
    rule = Rule.TIMING if measure.dimension in _TIMES else Rule.COMPARISON
    shown = next((held.bound.value for held in same if held.bound is not Bound.NONE), "otherwise")
    result.contradict(rule, f"{measure.bound.value} {measure.shown} here, {shown} in the evidence")


def _side(text: str, measure: Measure) -> int:
    """The side of the bound; "do not suction for more than 10 seconds" is an upper bound."""
    return -measure.bound.side if negated_at(text, measure.start) else measure.bound.side

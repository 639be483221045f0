"""Numbers, units, bounds and times of the claim against those of the evidence."""

from __future__ import annotations

import re

from ragkit.grounding.rules.aligning import Aligned, nearest
from ragkit.grounding.rules.findings import Rule, RuleResult
from ragkit.grounding.rules.measures import Bound, Measure, measures, window
from ragkit.grounding.rules.polarity import negated_at
from ragkit.grounding.rules.wording import content, stem

_ALIKE = 0.3
_AHEAD = re.compile(r"\s+(?:before|prior|ahead|in advance|earlier)\b", re.IGNORECASE)
_DAY = 1440.0
_DOSES = frozenset({"mass", "volume", "activity", "milliequivalent", "amount"})
_TIMES = frozenset({"time", "interval", "working days"})


def check(aligned: Aligned) -> RuleResult:
    """Looks up each quantity of the claim: held, held with another bound, replaced by another one, or missing."""
    result = RuleResult()
    ours = measures(aligned.claim)
    lines = list(dict.fromkeys((*aligned.near, *aligned.evidence.split("\n"))))
    for measure in ours:
        same = [(line, held) for line in lines for held in measures(line) if _same(measure, held)]
        if same or _between(measure, [held for line in lines for held in measures(line)]):
            result.agree(Rule.NUMBER)
            _compare_bounds(aligned, measure, same, result)
            continue
        words = _without_quantities(window(aligned.claim, measure, ours))
        closest, share = nearest(words, aligned.evidence)
        near = [held for line in closest for held in measures(line)]
        if not any(_family(held.dimension) == _family(measure.dimension) for held in near):
            near += [held for line in aligned.near for held in measures(line)]
        near.sort(key=lambda held: _unit_word(held) != _unit_word(measure))
        inside = next((held for held in near if held.dimension == measure.dimension), None)
        inside = inside if inside and _inside(measure, inside) else None
        alike = max(aligned.coverage_words, aligned.coverage_all) >= _ALIKE and max(share, aligned.coverage) >= _ALIKE
        other = _same_digits(measure, near) if alike else None
        other = other or (_replaced(measure, ours, near) if alike and not inside else None)
        if other is not None:
            rule = Rule.UNIT if other.dimension != measure.dimension else Rule.NUMBER
            rule = Rule.TIMING if measure.dimension in _TIMES else rule
            result.contradict(rule, f"“{measure.shown}” here, “{other.shown}” in the evidence")
        elif measure.raw != 1 or measure.dimension != "number":  # "one" is a pronoun as often as a count
            given = f"“{measure.shown}” here, “{inside.shown}” in the evidence" if inside else ""
            result.miss(Rule.NUMBER, given or f"the evidence does not give {measure.shown}")
    return result


def _same(claim: Measure, held: Measure) -> bool:
    if claim.equals(held):
        return claim.dimension != "number" or claim.raw != 1 or bool(claim.nouns & held.nouns)
    if claim.dimension == "number" and claim.low == claim.high == held.raw:  # "under 60" and "< 60 bpm"
        return held.dimension != "interval" and held.low == held.high
    if held.holds(claim):  # "at least 2 mg" and "no more than 4 mg" of "2 to 4 mg"
        return claim.bound.side == 0 or claim.bound.side == (1 if abs(claim.low - held.low) < 1e-9 else -1)
    pair = {claim.dimension, held.dimension}
    if pair == {"time", "interval"}:  # "4 hours" of "every 4 hours"
        return claim.low == held.low and claim.high == held.high
    if any(pair == {dimension, f"{dimension}/time"} for dimension in pair):  # "5 mg a day" and "5 mg daily"
        one, other = sorted((claim, held), key=lambda measure: len(measure.dimension))
        return abs(other.low * _DAY - one.low) < 1e-6 * one.low and abs(other.high * _DAY - one.high) < 1e-6 * one.high
    return False


def _between(claim: Measure, held: list[Measure]) -> bool:
    """Whether the ends of a range of the claim stand in the evidence one by one ("above 200 and below 400")."""
    alike = [other for other in held if other.dimension == claim.dimension and other.low == other.high]
    ends = ((claim.low, 1), (claim.high, -1))
    return claim.low < claim.high and all(
        any(abs(other.low - end) <= 1e-6 * end and other.bound.side == side for other in alike) for end, side in ends
    )


def _inside(claim: Measure, held: Measure) -> bool:
    """Whether the claim's value lies in a range of the evidence, or on the right side of a bound."""
    if claim.dimension != held.dimension or claim.dimension == "interval" or claim.low != claim.high:
        return False
    if held.low < held.high:
        return held.low <= claim.low <= held.high
    return claim.bound is Bound.NONE and (
        (held.bound.side == 1 and claim.low >= held.low) or (held.bound.side == -1 and claim.high <= held.high)
    )


def _same_digits(claim: Measure, near: list[Measure]) -> Measure | None:
    """The quantity with the same number and another unit ("10 hours" for "10 minutes", "5 mg" for "5 mL")."""
    family = _family(claim.dimension)
    return next((held for held in near if family and held.raw == claim.raw and _family(held.dimension) == family), None)


def _unit_word(measure: Measure) -> str:
    return stem(measure.shown.split()[-1])


def _without_quantities(text: str) -> frozenset[str]:
    for measure in reversed(measures(text)):
        text = text[: measure.start] + text[measure.end :]
    return content(text)


def _replaced(claim: Measure, ours: tuple[Measure, ...], near: list[Measure]) -> Measure | None:
    """The quantity of the nearest sentences that stands where the claim has another one."""
    free = [held for held in near if not any(mine.equals(held) for mine in ours)]
    for held in free:
        if held.dimension == claim.dimension and (claim.dimension != "number" or claim.nouns & held.nouns):
            return held
    if claim.dimension in _TIMES:
        return next((held for held in free if held.dimension in _TIMES), None)
    first = claim.dimension.split("/")[0]  # "5 mg" for "5 mg/kg"
    return next((held for held in free if first in _DOSES and held.dimension.split("/")[0] == first), None)


def _family(dimension: str) -> str:
    """Dimensions that stand for one another in a changed sentence: doses among doses, times among times."""
    if dimension in _TIMES:
        return "time"
    if dimension.split("/")[0] in _DOSES:
        return "medicine"
    return "" if dimension == "number" else dimension


def _compare_bounds(aligned: Aligned, measure: Measure, same: list[tuple[str, Measure]], result: RuleResult) -> None:
    """Whether the evidence bounds the quantity on the other side only, read with and without negations."""
    mine = measure.bound.side
    others = {held.bound.side for _, held in same}
    if mine == 0 or 0 in others or not others:
        return
    turned = {_side(line, held) for line, held in same}
    if mine in others or _side(aligned.claim, measure) in turned:
        result.agree(Rule.COMPARISON)
        return
    if any(_AHEAD.match(text[place.end :]) for text, place in [(aligned.claim, measure), *same]):
        return  # "no later than 72 hours before" is "at least 72 hours before"
    rule = Rule.TIMING if measure.dimension in _TIMES else Rule.COMPARISON
    shown = next(held.bound.value for _, held in same if held.bound is not Bound.NONE)
    result.contradict(rule, f"{measure.bound.value} {measure.shown} here, {shown} in the evidence")


def _side(text: str, measure: Measure) -> int:
    """The side of the bound; "do not suction for more than 10 seconds" is an upper bound."""
    return -measure.bound.side if negated_at(text, measure.start) else measure.bound.side

"""Whether two quantities are the same, read more strictly than the scorers do: a dropped unit is a difference."""

from __future__ import annotations

from ragkit.grounding.rules.measures import Measure

_DAY = 1440.0
_LEAST_WEIGHT = 2e5
"""Milligrams: no dose is as large, and no patient as light."""
_UNIT_GOES_WITHOUT_SAYING = frozenset({"rate", "pressure", "celsius", "fahrenheit", "percent"})
"""Dimensions whose unit is left out at the bedside: "a heart rate under 60", "SBP below 90"."""


def same_quantity(claim: Measure, held: Measure) -> bool:
    """Whether ``held`` gives what ``claim`` says: the value in any unit, the end of a range, a dose by the day."""
    if claim.equals(held):
        return True
    if claim.dimension == "number" and held.dimension in _UNIT_GOES_WITHOUT_SAYING:
        return claim.low == claim.high == held.raw and held.low == held.high
    if held.dimension == "number" and claim.dimension in _UNIT_GOES_WITHOUT_SAYING:
        return held.low == held.high == claim.raw and claim.low == claim.high
    if held.holds(claim):  # "at least 2 mg" and "no more than 4 mg" of "2 to 4 mg"
        return claim.bound.side == (1 if abs(claim.low - held.low) < 1e-9 else -1)
    pair = {claim.dimension, held.dimension}
    if pair == {"time", "interval"}:  # "4 hours" of "every 4 hours"
        return claim.low == held.low and claim.high == held.high
    if any(pair == {dimension, f"{dimension}/time"} for dimension in pair):  # "5 mg a day" and "5 mg daily"
        one, other = sorted((claim, held), key=lambda measure: len(measure.dimension))
        return abs(other.low * _DAY - one.low) < 1e-6 * one.low and abs(other.high * _DAY - one.high) < 1e-6 * one.high
    return False


def family(measure: Measure) -> str:
    """What a quantity is a quantity of; a mass in kilograms is a patient's weight and no dose."""
    base = measure.dimension.split("/")[0]
    return "weight" if measure.dimension == "mass" and measure.low >= _LEAST_WEIGHT else base

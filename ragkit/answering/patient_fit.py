"""Whether a line is the one for the patient that the question describes, as a signal and as a rule."""

from __future__ import annotations

from ragkit.answering.bands import band_fit, patient_quantities
from ragkit.answering.units import Unit, UnitKind

_SINGLE_LINES = {UnitKind.TABLE_ROW, UnitKind.LIST_ITEM, UnitKind.SENTENCE}


def unit_fits_patient(question: str, text: str, unit: Unit) -> bool | None:
    """Whether a unit's bands hold the values that the question names; None where it has no such band.

    Args:
        question: the question as asked.
        text: the document's canonical text.
        unit: a table row, whose header is the last line of its context, or a line.
    """
    own = "\n".join(text[start:end] for start, end in unit.spans)
    if unit.kind is not UnitKind.TABLE_ROW or not unit.context:
        return band_fit(question, [own])
    start, end = unit.context[-1]
    return band_fit(question, own.split("\t"), text[start:end].split("\t"))


def patient_signals(question: str, text: str, unit: Unit) -> dict[str, float]:
    """``holds_patient`` or ``leaves_patient_out`` for a single line with a band that the question speaks of.

    Args:
        question: the question as asked.
        text: the document's canonical text.
        unit: a unit; whole lists have no band of their own.
    """
    if unit.kind not in _SINGLE_LINES or not patient_quantities(question):
        return {}
    fit = unit_fits_patient(question, text, unit)
    if fit is None:
        return {}
    return {"holds_patient": 1.0} if fit else {"leaves_patient_out": 1.0}

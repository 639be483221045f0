"""Lines that must never be shown, however well they score: the wrong medicine, the wrong population, the wrong band.

The logistic model of ``abstention`` weighs signals, and a sum can outvote any one of them. These rules cannot be
outvoted: the dose of another medicine, or of another population, is worse than no answer.
"""

from __future__ import annotations

from enum import StrEnum

from ragkit.answering.matching import Question
from ragkit.answering.medicine_classes import speaks_of_class
from ragkit.answering.patient_fit import unit_fits_patient
from ragkit.answering.selection import Selection
from ragkit.answering.units import UnitKind
from ragkit.retrieval.query import AnswerKind
from ragkit.retrieval.understanding.english import is_english

_DOSE_KINDS = {AnswerKind.DOSE, AnswerKind.QUANTITY}
_SHORTEST_NAME = 6


class Guard(StrEnum):
    """Why lines are withheld."""

    OTHER_MEDICINE = "other_medicine"
    UNKNOWN_NAME = "unknown_name"
    OTHER_POPULATION = "other_population"
    OTHER_BAND = "other_band"


def withheld_because(question: Question, selection: Selection) -> Guard | None:
    """The rule that the selected lines break; None if they may be shown.

    Args:
        question: the prepared question.
        selection: what would be shown.
    """
    if _names_no_asked_medicine(question, selection):
        return Guard.OTHER_MEDICINE
    if question.query.kinds[0] in _DOSE_KINDS:
        if _names_something_unknown(question):
            return Guard.UNKNOWN_NAME
        best = selection.candidates[0]
        if best.features.get("population_mismatch_young") or best.features.get("population_mismatch_adult"):
            return Guard.OTHER_POPULATION
    if _leaves_the_patient_out(question, selection):
        return Guard.OTHER_BAND
    return None


def _names_no_asked_medicine(question: Question, selection: Selection) -> bool:
    """Whether the question names medicines and neither the lines nor their section and title name one of them.

    Where no dose is asked for, the name of a medicine's class will do.
    """
    named = [term for term in question.query.terms if term.medicine]
    medicines = {term.text for term in named}
    asked = [index for index, term in enumerate(question.terms) if term.text in medicines]
    if not asked:
        return False
    shown = [selection.document.text[span.start : span.end] for span in selection.spans]
    around = [" / ".join(candidate.unit.section) for candidate in selection.candidates]
    text = " \n".join((*shown, *around, selection.document.governance.title))
    credits = question.credits(text)
    if any(credits[index] for index in asked):
        return False
    if question.query.kinds[0] in _DOSE_KINDS:
        return True
    return not speaks_of_class(text, {form for term in named for form in (term.text, *term.variants)})


def _names_something_unknown(question: Question) -> bool:
    """Whether a word of the question is neither English nor in any document: likely a medicine nobody doses here."""
    return any(
        not term.occurs and len(term.text) >= _SHORTEST_NAME and term.text.isalpha() and not is_english(term.text)
        for term in question.terms
    )


def _leaves_the_patient_out(question: Question, selection: Selection) -> bool:
    """Whether a shown table row or list item has a band that leaves the question's weight, age or value out."""
    text = selection.document.text
    fits = {
        unit_fits_patient(question.query.text, text, candidate.unit)
        for candidate in selection.candidates
        if candidate.unit.kind in (UnitKind.TABLE_ROW, UnitKind.LIST_ITEM)
    }
    return False in fits and True not in fits

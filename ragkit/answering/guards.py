"""Lines that must never be shown, however well they score: the wrong medicine, the wrong population, the wrong band.

The logistic model of ``abstention`` weighs signals, and a sum can outvote any one of them. These rules cannot be
outvoted: the dose of another medicine, or of another population, is worse than no answer.
"""

from __future__ import annotations

from enum import StrEnum

from ragkit.answering.labels import columns_of, missing_label, names_label
from ragkit.answering.matching import Question
from ragkit.answering.medicine_fit import DOSE_KINDS, is_of_another_medicine, names_no_thing_dosed
from ragkit.answering.patient_fit import unit_fits_patient
from ragkit.answering.population import leaves_age_out
from ragkit.answering.selection import Selection
from ragkit.answering.units import UnitKind
from ragkit.documents.document import Document
from ragkit.retrieval.query import AnswerKind
from ragkit.retrieval.understanding.english import is_english

_ANY_PATIENT = {AnswerKind.GOVERNANCE, AnswerKind.REFERENCE, AnswerKind.DEFINITION}
_SHORTEST_NAME = 6


class Guard(StrEnum):
    """Why lines are withheld."""

    OTHER_MEDICINE = "other_medicine"
    UNKNOWN_NAME = "unknown_name"
    OTHER_POPULATION = "other_population"
    OTHER_BAND = "other_band"
    OTHER_SUBJECT = "other_subject"
    OTHER_LABEL = "other_label"
    EXAMPLE = "example"


def withheld_because(question: Question, selection: Selection) -> Guard | None:
    """The rule that the selected lines break; None if they may be shown.

    Args:
        question: the prepared question.
        selection: what would be shown.
    """
    if is_of_another_medicine(question, selection) or names_no_thing_dosed(question, selection):
        return Guard.OTHER_MEDICINE
    best = selection.candidates[0]
    if any(name.startswith("other_subject:") for name in best.features):
        return Guard.OTHER_SUBJECT
    if "example_only" in best.features:
        return Guard.EXAMPLE
    if _label_is_missing(question, selection.document):
        return Guard.OTHER_LABEL
    if question.query.kinds[0] not in _ANY_PATIENT and leaves_age_out(question.query, selection.document):
        return Guard.OTHER_POPULATION
    if question.query.kinds[0] in DOSE_KINDS:
        if not _names_known_medicine(question) and _names_something_unknown(question, selection):
            return Guard.UNKNOWN_NAME
        if best.features.get("population_mismatch_young") or best.features.get("population_mismatch_adult"):
            return Guard.OTHER_POPULATION
    if _leaves_the_patient_out(question, selection):
        return Guard.OTHER_BAND
    return None


def _label_is_missing(question: Question, document: Document) -> bool:
    text = question.query.text
    return names_label(text) and missing_label(text, document.text, columns_of(document))


def _names_known_medicine(question: Question) -> bool:
    """Whether the question names a medicine of the vocabulary that the documents speak of."""
    medicines = {term.text for term in question.query.terms if term.medicine}
    return any(term.occurs for term in question.terms if term.text in medicines)


def _names_something_unknown(question: Question, selection: Selection) -> bool:
    """Whether a word of the question is neither English nor in any document: likely a medicine nobody doses here.

    A word that a word of the lines goes on from is that word cut short ("fosphen").
    """
    unknown = [
        term.text
        for term in question.terms
        if not term.occurs and len(term.text) >= _SHORTEST_NAME and term.text.isalpha() and not is_english(term.text)
    ]
    if not unknown:
        return False
    shown = " ".join(selection.document.text[span.start : span.end] for span in selection.spans).lower().split()
    return any(not any(word.startswith(name) for word in shown) for name in unknown)


def _leaves_the_patient_out(question: Question, selection: Selection) -> bool:
    """Whether a shown table row or list item has a band that leaves the question's weight, age or value out."""
    text = selection.document.text
    fits = {
        unit_fits_patient(question.query.text, text, candidate.unit)
        for candidate in selection.candidates
        if candidate.unit.kind in (UnitKind.TABLE_ROW, UnitKind.LIST_ITEM)
    }
    return False in fits and True not in fits

"""Whether the lines to be shown speak of the medicine that the question names."""

from __future__ import annotations

import re

from ragkit.answering.matching import Question
from ragkit.answering.medicine_classes import names_member, speaks_of_class
from ragkit.answering.selection import Selection
from ragkit.grounding.rules.drug_names import drugs_in
from ragkit.retrieval.query import AnswerKind

_DOSED = re.compile(r"\b([A-Za-z][\w-]{2,})\s+(?:dos(?:e|es|ing|age)|drip|bolus|infusion)\b", re.IGNORECASE)
_WHICH_DOSE = """
    max maximum min minimum total single loading initial starting start first second third last repeat next
    another daily adult adults pediatric peds pedi child kid infant neonatal newborn baby geriatric usual
    standard normal correct right proper maintenance bolus push test high low big small booster rescue per
    each every one two three same max'd oral nasal rectal topical intranasal intramuscular intravenous
    subcutaneous nebulized inhaled weight based full half double extra missed recommended safe lethal toxic
    effective for the this that its what which their our how much continuous rate fluid give given drug med
    medication medicine treatment therapeutic prophylactic prophylaxis ppx dose doses
"""
_SAYS_WHICH_DOSE = frozenset(_WHICH_DOSE.split())

DOSE_KINDS = frozenset({AnswerKind.DOSE, AnswerKind.QUANTITY})


def is_of_another_medicine(question: Question, selection: Selection) -> bool:
    """Whether the question names medicines and what is shown is about none of them.

    A dose has to be in lines, or under a heading or title, that name the medicine, or in a section that names it and
    lines that name no other. Where no dose is asked for, the name of its class will do, and so do lines that name no
    medicine at all: what holds for telephone orders holds for those of furosemide.

    Args:
        question: the prepared question.
        selection: what would be shown.
    """
    named = [term for term in question.query.terms if term.medicine]
    medicines = {term.text for term in named}
    asked = [index for index, term in enumerate(question.terms) if term.text in medicines]
    if not asked:
        return False
    shown = "\n".join(selection.document.text[span.start : span.end] for span in selection.spans)
    around = "\n".join(" / ".join(candidate.unit.section) for candidate in selection.candidates)
    text = f"{shown}\n{around}\n{selection.document.governance.title}"
    if _speaks_of(question, asked, text):
        return False
    forms = {form for term in named for form in (term.text, *term.variants)}
    if names_member(text, medicines):
        return False
    if question.query.kinds[0] in DOSE_KINDS:
        others = drugs_in(text) - drugs_in("\n".join(forms))
        return bool(others) or not _speaks_of(question, asked, _section_text(selection))
    return not speaks_of_class(text, forms) and bool(drugs_in(shown))


def names_no_thing_dosed(question: Question, selection: Selection) -> bool:
    """Whether the word before "dose" is nowhere in what is shown, the headings above it and the title.

    It is what is to be dosed, also where the vocabulary does not know it as a medicine.

    Args:
        question: the prepared question.
        selection: what would be shown.
    """
    if question.query.kinds[0] is not AnswerKind.DOSE or any(term.medicine for term in question.query.terms):
        return False
    dosed = {match.group(1).lower() for match in _DOSED.finditer(question.query.text)} - _SAYS_WHICH_DOSE
    asked = [index for index, term in enumerate(question.terms) if term.text in dosed]
    if not asked:
        return False
    shown = "\n".join(selection.document.text[span.start : span.end] for span in selection.spans)
    around = "\n".join(" / ".join(candidate.unit.section) for candidate in selection.candidates)
    return not _speaks_of(question, asked, f"{shown}\n{around}\n{selection.document.governance.title}")


def _speaks_of(question: Question, asked: list[int], text: str) -> bool:
    credits = question.credits(text)
    return any(credits[index] for index in asked)


def _section_text(selection: Selection) -> str:
    """All that stands under the heading of the best line; the passage it was found in where there is no heading."""
    best = selection.candidates[0]
    section, document = best.unit.section, selection.document
    if not section:
        return best.passage.text
    return "\n".join(document.text[block.start : block.end] for block in document.blocks if block.section == section)

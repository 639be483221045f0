"""The kind of answer a question asks for."""

from __future__ import annotations

import pytest

from ragkit.retrieval.query import AnswerKind
from ragkit.retrieval.understanding import understand


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("heparin bolus dose?", AnswerKind.DOSE),
        ("how much ibuprofen for a toddler", AnswerKind.DOSE),
        ("how many mg of atropine", AnswerKind.DOSE),
        ("how long can a peripheral cannula stay in", AnswerKind.TIME_LIMIT),
        ("how often do we turn the patient", AnswerKind.TIME_LIMIT),
        ("how many hours before the report is due", AnswerKind.TIME_LIMIT),
        ("how many visitors per bed", AnswerKind.QUANTITY),
        ("who can sign for a transfusion", AnswerKind.WHO_MAY),
        ("can a nursing student hang blood", AnswerKind.WHO_MAY),
        ("what counts as a near miss", AnswerKind.DEFINITION),
        ("criteria for discharge from recovery", AnswerKind.CRITERIA_LIST),
        ("when is heparin contraindicated", AnswerKind.CONTRAINDICATION),
        ("how do I clean a glucometer", AnswerKind.PROCEDURE),
        ("what goes in the narrative, how is it documented", AnswerKind.DOCUMENTATION),
        ("effective date of the hand hygiene policy", AnswerKind.GOVERNANCE),
        ("which policy covers lost badges", AnswerKind.REFERENCE),
        ("is the cafeteria open", AnswerKind.YES_NO),
        ("latex", AnswerKind.OTHER),
    ],
)
def test_the_likeliest_kind_comes_first(question: str, kind: AnswerKind) -> None:
    assert understand(question).kinds[0] is kind


def test_how_much_of_something_that_is_no_medicine_is_no_dose() -> None:
    assert AnswerKind.DOSE not in understand("how much notice does the ward need").kinds


def test_there_is_always_a_kind() -> None:
    assert understand("xyzzy").kinds == (AnswerKind.OTHER,)

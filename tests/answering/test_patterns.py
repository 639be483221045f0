import pytest

from ragkit.answering.patterns import asked_unit_match, form_match
from ragkit.retrieval.query import AnswerKind


@pytest.mark.parametrize(
    ("kind", "answers", "does_not"),
    [
        (AnswerKind.DOSE, "Give 0.1 mg/kg slowly.", "Give it slowly."),
        (AnswerKind.TIME_LIMIT, "Report within two working days.", "Report to the supervisor."),
        (AnswerKind.DEFINITION, "Sharps injury: a wound made by a needle.", "Wounds are washed."),
        (AnswerKind.CONTRAINDICATION, "Do not give it in renal failure.", "Give it with food."),
        (AnswerKind.GOVERNANCE, "Effective: March 3, 2024", "Wash your hands."),
        (AnswerKind.REFERENCE, "Refer to Policy 77 for transfers.", "Transfers are frequent."),
        (AnswerKind.WHO_MAY, "Only a pharmacist may open it.", "It is opened in the morning."),
    ],
)
def test_the_line_that_answers_has_the_form_asked_for(kind: AnswerKind, answers: str, does_not: str) -> None:
    assert form_match(kind, answers) > form_match(kind, does_not)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("how many minutes may it hang", "It hangs for no more than thirty (30) minutes.", 1.0),
        ("how many minutes may it hang", "It hangs for 4 hours.", -1.0),
        ("how often is it checked", "It is checked every shift.", 1.0),
        ("how often is it checked", "It is checked by a nurse.", -1.0),
        ("joules for the first shock?", "Shock with 2J/kg.", 1.0),
        ("joules for the first shock?", "Then give 5 mg/kg.", -1.0),
        ("how is it checked", "It is checked by a nurse.", 0.0),
    ],
)
def test_a_counted_unit_that_is_asked_for_is_looked_for(question: str, text: str, expected: float) -> None:
    assert asked_unit_match(question, text) == expected

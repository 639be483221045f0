import pytest
from policies import PolicyWriter, query_for

from generation.situations import grounded
from ragkit.answering.generation.checking import Checker
from ragkit.answering.generation.numbered_lines import number_lines
from ragkit.answering.generation.reply import ReplyStatement
from ragkit.privacy.gate import default_gate
from ragkit.retrieval.query import AnswerKind


def accepted(title: str, heading: str, line: str, statement: str) -> bool:
    writer = PolicyWriter().heading(heading)
    writer.line(line)
    query = query_for("what is done", "done", *line.lower().strip(".").split()[:2], kind=AnswerKind.OTHER)
    groundwork = grounded(query, writer.document(title=title))
    lines = number_lines(groundwork, most_lines=40, most_characters=12_000)
    checker = Checker(groundwork.question, lines, default_gate())
    return checker.check(ReplyStatement(text=statement, lines=(1,))).accepted


@pytest.mark.parametrize(
    ("title", "heading", "line", "statement"),
    [
        (
            "Peripheral IV Catheters",
            "Assessment",
            "Assess the site every 4 hours.",
            "Assess a peripheral IV site every 4 hours.",
        ),
        (
            "Anaphylaxis",
            "First treatment",
            "Give epinephrine 0.3 mg IM.",
            "In anaphylaxis, give epinephrine 0.3 mg IM.",
        ),
        ("Seizures", "Lorazepam", "4 mg is given over 2 minutes.", "Lorazepam 4 mg is given over 2 minutes."),
        ("Sepsis in children", "Fluid", "Give a bolus of 10 mL/kg.", "Give children a bolus of 10 mL/kg."),
    ],
)
def test_a_statement_may_name_what_the_heading_names(title: str, heading: str, line: str, statement: str) -> None:
    assert accepted(title, heading, line, statement)


@pytest.mark.parametrize(
    ("title", "heading", "line", "statement"),
    [
        ("Seizures", "Midazolam and lorazepam", "Lorazepam 4 mg is given.", "Midazolam 4 mg is given."),
        ("Seizures", "Midazolam and lorazepam", "4 mg is given slowly.", "Midazolam 4 mg is given slowly."),
        ("IV and IM medicines", "Anaphylaxis", "Give epinephrine 0.3 mg IM.", "Give epinephrine 0.3 mg IV."),
        (
            "Adults and children",
            "Fever",
            "Adults: give 650 mg of acetaminophen.",
            "Give children 650 mg of acetaminophen.",
        ),
        ("Adults and children", "Fever", "Give 650 mg of acetaminophen.", "Give children 650 mg of acetaminophen."),
        ("Fever in children", "Adults", "Give 650 mg of acetaminophen.", "Give children 650 mg of acetaminophen."),
        ("Policy 500 mg", "Every 8 hours", "Give acetaminophen.", "Give acetaminophen 500 mg."),
        ("Policy 500 mg", "Every 8 hours", "Give acetaminophen.", "Give acetaminophen every 8 hours."),
        ("Ketamine", "Do not give to", "Patients with psychosis.", "Ketamine is given to patients with psychosis."),
    ],
)
def test_a_heading_lends_no_line_what_is_not_clear(title: str, heading: str, line: str, statement: str) -> None:
    assert not accepted(title, heading, line, statement)

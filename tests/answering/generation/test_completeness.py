"""What statements in the model's words leave out of the lines that the extractive answer shows comes back verbatim."""

from __future__ import annotations

from policies import PolicyWriter, passage_of

from ragkit.answering.generation.checking import Checked
from ragkit.answering.generation.completeness import Placing
from ragkit.answering.generation.lines import ATOMIC, Line
from ragkit.answering.scoring import Candidate, Evidence
from ragkit.answering.units import Layout
from ragkit.documents.document import Document

LOCK = "The lock is opened only by the pharmacist, or by the shift lead when both seals are whole and signed."
COUNT = "Two nurses count the box every 12 hours."
SWAPPED = "The box is counted by two nurses every 12 hours."
REPORT = "Report a missing box to the depot within 30 minutes."


def lines_of(document: Document) -> list[Line]:
    evidence = Evidence(document, Layout(document), (), share=1.0, named=False)
    units = (unit for index in range(len(document.blocks)) for unit in evidence.layout.units_of(index))
    return [
        Line(Candidate(unit, evidence, passage_of(document), 1, (), (), (), {}, 0))
        for unit in units
        if unit.kind in ATOMIC and not unit.ends_in_colon
    ]


def box(*texts: str) -> list[Line]:
    writer = PolicyWriter().heading("The box")
    for text in texts:
        writer.line(text)
    return lines_of(writer.document())


def said(text: str, *lines: Line) -> Checked:
    return Checked(text, tuple(range(1, len(lines) + 1)), lines, 1.0)


def placed(required: list[Line], *statements: Checked) -> list[tuple[str, bool]]:
    """The texts of the answer, each with whether it is in the model's words."""
    placing = Placing(tuple(required), None)
    for statement in statements:
        placing.add(statement)
    placing.finish()
    return [(each.text, each.composed) for each in placing.statements]


def test_a_statement_that_carries_its_line_stays() -> None:
    [count] = box(COUNT)
    assert placed([count], said(SWAPPED, count)) == [(SWAPPED, True)]


def test_a_statement_that_leaves_out_who_else_may_act_is_replaced_by_its_line() -> None:
    [lock] = box(LOCK)
    less = "The lock is opened only by the pharmacist, and when both seals are whole and signed."
    assert placed([lock], said(less, lock)) == [(LOCK, False)]


def test_a_statement_of_two_lines_gives_way_to_both_where_it_leaves_something_of_one_out() -> None:
    count, report = box(COUNT, REPORT)
    both = "The box is counted by two nurses every 12 hours and a missing one is reported to the depot."
    shown = placed([count, report], said(both, count, report))
    assert not any(composed for _, composed in shown)
    assert "\n".join(text for text, _ in shown) == f"{COUNT}\n{REPORT}"


def test_a_line_is_not_shown_in_its_own_words_and_in_the_models() -> None:
    lock, count = box(LOCK, COUNT)
    less = "The lock is opened by the shift lead when both seals are whole and signed."
    shown = placed([lock, count], said(less, lock), said(f"{SWAPPED[:-1]}, seals signed.", lock, count))
    assert not any(composed for _, composed in shown)
    text = "\n".join(text for text, _ in shown)
    assert text.count(LOCK) == text.count(COUNT) == 1


def test_a_second_wording_of_a_line_that_is_carried_adds_nothing() -> None:
    [count] = box(COUNT)
    again = "Every 12 hours the box is counted by 2 nurses."
    assert placed([count], said(SWAPPED, count), said(again, count)) == [(SWAPPED, True)]


def test_two_statements_carry_one_line_together() -> None:
    [line] = box("Clean the lid with alcohol for 15 seconds, then let it dry.")
    halves = ("The lid is cleaned with alcohol for 15 seconds.", "Then let it dry.")
    assert placed([line], *(said(half, line) for half in halves)) == [(half, True) for half in halves]


def test_part_of_a_line_that_the_extractive_answer_does_not_show_may_be_said() -> None:
    count, report = box(COUNT, REPORT)
    part = "A missing box is reported to the depot."
    assert placed([count], said(SWAPPED, count), said(part, report)) == [(SWAPPED, True), (part, True)]

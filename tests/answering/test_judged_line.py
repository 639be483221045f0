"""How the small models read a line, and lines together."""

from __future__ import annotations

from policies import PolicyWriter, WordCounts, passage_of, query_for

from ragkit.answering.candidates import gather_candidates, gather_evidence
from ragkit.answering.judged_line import EVIDENCE_LINES, judged_evidence, judged_line, judged_unit
from ragkit.answering.matching import prepare_question
from ragkit.answering.scoring import Candidate
from ragkit.answering.units import Layout, UnitKind
from ragkit.documents.document import Document


def judged(document: Document, wanted: str) -> str:
    layout = Layout(document)
    units = [unit for index in range(len(layout.blocks)) for unit in layout.units_of(index)]
    shortest = min(
        (unit for unit in units if wanted in document.text[unit.start : unit.end]), key=lambda u: u.end - u.start
    )
    return judged_unit(document, shortest)


def candidates_of(document: Document) -> list[Candidate]:
    question = prepare_question(query_for("how often flush the port", "flush", "port"), WordCounts(document))
    return gather_candidates(question, gather_evidence(question, [passage_of(document)], lambda *_: document))


def test_a_list_item_is_read_with_title_section_and_lead_in() -> None:
    writer = PolicyWriter().page(1).heading("Flushing")
    document = writer.bullets("Flush the port:", "every 8 hours", "after each use").document()
    assert judged(document, "every 8 hours") == "Care of lines | Flushing | Flush the port: | every 8 hours"


def test_a_table_rows_bare_numbers_have_the_units_of_the_header() -> None:
    writer = PolicyWriter().page(1).heading("Volumes")
    document = writer.table("Catheter\tVolume (mL)", "Port\t10", "Midline\t5").document()
    assert judged(document, "Midline").endswith("Midline; 5 mL")


def test_lines_judged_together_hold_nothing_twice() -> None:
    writer = PolicyWriter().page(1).heading("Flushing")
    document = writer.bullets("Flush the port with saline:", "every 8 hours", "after each use of the port").document()
    candidates = candidates_of(document)
    whole = next(each for each in candidates if each.unit.kind is UnitKind.LIST)
    assert judged_evidence([whole], candidates) == [judged_line(whole)]


def test_what_would_be_shown_comes_first_and_the_next_best_fill_up() -> None:
    writer = PolicyWriter().page(1).heading("Flushing")
    for number in range(6):
        writer.line(f"The port is flushed by team {number} on weekday {number} of the month.")
    candidates = [each for each in candidates_of(writer.document()) if each.unit.kind is UnitKind.SENTENCE]
    lines = judged_evidence([candidates[2]], candidates)
    assert lines[0] == judged_line(candidates[2])
    assert lines[1:3] == [judged_line(each) for each in candidates[:2]]
    assert len(lines) == EVIDENCE_LINES

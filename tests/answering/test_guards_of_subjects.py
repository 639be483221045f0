"""What a dose is for, whom a document is for and what is only an example: no score can outvote these rules.

All policies are invented.
"""

from __future__ import annotations

from datetime import date

import pytest
from policies import PolicyWriter, WordCounts, passage_of

from ragkit.answering.answer import SHOWN, Answer, AnswerStatus
from ragkit.answering.extractive import extractive_answer
from ragkit.answering.groundwork import lay_groundwork
from ragkit.documents.document import BlockKind, Document
from ragkit.retrieval.understanding import understand


def ask(question: str, *documents: Document) -> Answer:
    by_id = {document.document_id: document for document in documents}
    groundwork = lay_groundwork(
        understand(question),
        [passage_of(document, rank=rank) for rank, document in enumerate(documents, start=1)],
        load_document=lambda document_id, version: by_id[document_id],
        statistics=WordCounts(*documents),
        today=date(2026, 3, 1),
    )
    return extractive_answer(groundwork)


def withheld(answer: Answer, guard: str) -> bool:
    return answer.status not in SHOWN and f"withheld:{guard}" in answer.trace.signals


def stroke_doses(title: str = "Acute stroke", **governance: object) -> Document:
    writer = PolicyWriter().heading("Thrombolysis")
    writer.line("Give tenecteplase as one bolus.")
    writer.table("Weight (kg)\tTenecteplase dose (mg)", "Under 60\t15", "60 to 79\t18", "80 and over\t22")
    return writer.document("stroke", title=title, **governance)


def test_a_dose_for_another_condition_is_withheld() -> None:
    assert ask("tenecteplase dose for a stroke, 70 kg", stroke_doses()).status in SHOWN
    for asked in ("tenecteplase dose for a STEMI, 70 kg", "tenecteplase dose for pulmonary embolism, 70 kg"):
        assert withheld(ask(asked, stroke_doses()), "other_subject")


def test_a_document_that_names_no_condition_is_for_all() -> None:
    assert ask("tenecteplase dose for a STEMI, 70 kg", stroke_doses(title="Dosing card")).status in SHOWN


def heparin() -> Document:
    writer = PolicyWriter().heading("Starting heparin")
    for caption, first, second in (
        ("Table 1. Venous thromboembolism", "6,100", "1,310"),
        ("Table 2. Acute coronary syndrome", "3,900", "790"),
    ):
        lead = writer.line(caption, BlockKind.CAPTION)
        head = writer.line("Weight (kg)\tHeparin bolus (units)\tRate (units/hour)", BlockKind.TABLE_HEADER, (lead,))
        writer.line(f"60 to 69\t{first}\t{second}", BlockKind.TABLE_ROW, (lead, head))
    return writer.document("heparin", title="Heparin infusion")


def test_only_the_table_of_the_condition_asked_about_is_shown() -> None:
    for_heart = ask("heparin bolus for NSTEMI, 68 kg", heparin())
    assert "3,900" in for_heart.text and "6,100" not in for_heart.text
    for_clot = ask("heparin bolus for a DVT, 68 kg", heparin())
    assert "6,100" in for_clot.text and "3,900" not in for_clot.text


def test_prevention_and_another_route_are_not_answered_by_an_infusion() -> None:
    assert withheld(ask("heparin dose for DVT prophylaxis", heparin()), "other_subject")
    assert withheld(ask("SQ heparin dose, 68 kg", heparin()), "other_subject")


def test_a_medicine_that_reverses_another_agent_is_withheld() -> None:
    writer = PolicyWriter().heading("Reversal")
    writer.line("Protamine 1 mg for every 100 units of heparin, at most 50 mg.")
    document = writer.document("reversal", title="Bleeding on anticoagulants")
    assert ask("protamine dose to reverse heparin", document).status in SHOWN
    assert withheld(ask("protamine dose to reverse Lovenox", document), "other_subject")


def test_care_of_another_device_is_withheld() -> None:
    writer = PolicyWriter().heading("Care")
    writer.line("Flush the tube with 25 mL of water every 6 hours.")
    document = writer.document("tube", title="Nasogastric tubes")
    assert ask("how often do I flush the NG tube", document).status in SHOWN
    assert withheld(ask("how often do I flush the PEG tube", document), "other_subject")


def test_an_age_outside_the_documents_scope_is_withheld() -> None:
    writer = PolicyWriter().heading("Scope")
    writer.line("Patients of 16 years and over. Children have their own protocol.")
    writer.heading("Treatment")
    writer.line("Give ceftriaxone 2 g IV.")
    document = writer.document("adults", title="Meningitis")
    assert ask("ceftriaxone dose for meningitis, 40 year old man", document).status in SHOWN
    assert withheld(ask("ceftriaxone dose for meningitis, 9 year old boy", document), "other_population")


def test_who_a_header_line_says_a_document_applies_to_counts() -> None:
    writer = PolicyWriter()
    writer.line("Applies to adults", BlockKind.HEADER_BLOCK)
    writer.heading("Treatment")
    writer.line("Give ceftriaxone 2 g IV.")
    document = writer.document("by-header", title="Meningitis")
    assert withheld(ask("ceftriaxone dose for meningitis in a child", document), "other_population")


@pytest.mark.parametrize(
    "line",
    [
        'Write doses in full, for example "amoxicillin 500 mg by mouth every 8 hours".',
        "State the amoxicillin dose and the weight (e.g. amoxicillin 40 mg/kg).",
    ],
)
def test_an_example_of_an_order_is_no_dose(line: str) -> None:
    writer = PolicyWriter().heading("Orders")
    writer.line(line)
    document = writer.document("orders", title="Writing orders")
    assert withheld(ask("amoxicillin dose", document), "example")


def test_a_level_that_the_document_does_not_have_is_withheld() -> None:
    writer = PolicyWriter().heading("Activation")
    writer.table("Level\tWho activates", "Level 1\tThe charge nurse", "Level 2\tThe administrator on call")
    document = writer.document("surge", title="Surge plan")
    assert ask("who activates level 2", document).status in SHOWN
    assert withheld(ask("who activates level 4", document), "other_label")


def test_a_colour_that_the_document_does_not_have_is_withheld() -> None:
    writer = PolicyWriter().heading("Kits")
    writer.line("The green kit holds 20 mg of tenecteplase.")
    document = writer.document("kits", title="Kits")
    assert ask("how many mg of tenecteplase in the green kit", document).status in SHOWN
    assert withheld(ask("how many mg of tenecteplase in the yellow kit", document), "other_label")


def test_arithmetic_is_not_answered_from_a_table_with_the_same_number() -> None:
    assert ask("what is 22 x 63", stroke_doses()).status not in SHOWN


def test_the_line_for_the_right_population_comes_before_a_better_match_for_the_wrong_one() -> None:
    young = PolicyWriter().heading("Daily maximum of acetaminophen")
    young.table("Patient\tMaximum of acetaminophen in a day", "50 kg or more\t4,100 mg")
    old = PolicyWriter().heading("Daily maximum")
    old.table("Patient\tMaximum of acetaminophen", "Adult, 50 kg or more\t3,300 mg")
    answer = ask(
        "maximum of acetaminophen in a day for an adult of 60 kg",
        young.document("young", title="Acetaminophen, children"),
        old.document("old", title="Acetaminophen, adults"),
    )
    assert "3,300 mg" in answer.text and "4,100" not in answer.text


def insulin() -> Document:
    writer = PolicyWriter().heading("Starting insulin")
    writer.line("The total daily dose of insulin is 0.35 units/kg for adults who eat.")
    return writer.document("insulin", title="Insulin, adult inpatients")


def test_the_dose_of_something_that_the_lines_do_not_name_is_withheld() -> None:
    assert ask("total daily dose of insulin for an adult", insulin()).status in SHOWN
    assert withheld(ask("daily adult zorb dose", insulin()), "other_medicine")


def test_the_dose_of_another_medicine_in_a_section_without_its_name_is_withheld() -> None:
    assert withheld(ask("Lovenox dose for a DVT, 68 kg", heparin()), "other_medicine")


def test_a_rule_that_names_no_medicine_holds_for_the_one_asked_about() -> None:
    writer = PolicyWriter().heading("Who may take spoken orders")
    writer.table("Person\tMay take", "Practical nurse\tOrders for diet; no orders for IV medication")
    answer = ask(
        "can a practical nurse take a spoken order for IV furosemide", writer.document("orders", title="Spoken orders")
    )
    assert "no orders for IV medication" in answer.text


def test_a_question_that_says_nothing_of_its_subject_is_asked_back() -> None:
    assert ask("what's the dose?", insulin()).status is AnswerStatus.NEEDS_CLARIFICATION


def test_rows_for_other_conditions_are_withheld_where_the_one_asked_about_has_none() -> None:
    writer = PolicyWriter().heading("Precautions")
    writer.table(
        "Condition\tPrecautions\tDuration",
        "Measles, suspected or confirmed\tAirborne\tUntil 4 days after the rash",
        "Lice, head\tContact\tUntil a day after treatment",
    )
    document = writer.document("isolation", title="Isolation")
    assert ask("contact precautions for lice", document).status in SHOWN
    assert withheld(ask("contact precautions for scabies", document), "other_subject")


def test_a_list_is_not_for_a_condition_that_one_of_its_items_sends_elsewhere() -> None:
    writer = PolicyWriter().heading("When two doses have not worked")
    writer.line("Start an epinephrine infusion of 4 mcg/minute.")
    writer.line("An epinephrine bolus IV is for cardiac arrest only.")
    answer = ask("epinephrine dose in cardiac arrest", writer.document("allergy", title="Anaphylaxis"))
    assert "infusion" not in answer.text

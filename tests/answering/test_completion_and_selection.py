from policies import PolicyWriter, WordCounts, passage_of, query_for

from ragkit.answering.candidates import gather_candidates, gather_evidence
from ragkit.answering.completion import complete
from ragkit.answering.matching import prepare_question
from ragkit.answering.selection import Selection, merge_spans, select
from ragkit.answering.units import UnitKind
from ragkit.documents.document import BlockKind, Document
from ragkit.retrieval.query import AnswerKind, Query


def selection_for(document: Document, query: Query) -> Selection:
    question = prepare_question(query, WordCounts(document))
    evidence = gather_evidence(question, [passage_of(document)], lambda *_: document)
    selection = select(question, gather_candidates(question, evidence))
    assert selection is not None
    return selection


def shown(selection: Selection) -> str:
    return " | ".join(selection.document.text[span.start : span.end] for span in selection.spans)


def test_a_lead_in_brings_its_whole_list_also_across_a_page_break() -> None:
    writer = PolicyWriter().page(1)
    lead = writer.line("The port is removed when any of the following is present:")
    writer.line("1. It leaks.", BlockKind.LIST_ITEM, (lead,))
    writer.page(2)
    writer.line("2. The skin is red.", BlockKind.LIST_ITEM, (lead,))
    writer.line("3. It is older than 9 days.", BlockKind.LIST_ITEM, (lead,))
    selection = selection_for(
        writer.document(), query_for("When is the port removed?", "port", "removed", kind=AnswerKind.CRITERIA_LIST)
    )
    assert "It leaks" in shown(selection)
    assert "older than 9 days" in shown(selection)


def test_a_lead_in_whose_list_the_reader_of_the_file_did_not_see_still_brings_it() -> None:
    writer = PolicyWriter()
    writer.line("The port is removed if:")
    writer.line("a. It leaks.", BlockKind.LIST_ITEM)
    writer.line("b. It is red.", BlockKind.LIST_ITEM)
    writer.line("Dressings are changed weekly.")
    text = shown(selection_for(writer.document(), query_for("port removed?", "port", "removed")))
    assert "It leaks" in text
    assert "It is red" in text


def test_an_exception_after_the_line_is_shown_with_it() -> None:
    writer = PolicyWriter()
    writer.line("Nurses may remove the port. However, a tunnelled port is removed by a surgeon. Dressings are sterile.")
    text = shown(
        selection_for(
            writer.document(), query_for("may nurses remove the port", "nurses", "port", kind=AnswerKind.WHO_MAY)
        )
    )
    assert "However, a tunnelled port" in text
    assert "Dressings" not in text


def test_a_footnote_that_the_line_refers_to_is_shown_with_it() -> None:
    writer = PolicyWriter()
    writer.line("Give 4 mg of alphazine.*")
    writer.line("Store the bag in the dark.")
    writer.line("* Halve the dose in renal failure.", BlockKind.FOOTNOTE)
    text = shown(selection_for(writer.document(), query_for("alphazine dose", "alphazine", kind=AnswerKind.DOSE)))
    assert "Halve the dose in renal failure" in text


def test_a_later_contraindication_of_the_same_drug_is_shown_with_the_dose() -> None:
    writer = PolicyWriter()
    writer.line("Give 4 mg of alphazine once.")
    writer.line("Keep the patient warm.")
    writer.line("Alphazine is contraindicated in heart block.")
    writer.line("Betazine is contraindicated in asthma.")
    text = shown(selection_for(writer.document(), query_for("alphazine dose", "alphazine", kind=AnswerKind.DOSE)))
    assert "contraindicated in heart block" in text
    assert "asthma" not in text


def test_a_sentence_that_narrows_the_one_before_it_is_shown_with_it() -> None:
    writer = PolicyWriter()
    writer.line(
        "Near death means that the heart may stop within minutes. "
        "For this policy, it does not include patients who talk. Gowns are blue."
    )
    text = shown(
        selection_for(writer.document(), query_for("what is near death", "near", "death", kind=AnswerKind.DEFINITION))
    )
    assert "patients who talk" in text
    assert "Gowns" not in text


def test_a_circled_note_mark_brings_its_note() -> None:
    writer = PolicyWriter()
    writer.line("1. Give alphazine 4 mg ❷", BlockKind.LIST_ITEM)
    writer.line("2. Keep the patient warm.", BlockKind.LIST_ITEM)
    writer.heading("Notes")
    writer.line("❶ Warm the bag.", BlockKind.LIST_ITEM)
    writer.line("❷ Halve it in renal failure.", BlockKind.LIST_ITEM)
    text = shown(selection_for(writer.document(), query_for("alphazine dose", "alphazine", kind=AnswerKind.DOSE)))
    assert "Halve it in renal failure" in text


def test_a_note_brings_the_line_that_points_to_it() -> None:
    writer = PolicyWriter()
    writer.line("1. Soak the hand in warm water ❶", BlockKind.LIST_ITEM)
    writer.line("2. Call for help.", BlockKind.LIST_ITEM)
    writer.heading("Notes")
    writer.line("❶ Vinegar is never used for an urchin sting.", BlockKind.LIST_ITEM)
    writer.line("❷ Keep the patient warm.", BlockKind.LIST_ITEM)
    text = shown(
        selection_for(writer.document(), query_for("vinegar on an urchin sting?", "vinegar", "urchin", "sting"))
    )
    assert "Soak the hand in warm water" in text


def test_the_policy_that_a_question_names_answers_it() -> None:
    named = PolicyWriter()
    named.line("Ports get a dressing of gauze.")
    other = PolicyWriter()
    other.line("Ports get a dressing of film.")
    documents = {
        "a": named.document("a", title="Care of ports", reference_number="77"),
        "b": other.document("b", title="Care of ports at home", reference_number="78"),
    }
    query = query_for("policy 77: dressing of ports", "dressing", "ports").model_copy(
        update={"reference_numbers": ("77",)}
    )
    question = prepare_question(query, WordCounts(*documents.values()))
    passages = [passage_of(documents["b"], rank=5), passage_of(documents["a"], rank=6)]
    evidence = gather_evidence(question, passages, lambda document_id, _: documents[document_id])
    selection = select(question, gather_candidates(question, evidence))
    assert selection is not None
    assert selection.document.document_id == "a"


def test_a_question_about_the_policy_itself_is_answered_from_its_header() -> None:
    writer = PolicyWriter()
    for line in ("Policy: Care of ports", "Approved: A. Moreau, Director", "Effective: 3-1-24", "Revised: 5-2-25"):
        writer.line(line, BlockKind.HEADER_BLOCK)
    writer.line("Ports are flushed daily and revised if they leak.")
    document = writer.document(title="Care of ports")
    when = query_for("when was the port policy last revised", "port", "revised", kind=AnswerKind.GOVERNANCE)
    who = query_for("who approved the port policy", "port", "approved", kind=AnswerKind.GOVERNANCE)
    assert "Revised: 5-2-25" in shown(selection_for(document, when))
    assert "A. Moreau" in shown(selection_for(document, who))


def test_a_pediatric_line_does_not_answer_an_adult_question() -> None:
    from ragkit.retrieval.query import Population

    writer = PolicyWriter().heading("Pediatric")
    writer.line("Alphazine 1 mg orally, once.")
    writer.heading("Adult")
    writer.line("Alphazine 4 mg orally, once.")
    for population, dose in ((Population.ADULT, "4 mg"), (Population.PEDIATRIC, "1 mg")):
        query = query_for("alphazine dose", "alphazine", kind=AnswerKind.DOSE, population=population)
        selection = selection_for(writer.document(), query)
        assert dose in selection.candidates[0].text


def test_the_answer_is_frugal_where_one_line_is_enough() -> None:
    writer = PolicyWriter()
    writer.line("A report is written within 6 hours of a needle injury.")
    writer.line("Gloves are worn at all times.")
    writer.line("The kitchen closes in the evening.")
    text = shown(
        selection_for(
            writer.document(),
            query_for(
                "how soon is a needle injury report due", "needle", "injury", "report", kind=AnswerKind.TIME_LIMIT
            ),
        )
    )
    assert text == "A report is written within 6 hours of a needle injury."


def test_spans_that_touch_become_one_quotation_and_others_stay_apart() -> None:
    text = "Lead in:\na. one\nb. two\nc. three"
    spans = merge_spans(text, own=[(9, 15), (23, 31)], context=[(0, 8)])
    assert [(span.start, span.end, span.is_context) for span in spans] == [(0, 15, False), (23, 31, False)]


def table_of_checks() -> Document:
    writer = PolicyWriter()
    caption = writer.line("Table 1. How often the port site is assessed", BlockKind.CAPTION)
    header = writer.line("Patient\tAt least every", BlockKind.TABLE_HEADER, (caption,))
    for row in ("Alert adult\t4 hours", "Sedated adult\t2 hours", "Newborn\t1 hour"):
        writer.line(row, BlockKind.TABLE_ROW, (caption, header))
    return writer.document()


def test_a_question_that_chooses_no_row_of_a_small_table_gets_all_of_them_with_caption_and_header() -> None:
    asked = query_for("How often is the port site assessed?", "port", "site", "assessed", kind=AnswerKind.TIME_LIMIT)
    text = shown(selection_for(table_of_checks(), asked))
    assert "How often the port site is assessed" in text and "At least every" in text
    assert "4 hours" in text and "2 hours" in text and "1 hour" in text


def test_a_question_that_chooses_a_row_gets_that_row() -> None:
    asked = query_for(
        "How often is the port site of a sedated patient assessed?",
        *("port", "site", "sedated", "assessed"),
        kind=AnswerKind.TIME_LIMIT,
    )
    text = shown(selection_for(table_of_checks(), asked))
    assert "At least every" in text and "2 hours" in text
    assert "Newborn" not in text


def test_doses_of_other_rows_are_not_added() -> None:
    document = table_of_checks()
    dose = query_for("Dose when the port site is assessed?", "port", "site", "assessed", kind=AnswerKind.DOSE)
    question = prepare_question(dose, WordCounts(document))
    evidence = gather_evidence(question, [passage_of(document)], lambda *_: document)
    rows = [each.unit for each in gather_candidates(question, evidence) if each.unit.kind is UnitKind.TABLE_ROW]
    assert rows and not any(complete(evidence[0].layout, row, question) for row in rows)

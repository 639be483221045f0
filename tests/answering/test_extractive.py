from datetime import date

import pytest
from policies import PolicyWriter, WordCounts, passage_of, query_for

from ragkit.answering.answer import Answer, AnswerStatus
from ragkit.answering.extractive import extractive_answer
from ragkit.answering.groundwork import SearchReport, lay_groundwork
from ragkit.documents.document import Document
from ragkit.documents.governance import Status
from ragkit.retrieval.query import AnswerKind, Query

TODAY = date(2026, 3, 1)


def policy(document_id: str = "port-care", **governance: object) -> Document:
    writer = PolicyWriter().page(1).heading("Flushing")
    writer.line("Flush the port with 10 mL of saline every 8 hours.")
    writer.line("Close the clamp afterwards.")
    writer.page(2).heading("Removal")
    writer.line("Only surgeons may remove a tunnelled port.")
    return writer.document(document_id, **governance)


def ask(query: Query, *documents: Document, report: SearchReport | None = None) -> Answer:
    by_id = {document.document_id: document for document in documents}
    groundwork = lay_groundwork(
        query,
        [passage_of(document, rank=rank) for rank, document in enumerate(documents, start=1)],
        load_document=lambda document_id, version: by_id[document_id],
        statistics=WordCounts(*documents),
        today=TODAY,
        report=report,
    )
    return extractive_answer(groundwork)


FLUSH = query_for("how often do I flush the port", "flush", "port", kind=AnswerKind.TIME_LIMIT)


def test_an_answer_shows_the_line_with_a_citation_that_is_verbatim() -> None:
    document = policy()
    answer = ask(FLUSH, document)
    assert answer.status is AnswerStatus.ANSWERED
    assert "Flush the port with 10 mL of saline every 8 hours." in answer.text
    assert answer.text.endswith("[1]")
    (citation,) = answer.citations
    assert document.text[citation.start : citation.end] == citation.quote
    assert (citation.page, citation.section, citation.effective_date) == (1, ("Flushing",), date(2025, 1, 1))


def test_the_page_is_the_one_on_which_the_quote_starts() -> None:
    answer = ask(
        query_for("who may remove a tunnelled port", "remove", "tunnelled", "port", kind=AnswerKind.WHO_MAY), policy()
    )
    assert answer.citations[0].page == 2


def test_a_question_about_something_else_is_not_answered() -> None:
    answer = ask(
        query_for("cafeteria opening hours on sunday", "cafeteria", "opening", "sunday", kind=AnswerKind.TIME_LIMIT),
        policy(),
    )
    assert answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE
    assert answer.statements == ()
    assert answer.citations == ()
    assert "Not found" in answer.text


def test_no_document_is_a_plain_not_found() -> None:
    answer = ask(FLUSH, report=SearchReport(site="north"))
    assert answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE
    assert answer.text == "Not found: there is no document of north in force that you may see."


def test_a_question_without_content_asks_back() -> None:
    assert ask(query_for("how much?"), policy()).status is AnswerStatus.NEEDS_CLARIFICATION


@pytest.mark.parametrize(
    ("question", "number"), [("And for 95 kg?", "95 kg"), ("what if it's 2.8?", "2.8"), ("for 8 hours?", "8 hours")]
)
def test_a_number_alone_matches_no_row_it_asks_back(question: str, number: str) -> None:
    assert ask(query_for(question, number), policy()).status is AnswerStatus.NEEDS_CLARIFICATION


@pytest.mark.parametrize(
    ("question", "terms"), [("a potassium of 2.8?", ("potassium", "2.8")), ("Flush every 8 hours?", ("flush", "8"))]
)
def test_a_number_of_something_is_a_question(question: str, terms: tuple[str, ...]) -> None:
    assert ask(query_for(question, *terms), policy()).status is not AnswerStatus.NEEDS_CLARIFICATION


def test_an_overdue_review_is_said() -> None:
    answer = ask(FLUSH, policy(review_due=date(2025, 12, 31)))
    assert any("overdue since 2025-12-31" in caveat for caveat in answer.caveats)


def test_a_review_that_is_not_due_yet_is_not_mentioned() -> None:
    assert not any("overdue" in caveat for caveat in ask(FLUSH, policy(review_due=TODAY)).caveats)


def test_an_unknown_effective_date_and_a_draft_are_said() -> None:
    caveats = " ".join(ask(FLUSH, policy(effective_date=None, status=Status.DRAFT)).caveats)
    assert "no effective date" in caveats
    assert "draft" in caveats


def test_two_documents_in_force_with_different_numbers_are_a_caveat() -> None:
    writer = PolicyWriter().heading("Ports")
    writer.line("Flush the port with 10 mL of saline every 24 hours.")
    other = writer.document("day-clinic", title="Day clinic ports")
    answer = ask(FLUSH, policy(), other)
    assert any("Day clinic ports" in caveat and "every 24 hours" in caveat for caveat in answer.caveats)


def test_two_documents_that_agree_are_no_caveat() -> None:
    assert not any("different numbers" in caveat for caveat in ask(FLUSH, policy(), policy("copy")).caveats)


def test_the_trace_says_what_was_searched_and_how_long_each_stage_took() -> None:
    answer = ask(
        FLUSH, policy(), report=SearchReport(searched=7, filtered={"other_site": 2}, timings_ms={"embed": 1.5})
    )
    assert (answer.trace.searched, answer.trace.filtered) == (7, {"other_site": 2})
    assert {"embed", "score_lines", "verify"} <= set(answer.trace.timings_ms)
    assert 0 < answer.trace.signals["probability"] <= 1


def test_an_answer_turns_into_json_and_back() -> None:
    answer = ask(FLUSH, policy())
    assert Answer.model_validate_json(answer.model_dump_json()) == answer

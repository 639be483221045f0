import logging

import pytest
from policies import PolicyWriter, passage_of, query_for

from ragkit.answering.answer import AnswerStatus, Rung
from ragkit.answering.evidence_list import PASSAGES, evidence_list
from ragkit.answering.groundwork import SearchReport


def test_what_was_found_is_listed_and_is_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    writer = PolicyWriter().heading("Ports")
    writer.line("Flush the port every 8 hours.")
    document = writer.document()
    passages = [passage_of(document, rank=rank) for rank in range(1, 9)]
    with caplog.at_level(logging.ERROR):
        answer = evidence_list(
            query_for("how often do I flush the port of Mr. Q", "flush"),
            passages,
            SearchReport(searched=3),
            lambda document_id, version: document,
            ValueError("the port of Mr. Q"),
        )
    assert answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE
    assert answer.statements == () and answer.citations == ()
    assert [citation.number for citation in answer.evidence] == list(range(1, PASSAGES + 1))
    assert all(document.text[c.start : c.end] == c.quote for c in answer.evidence)
    assert answer.notice
    assert [step.rung for step in answer.trace.ladder] == [Rung.EVIDENCE_LIST]
    assert "ValueError" in caplog.text and "Mr. Q" not in caplog.text

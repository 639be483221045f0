"""From a folder of policies to a cited answer, through the public API alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ragkit import Answer, KnowledgeBase, RagkitError, Settings, User

from .conftest import write_policies

NURSE = User("u1", roles={"nurse"})
QUESTION = "how often do I flush a PIVC that's not in use?"


def test_a_question_is_answered_with_words_that_stand_in_the_document(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        answer = kb.ask(QUESTION, user=NURSE)
        assert answer.status == "answered"
        assert "every 8 hours" in answer.text
        for citation in answer.citations:
            document = kb.document(citation.document_id, citation.version, user=NURSE)
            assert document.text[citation.start : citation.end] == citation.quote
            assert citation.quote in citation.surrounding
        assert answer.citations[0].effective_date == date(2024, 3, 1)
        assert answer.trace.timings_ms["total"] > 0


def test_a_list_is_shown_whole_with_its_lead_in(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        answer = kb.ask("when do we have to replace a peripheral IV catheter?", user=NURSE)
        quotes = " ".join(citation.quote for citation in answer.citations)
        for part in ("Replace the catheter when", "red, swollen or painful", "leaks", "within 24 hours"):
            assert part in quotes


def test_a_question_the_policies_do_not_answer_is_not_answered(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        answer = kb.ask("how much is visitor parking per day?", user=NURSE)
        assert answer.status == "insufficient_evidence"
        assert answer.statements == () and answer.citations == ()
        assert answer.text


def test_without_signing_in_nothing_is_read_and_open_access_says_otherwise(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        assert kb.documents() == []
        assert kb.search(QUESTION) == []
        assert kb.ask(QUESTION).status == "insufficient_evidence"
    with KnowledgeBase.open(tmp_path / "a.kb", access="open") as kb:
        assert kb.ask(QUESTION).status == "answered"


def test_a_new_version_answers_today_and_the_old_one_answers_for_its_day(tmp_path: Path) -> None:
    old = write_policies(tmp_path / "old", hours=12, effective="2021-03-01")
    new = write_policies(tmp_path / "new", hours=8, effective="2024-03-01")
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(old)
        kb.ingest(new)
        assert "every 8 hours" in kb.ask(QUESTION, user=NURSE).text
        assert "every 12 hours" in kb.ask(QUESTION, user=NURSE, as_of="2022-01-01").text
        statuses = {row.version: row.status for row in kb.documents(user=NURSE) if row.reference_number == "IV-101"}
        assert statuses == {"2021-03-01": "superseded", "2024-03-01": "active"}


def test_what_only_another_site_says_is_named_as_such_and_not_shown(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies, site="north")
        kb.ingest(write_policies(tmp_path / "south") / "blood-storage.md", site="south")
        answer = kb.ask(QUESTION, user=NURSE, site="south")
        assert answer.status == "insufficient_evidence" and answer.citations == ()
        assert any("another site (north)" in caveat for caveat in answer.caveats)
        assert "8 hours" not in answer.model_dump_json()
        assert kb.ask(QUESTION, site="south").caveats == ()  # who may read nothing learns nothing


def test_a_citation_to_replaced_words_still_resolves(tmp_path: Path) -> None:
    folder = write_policies(tmp_path / "policies", hours=12)
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(folder)
        before = kb.ask(QUESTION, user=NURSE).citations[0]
        write_policies(folder, hours=8)
        report = kb.ingest(folder)
        assert any("correction" in row.reason for row in report.needs_attention)
        assert "every 8 hours" in kb.ask(QUESTION, user=NURSE).text
        document = kb.document(before.document_id, before.version, user=NURSE)
        assert document.text[before.start : before.end] == before.quote


def test_ingesting_the_same_folder_again_changes_nothing(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        first = kb.ingest(policies)
        again = kb.ingest(policies)
        assert len(first.ingested) == len(again.unchanged) == 2
        assert again.ingested == () and again.failed == ()


def test_a_file_that_cannot_be_read_is_reported_and_the_others_go_in(policies: Path, tmp_path: Path) -> None:
    (policies / "broken.pdf").write_bytes(b"%PDF-1.7 but then nothing")
    (policies / "empty.md").write_text("  \n")
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        for _ in range(2):  # the second time nothing is read again, and the report says the same
            report = kb.ingest(policies)
            assert {row.source for row in report.failed} == {"broken.pdf", "empty.md"}
            assert all(row.reason for row in report.failed)
        assert kb.ask(QUESTION, user=NURSE).status == "answered"


def test_a_file_whose_sidecar_cannot_be_understood_stays_closed_and_the_others_go_in(
    policies: Path, tmp_path: Path
) -> None:
    (policies / "flushing.md.yaml").write_text("rolls: [pharmacist]\n")
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        report = kb.ingest(policies)
        [failed] = report.failed
        assert failed.source == "flushing.md" and "roles" in failed.reason
        assert [row.source for row in kb.documents(user=NURSE)] == ["blood-storage.md"]


def test_a_removed_document_no_longer_answers_and_stays_removed(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        citation = kb.ask(QUESTION, user=NURSE).citations[0]
        assert kb.remove(citation.document_id) == 1
        assert kb.ask(QUESTION, user=NURSE).status == "insufficient_evidence"
        assert kb.document(citation.document_id, citation.version, user=NURSE).text
        assert any("stays removed" in row.reason for row in kb.ingest(policies).needs_attention)
        assert kb.ask(QUESTION, user=NURSE).status == "insufficient_evidence"


def test_a_purged_document_is_gone(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        citation = kb.ask(QUESTION, user=NURSE).citations[0]
        assert kb.purge(citation.document_id) == 1
        with pytest.raises(RagkitError, match="no version"):
            kb.document(citation.document_id, citation.version, user=NURSE)
        assert kb.check().clean


def test_another_chunk_length_is_noticed_and_answered_with_a_rebuild(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
    with KnowledgeBase.open(tmp_path / "a.kb", settings=Settings(chunk_tokens=64)) as kb:
        kb.ingest(policies)
        assert kb.ask(QUESTION, user=NURSE).status == "answered"
        assert kb.check().clean
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        assert kb.rebuild() == 2, "the settings it was last built with are remembered"


def test_an_answer_goes_through_json_and_comes_back_equal(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        answer = kb.ask(QUESTION, user=NURSE)
        assert Answer.model_validate_json(answer.model_dump_json()) == answer


async def test_the_async_twins_and_the_stream_say_the_same(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        answer = kb.ask(QUESTION, user=NURSE)
        assert (await kb.aask(QUESTION, user=NURSE)).text == answer.text
        assert await kb.asearch(QUESTION, user=NURSE) == kb.search(QUESTION, user=NURSE)
        assert tuple(kb.ask_stream(QUESTION, user=NURSE)) == answer.statements


def test_llama_index_sees_what_the_reader_may_see_and_no_more(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        nodes = kb.as_retriever(limit=2, user=NURSE).retrieve(QUESTION)
        assert nodes and nodes[0].metadata["source"] == "flushing.md"
        assert kb.as_retriever(limit=2).retrieve(QUESTION) == []
        response = kb.as_query_engine(user=NURSE).query(QUESTION)
        assert "every 8 hours" in str(response)
        assert response.source_nodes and response.metadata["answer"].status == "answered"


def test_a_wrong_answer_can_be_reported(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        path = kb.report_wrong_answer(kb.ask(QUESTION, user=NURSE), "the volume is missing")
        assert "the volume is missing" in path.read_text()
        with pytest.raises(RagkitError):
            kb.report_wrong_answer(kb.ask(QUESTION, user=NURSE), " ")


def test_results_show_themselves_in_a_notebook(policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        report = kb.ingest(policies)
        answer = kb.ask(QUESTION, user=NURSE)
        document = kb.document(answer.citations[0].document_id, user=NURSE)
        for shown in (report, answer, kb.search(QUESTION, user=NURSE), document):
            html = shown._repr_html_()
            assert "prefers-color-scheme: dark" in html and "http" not in html
        assert "<mark>" in answer._repr_html_()


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("\x00\x07", "no words"),
        ("why? " * 20_000, "characters"),
        ("???", "no words"),
    ],
)
def test_what_is_no_question_gets_a_clear_error(question: str, says: str, policies: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "a.kb") as kb:
        kb.ingest(policies)
        with pytest.raises(RagkitError, match=says):
            kb.ask(question, user=NURSE)

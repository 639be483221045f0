"""Follow-up questions and patient identifiers through the public API: what is understood, shown, searched and sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ragkit import KnowledgeBase, User
from ragkit.answering.answer import Answer
from ragkit.cli.app import app
from ragkit.deployment.deployment import Profile, Zone
from ragkit.display.html import answer_html
from ragkit.errors import QuestionError
from ragkit.retrieval.retriever import Retriever
from tests.end_to_end.conftest import write_policies
from tests.language_models.scripted_server import ScriptedServer

NURSE = User("u17", roles={"staff", "nurse"})
FLUSHED = "How often is a peripheral intravenous catheter flushed?"
IDENTIFYING = (
    "Harold Quimby, 91, MRN 4491200 (dob 03/14/1935): how often is his peripheral intravenous catheter flushed?"
)
HIDDEN = ("Quimby", "Harold", "4491200", "03/14/1935", " 91,")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("conversation")
    with KnowledgeBase.open(place / "kb") as kb:
        kb.ingest(write_policies(place / "policies"))
    return place / "kb"


@pytest.fixture
def kb(folder: Path) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(folder) as opened:
        yield opened


def quotes(answer: Answer) -> str:
    return "\n".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("conversation", "understood", "quoted"),
    [
        (
            ["What is the dose of diphenhydramine for mild hives after a transfusion in an adult?", "and in children?"],
            "What is the dose of diphenhydramine for mild hives after a transfusion in children?",
            "1 mg/kg, maximum 50 mg",
        ),
        (
            ["How long may a violent restraint order last for an adult?", "and for an 8 year old?"],
            "How long may a violent restraint order last for an 8 year old?",
            "Under 9 years",
        ),
        (
            ["How long may a violent restraint order last for an adult?", "and for a 12 year old?"],
            "How long may a violent restraint order last for a 12 year old?",
            "9 to 17 years",
        ),
        (
            ["Which isolation does measles need?", "thanks. and C. diff?", "for how long?"],
            "isolation does C. diff need: for how long?",
            "Until discharge",
        ),
    ],
)
def test_a_follow_up_question_is_answered_as_it_is_meant(
    northmoor: KnowledgeBase, conversation: list[str], understood: str, quoted: str
) -> None:
    *before, question = conversation
    answer = northmoor.ask(question, user=NURSE, previous_questions=before)
    assert answer.question == question
    assert answer.standalone_question == understood
    assert quoted in quotes(answer)


def test_a_new_question_in_a_conversation_gets_the_answer_it_gets_alone(kb: KnowledgeBase) -> None:
    alone = kb.ask(FLUSHED, user=NURSE)
    later = kb.ask(FLUSHED, user=NURSE, previous_questions=["How cold are red cells stored?"])
    assert later.standalone_question is None
    assert later.text == alone.text


async def test_streamed_and_asynchronous_answers_know_the_conversation_too(kb: KnowledgeBase) -> None:
    options = {"user": NURSE, "previous_questions": [FLUSHED]}
    asked = kb.ask("with how much?", **options)
    stream = kb.ask_stream("with how much?", **options)
    assert [statement.text for statement in stream] == [statement.text for statement in asked.statements]
    assert asked.standalone_question
    assert (await kb.aask("with how much?", **options)).standalone_question == asked.standalone_question


def test_who_asks_is_shown_how_the_question_was_understood(kb: KnowledgeBase, folder: Path) -> None:
    answer = kb.ask("why?", user=NURSE, previous_questions=[FLUSHED])
    shown = f"Understood as: {answer.standalone_question}"
    assert shown in answer_html(answer)
    kb.close()
    printed = CliRunner().invoke(app, ["ask", "why?", "--after", FLUSHED, "--kb", str(folder), "--role", "nurse"])
    assert shown in " ".join(printed.output.split())


def test_earlier_questions_that_are_no_list_or_too_long_are_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(QuestionError, match="list of the questions"):
        kb.ask("why?", user=NURSE, previous_questions=FLUSHED)
    with pytest.raises(QuestionError, match="characters"):
        kb.ask("why?", user=NURSE, previous_questions=["flush " * 10_000])


def test_nothing_but_the_answer_s_own_question_repeats_an_identifier(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    retrieve = Retriever.retrieve

    def recorded(self: Retriever, question: str, *rest: object) -> object:
        searched.append(question)
        return retrieve(self, question, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Retriever, "retrieve", recorded)
    answer = kb.ask(IDENTIFYING, user=NURSE)
    kb.search(IDENTIFYING, user=NURSE)
    follow_up = kb.ask("and in the morning?", user=NURSE, previous_questions=[IDENTIFYING])
    assert len(searched) >= 3
    assert answer.question == IDENTIFYING
    assert answer.trace.identifiers == {"age_over_89": 1, "birth_date": 1, "name": 1, "record_number": 1}
    elsewhere = "\n".join((*searched, answer.model_dump_json(exclude={"question"}), follow_up.model_dump_json()))
    for hidden in HIDDEN:
        assert hidden not in elsewhere


def test_identifiers_do_not_change_the_answer(kb: KnowledgeBase) -> None:
    with_them = kb.ask("MRN 4491200: how often is a peripheral intravenous catheter flushed?", user=NURSE)
    assert with_them.status == "answered"
    assert with_them.text == kb.ask(FLUSHED, user=NURSE).text


def test_a_question_of_nothing_but_identifiers_asks_for_more(kb: KnowledgeBase) -> None:
    assert kb.ask("Harold Quimby MRN 4491200", user=NURSE).status == "needs_clarification"


def test_a_report_of_a_wrong_answer_repeats_identifiers_only_if_asked_to(kb: KnowledgeBase) -> None:
    answer = kb.ask(IDENTIFYING, user=NURSE)
    report = kb.report_wrong_answer(answer, "Mr. Quimby has another catheter").read_text(encoding="utf-8")
    assert not any(hidden in report for hidden in HIDDEN)
    as_asked = kb.report_wrong_answer(answer, "Mr. Quimby has another catheter", as_asked=True)
    assert json.loads(as_asked.read_text(encoding="utf-8"))["answer"]["question"] == IDENTIFYING


def test_a_language_model_never_sees_an_identifier(folder: Path) -> None:
    with ScriptedServer() as server:
        deployment = server.deployment(server.provider(zone=Zone.ON_PREMISES), profile=Profile.HYBRID)
        with KnowledgeBase.open(folder, deployment=deployment) as kb:
            kb.ask(IDENTIFYING, user=NURSE)
            kb.ask("and visitors with a catheter?", user=NURSE, previous_questions=[IDENTIFYING])
        sent = json.dumps([request.body for request in server.chats])
    assert "Last question: and visitors with a catheter?" in sent
    assert sent.count("peripheral intravenous catheter") > 1
    for hidden in HIDDEN:
        assert hidden not in sent

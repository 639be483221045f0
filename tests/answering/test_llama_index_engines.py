"""The answerer inside LlamaIndex, used as LlamaIndex programs use their own engines."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator, Sequence

import pytest
from llama_index.core.base.base_selector import BaseSelector, SelectorResult, SingleSelection
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.llms import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.query_engine import RouterQueryEngine
from llama_index.core.schema import QueryBundle
from llama_index.core.tools import QueryEngineTool, ToolMetadata

from ragkit import KnowledgeBase, User
from ragkit.answering.answer import Answer, AnswerStatus, Citation, Statement
from ragkit.answering.llama_index import Asking, RagkitChatEngine, RagkitQueryEngine
from ragkit.display.wording import understood_label
from ragkit.grounding.verdict import Verdict

NURSE = User("u1", roles={"nurse"})
QUESTION = "How often is an unused peripheral catheter flushed?"
POLICY = """# Flushing of Catheters

Flush a peripheral catheter that is not in use with 5 mL of sodium chloride 0.9% every {hours} hours.

Record every flush in the nursing record.
"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "ragkit.yaml").write_text("default_roles: [staff]\n")
    (folder / "flushing.md").write_text("---\nsite: north\neffective_date: 2024-03-01\n---\n" + POLICY.format(hours=8))
    (folder / "flushing-south.md").write_text(
        "---\nsite: south\neffective_date: 2024-03-01\n---\n" + POLICY.format(hours=12)
    )
    with KnowledgeBase.open(folder / "a.kb") as kb:
        kb.ingest([folder / "flushing.md", folder / "flushing-south.md"])
        yield kb


def test_a_response_is_the_verified_answer_with_its_citations_as_source_nodes(kb: KnowledgeBase) -> None:
    response = kb.as_query_engine(site="north", user=NURSE).query(QUESTION)
    answer = response.metadata["answer"]
    assert answer.status == "answered" and str(response) == answer.text
    assert [node.text for node in response.source_nodes] == [citation.quote for citation in answer.citations]
    node = response.source_nodes[0]
    document = kb.document(node.metadata["document_id"], node.metadata["version"], user=NURSE)
    assert document.text[node.node.start_char_idx : node.node.end_char_idx] == node.text
    assert node.metadata["title"] == "Flushing of Catheters" and 0 < node.score <= 1


def test_site_and_reader_are_settled_when_the_engine_is_made(kb: KnowledgeBase) -> None:
    assert "every 8 hours" in str(kb.as_query_engine(site="north", user=NURSE).query(QUESTION))
    assert "every 12 hours" in str(kb.as_query_engine(site="south", user=NURSE).query(QUESTION))
    nobody = kb.as_query_engine(site="north").query(QUESTION)
    assert nobody.source_nodes == [] and "8 hours" not in str(nobody)
    assert nobody.metadata["status"] == "insufficient_evidence"


def test_a_streaming_response_yields_the_same_text_and_fills_in_its_sources_at_the_end(kb: KnowledgeBase) -> None:
    whole = kb.as_query_engine(site="north", user=NURSE).query(QUESTION)
    response = kb.as_query_engine(site="north", user=NURSE, streaming=True).query(QUESTION)
    assert isinstance(response, StreamingResponse)
    assert response.source_nodes == [] and response.metadata == {}
    assert str(response) == str(whole)
    assert [node.node_id for node in response.source_nodes] == [node.node_id for node in whole.source_nodes]
    assert response.metadata["answer"].status == "answered"


async def test_asynchronous_queries_say_the_same(kb: KnowledgeBase) -> None:
    whole = await kb.as_query_engine(site="north", user=NURSE).aquery(QUESTION)
    response = await kb.as_query_engine(site="north", user=NURSE, streaming=True).aquery(QUESTION)
    assert isinstance(response, AsyncStreamingResponse)
    pieces = [piece async for piece in response.async_response_gen()]
    assert "".join(pieces) == str(whole) and "every 8 hours" in str(whole)
    assert response.metadata["answer"].citations == whole.metadata["answer"].citations


def test_what_is_not_answered_is_said_in_a_plain_sentence_and_nothing_is_cited(kb: KnowledgeBase) -> None:
    for streaming in (False, True):
        response = kb.as_query_engine(user=NURSE, streaming=streaming).query("How much is visitor parking per day?")
        assert str(response).startswith("Not found")
        assert response.source_nodes == []


async def test_it_works_as_a_tool_of_an_agent(kb: KnowledgeBase) -> None:
    tool = QueryEngineTool.from_defaults(kb.as_query_engine(site="north", user=NURSE), name="policies")
    output = tool.call(QUESTION)
    assert "every 8 hours" in str(output) and isinstance(output.raw_output, Response)
    assert output.raw_output.source_nodes
    assert "every 8 hours" in str(await tool.acall(input=QUESTION))


def test_a_router_sends_questions_to_it(kb: KnowledgeBase) -> None:
    tools = [
        QueryEngineTool.from_defaults(kb.as_query_engine(site=site, user=NURSE), name=site, description=site)
        for site in ("north", "south")
    ]
    router = RouterQueryEngine(selector=_Named(), query_engine_tools=tools, llm=MockLLM())
    assert "every 12 hours" in str(router.query(f"{QUESTION} (south)"))


class _Named(BaseSelector):
    """Takes the tool whose description stands in the question."""

    def _select(self, choices: Sequence[ToolMetadata], query: QueryBundle) -> SelectorResult:
        index = next(i for i, choice in enumerate(choices) if choice.description in query.query_str)
        return SelectorResult(selections=[SingleSelection(index=index, reason="named")])

    async def _aselect(self, choices: Sequence[ToolMetadata], query: QueryBundle) -> SelectorResult:
        return self._select(choices, query)

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        return None


# What a conversation takes along, with a knowledge base that writes down what it was asked


class _Scripted:
    """Answers every question with two statements, and remembers what it was given."""

    def __init__(self, **changed: object) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.given = 0
        self._changed = changed

    @property
    def asking(self) -> Asking:
        return Asking(self.ask, self.aask, self.ask_stream)

    def ask(self, question: str, *, previous_questions: Sequence[str] = ()) -> Answer:
        self.asked.append((question, tuple(previous_questions)))
        return _answer(question, **self._changed)

    async def aask(self, question: str, *, previous_questions: Sequence[str] = ()) -> Answer:
        return self.ask(question, previous_questions=previous_questions)

    def ask_stream(
        self, question: str, *, previous_questions: Sequence[str] = ()
    ) -> Generator[Statement, None, Answer]:
        answer = self.ask(question, previous_questions=previous_questions)
        for statement in answer.statements:
            self.given += 1
            yield statement
        return answer


def _answer(question: str, **changed: object) -> Answer:
    citation = Citation(
        number=1, quote="Give 5 mg.", start=0, end=10, document_id="d", version="1", title="T", source="t"
    )
    statements = tuple(
        Statement(text=text, citations=(1,), support=1.0, verdict=Verdict.SUPPORTED) for text in ("Give 5 mg.", "Wait.")
    )
    answer = Answer(
        question=question,
        status=AnswerStatus.ANSWERED,
        text="Give 5 mg. [1]\n\nWait. [1]",
        statements=statements,
        citations=(citation,),
    )
    return answer.model_copy(update=changed)


def test_a_conversation_takes_its_questions_along_and_never_its_answers() -> None:
    scripted = _Scripted()
    chat = RagkitChatEngine(scripted.asking)
    assert chat.chat("What is the dose for adults?").response == "Give 5 mg. [1]\n\nWait. [1]"
    chat.chat("And in children?")
    assert scripted.asked == [
        ("What is the dose for adults?", ()),
        ("And in children?", ("What is the dose for adults?",)),
    ]
    assert [message.role for message in chat.chat_history] == [MessageRole.USER, MessageRole.ASSISTANT] * 2
    chat.reset()
    chat.chat("And in children?")
    assert scripted.asked[-1] == ("And in children?", ())


def test_a_question_that_was_made_self_contained_is_taken_along_as_such() -> None:
    scripted = _Scripted(standalone_question="What is the dose in children?")
    chat = RagkitChatEngine(scripted.asking)
    chat.chat("And in children?")
    chat.chat("How often?")
    assert scripted.asked[-1] == ("How often?", ("What is the dose in children?",))
    assert chat.chat_history[0].content == "And in children?"


def test_a_history_that_is_passed_replaces_the_engines_own() -> None:
    scripted = _Scripted()
    chat = RagkitChatEngine(scripted.asking)
    chat.chat("Something else?")
    history = [
        ChatMessage(role=MessageRole.USER, content="What is the dose for adults?"),
        ChatMessage(role=MessageRole.ASSISTANT, content="Give 500 mg."),
    ]
    chat.chat("And in children?", chat_history=history)
    assert scripted.asked[-1] == ("And in children?", ("What is the dose for adults?",))
    assert len(chat.chat_history) == 4 and len(history) == 2


async def test_a_streamed_reply_comes_statement_by_statement_and_then_belongs_to_the_conversation() -> None:
    scripted = _Scripted()
    chat = RagkitChatEngine(scripted.asking)
    response = chat.stream_chat("What is the dose for adults?")
    pieces = response.response_gen
    assert next(pieces) == "Give 5 mg. [1]" and scripted.given == 1
    assert chat.chat_history == [] and response.source_nodes == []
    assert list(pieces) == ["\n\nWait. [1]"]
    assert [node.text for node in response.source_nodes] == ["Give 5 mg."]
    assert response.metadata["answer"].status == "answered" and str(response) == "Give 5 mg. [1]\n\nWait. [1]"

    later = await chat.astream_chat("And in children?")
    assert [piece async for piece in later.async_response_gen()] == ["Give 5 mg. [1]", "\n\nWait. [1]"]
    assert scripted.asked[-1] == ("And in children?", ("What is the dose for adults?",))
    assert [message.content for message in chat.chat_history][1::2] == ["Give 5 mg. [1]\n\nWait. [1]"] * 2
    assert (await chat.achat("And how often?")).source_nodes[0].text == "Give 5 mg."
    assert len(scripted.asked[-1][1]) == 2


def test_what_has_to_be_read_beside_an_answer_stands_behind_it_streamed_or_not() -> None:
    scripted = _Scripted(
        caveats=("Two documents in force disagree.",),
        notice="The language model was not reached.",
        standalone_question="What is the dose in children?",
    )
    expected = (
        f"Give 5 mg. [1]\n\nWait. [1]\n\nNote: {understood_label('What is the dose in children?')}"
        "\n\nNote: The language model was not reached."
        "\n\nNote: Two documents in force disagree."
    )
    whole = RagkitQueryEngine(scripted.asking).query("dose?")
    streamed = RagkitQueryEngine(scripted.asking, streaming=True).query("dose?")
    assert str(whole) == str(streamed) == expected
    assert whole.metadata["caveats"] == ["Two documents in force disagree."]


async def test_who_stops_listening_stops_the_answer() -> None:
    closed = asyncio.Event()

    def ask_stream(question: str) -> Generator[Statement, None, Answer]:
        try:
            yield from _answer(question).statements
            raise AssertionError("nobody listens any more")
        finally:
            closed.set()

    scripted = _Scripted()
    engine = RagkitQueryEngine(Asking(scripted.ask, scripted.aask, ask_stream), streaming=True)
    response = engine.query("dose?")
    next(response.response_gen)
    response.response_gen.close()
    assert closed.is_set()

    closed.clear()
    later = await engine.aquery("dose?")
    await anext(later.response_gen)
    await later.response_gen.aclose()
    assert closed.is_set()


def test_an_error_reaches_whoever_listens_and_leaves_the_conversation_as_it_was() -> None:
    def ask_stream(question: str, previous_questions: Sequence[str]) -> Generator[Statement, None, Answer]:
        yield _answer(question).statements[0]
        raise ConnectionError("gone")

    scripted = _Scripted()
    chat = RagkitChatEngine(Asking(scripted.ask, scripted.aask, ask_stream))
    with pytest.raises(ConnectionError):
        list(chat.stream_chat("dose?").response_gen)
    assert chat.chat_history == []


def test_a_follow_up_question_is_understood_from_the_conversation_and_told_so(kb: KnowledgeBase) -> None:
    chat = kb.as_chat_engine(site="north", user=NURSE)
    chat.chat("How often is an unused peripheral catheter flushed?")
    response = chat.stream_chat("and with how many mL?")
    text = "".join(response.response_gen)
    standalone = response.metadata["standalone_question"]
    assert standalone and "peripheral catheter" in standalone
    assert "5 mL" in text and understood_label(standalone) in text

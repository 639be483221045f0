"""What agents get from the tools, through the official client without a process between."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Generator
from typing import Any

import anyio
import anyio.to_thread
import pytest
from mcp import MCPError
from mcp.client.client import Client

from ragkit import KnowledgeBase, User
from ragkit.answering.answer import Answer, Statement
from ragkit.deployment.server import RateSettings
from ragkit.errors import StoreError
from ragkit.serving.mcp.identity import always
from ragkit.serving.mcp.limits import limited
from ragkit.serving.mcp.resources import document_uri, named_document
from ragkit.serving.mcp.server import build_server
from ragkit.serving.mcp.tools import KnowledgeBaseTools

from .conftest import OPEN_QUESTION, PUBLIC_QUESTION, RESTRICTED_QUESTION

NURSE = User("u1", roles={"nurse"})
PHARMACIST = User("u2", roles={"pharmacist"})


def _client(kb: KnowledgeBase, user: User | None = NURSE, **options: Any) -> Client:
    return Client(build_server(KnowledgeBaseTools(kb, **options), always(user)))


def _text(result: Any) -> str:
    return "\n".join(block.text for block in result.content)


async def test_every_tool_reads_only_and_says_what_it_takes_and_gives(kb: KnowledgeBase) -> None:
    async with _client(kb) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search", "documents", "document_text"}
        for tool in tools.values():
            assert tool.annotations and tool.annotations.read_only_hint and tool.description
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema and tool.output_schema["type"] == "object"
        assert "verbatim" in (client.instructions or "") and '"Not found" is an answer' in (client.instructions or "")


async def test_an_answer_comes_as_text_for_the_agent_and_as_typed_data_with_verbatim_quotes(kb: KnowledgeBase) -> None:
    async with _client(kb) as client:
        result = await client.call_tool("ask", {"question": OPEN_QUESTION})
        assert not result.is_error and "every 8 hours" in _text(result)
        data = result.structured_content
        assert data["status"] == "answered" and data["answered"] is True
        [statement] = data["statements"]
        assert statement["verbatim"] is True and statement["citations"] == [1]
        citation = data["citations"][0]
        assert citation["title"] == "Flushing of Catheters" and citation["effective_date"] == "2024-03-01"
        contents = (await client.read_resource(citation["uri"])).contents
        assert contents[0].text[citation["start"] : citation["end"]] == citation["quote"]


async def test_a_follow_up_is_answered_with_the_questions_before_it_and_says_how_it_was_understood(
    kb: KnowledgeBase,
) -> None:
    arguments = {"question": "with how much?", "previous_questions": [PUBLIC_QUESTION, OPEN_QUESTION]}
    async with _client(kb) as client:
        alone = await client.call_tool("ask", {"question": "with how much?"})
        result = await client.call_tool("ask", arguments)
    assert alone.structured_content["answered"] is False
    assert alone.structured_content["standalone_question"] is None
    understood = result.structured_content["standalone_question"]
    assert "peripheral catheter" in understood and "with how much" in understood
    assert result.structured_content["answered"] is True and "5 mL" in _text(result)
    assert f"Understood as: {understood}" in _text(result)


async def test_the_schema_says_what_earlier_questions_are_and_how_many_there_may_be(kb: KnowledgeBase) -> None:
    async with _client(kb) as client:
        [ask] = [tool for tool in (await client.list_tools()).tools if tool.name == "ask"]
    schema = ask.input_schema["properties"]["previous_questions"]
    assert schema["type"] == "array" and schema["maxItems"] == 10 and schema["items"]["maxLength"] == 2000
    assert "oldest first" in schema["description"] and "previous_questions" not in ask.input_schema["required"]


async def test_not_found_is_an_answer_and_no_error(kb: KnowledgeBase) -> None:
    async with _client(kb) as client:
        result = await client.call_tool("ask", {"question": "How much is parking per day?"})
        assert not result.is_error
        assert result.structured_content["answered"] is False and result.structured_content["citations"] == []
        assert _text(result).startswith("Not found")


async def test_what_the_caller_may_not_read_does_not_exist(kb: KnowledgeBase) -> None:
    """Answers, passages, rows, texts and resources of a restricted document are as those of one that never was."""
    async with _client(kb, PHARMACIST) as client:
        cited = (await client.call_tool("ask", {"question": RESTRICTED_QUESTION})).structured_content["citations"][0]
    async with _client(kb, NURSE) as client:
        seen = [
            await client.call_tool("ask", {"question": RESTRICTED_QUESTION}),
            await client.call_tool("search", {"query": RESTRICTED_QUESTION}),
            await client.call_tool("documents", {}),
        ]
        for result in seen:
            told = json.dumps(result.structured_content) + _text(result)
            assert "40 mg" not in told and "PH-900" not in told and "Dispensing" not in told

        hidden = await client.call_tool("document_text", {"document_id": cited["document_id"]})
        missing = await client.call_tool("document_text", {"document_id": "never-was"})
        assert hidden.is_error and missing.is_error
        assert _text(hidden).replace(cited["document_id"], "X") == _text(missing).replace("never-was", "X")

        for uri in (cited["uri"], "ragkit://documents/never-was/1", "file:///etc/passwd"):
            with pytest.raises(MCPError) as error:
                await client.read_resource(uri)
            assert error.value.error.message == "There is no such document that you may see."


async def test_the_anonymous_reader_sees_public_documents_only(kb: KnowledgeBase) -> None:
    async with _client(kb, None) as client:
        listed = (await client.call_tool("documents", {})).structured_content
        assert [row["title"] for row in listed["documents"]] == ["Visiting Hours"] and listed["total"] == 1
        assert (await client.call_tool("ask", {"question": PUBLIC_QUESTION})).structured_content["answered"] is True
        assert (await client.call_tool("ask", {"question": OPEN_QUESTION})).structured_content["answered"] is False


async def test_documents_are_listed_page_by_page_and_read_part_by_part(kb: KnowledgeBase) -> None:
    async with _client(kb, PHARMACIST) as client:
        first = (await client.call_tool("documents", {"limit": 1})).structured_content
        second = (await client.call_tool("documents", {"limit": 1, "offset": 1})).structured_content
        assert first["total"] == second["total"] == 3 and first["documents"] != second["documents"]
        found = (await client.call_tool("documents", {"title_contains": "ph-900"})).structured_content["documents"]
        assert [row["title"] for row in found] == ["Zoramine Dispensing"]

        name = {"document_id": found[0]["document_id"]}
        whole = (await client.call_tool("document_text", name)).structured_content
        part = (await client.call_tool("document_text", name | {"start": 5, "characters": 7})).structured_content
        assert part["text"] == whole["text"][5:12] and (part["start"], part["end"]) == (5, 12)
        after = (await client.call_tool("document_text", name | {"start": 10_000})).structured_content
        assert after["text"] == "" and after["end"] == after["length"] == whole["length"]


async def test_search_gives_passages_best_first(kb: KnowledgeBase) -> None:
    async with _client(kb) as client:
        result = await client.call_tool("search", {"query": OPEN_QUESTION, "limit": 1})
        [passage] = result.structured_content["passages"]
        assert "every 8 hours" in passage["text"] and passage["uri"].startswith("ragkit://documents/")
        nothing = await client.call_tool("search", {"query": "zzz", "as_of": "1990-01-01"})
        assert nothing.structured_content["passages"] == [] and "Nothing was found" in _text(nothing)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "question: is needed"),
        ({"question": "  "}, "The question is empty"),
        ({"question": 5}, "question: input should be a valid string"),
        ({"question": "x" * 100_000}, "characters"),
        ({"question": OPEN_QUESTION, "roles": ["pharmacist"]}, "roles: there is no such argument"),
        (
            {"question": OPEN_QUESTION, "previous_questions": ["x"] * 11},
            "previous_questions: tuple should have at most 10",
        ),
        (
            {"question": OPEN_QUESTION, "previous_questions": ["x" * 2001]},
            "previous_questions.0: string should have at",
        ),
        ({"question": OPEN_QUESTION, "previous_questions": "x"}, "previous_questions: input should be a valid tuple"),
        ({"question": OPEN_QUESTION, "as_of": "soon"}, "as_of: is no day; write it as 2026-01-31"),
        ({"question": OPEN_QUESTION, "site": "south"}, "answers for the site 'north' only"),
    ],
)
async def test_wrong_arguments_are_told_in_a_plain_sentence(
    kb: KnowledgeBase, arguments: dict[str, Any], sentence: str
) -> None:
    async with _client(kb, site="north") as client:
        result = await client.call_tool("ask", arguments)
        assert result.is_error and sentence in _text(result)
        assert "pydantic" not in _text(result) and "Traceback" not in _text(result)


async def test_an_unknown_tool_is_an_error_of_the_protocol(kb: KnowledgeBase) -> None:
    async with _client(kb) as client:
        with pytest.raises(MCPError, match="no tool of that name"):
            await client.call_tool("purge", {})


@pytest.mark.parametrize(
    "error", [StoreError("/srv/secret/path cannot be read"), RuntimeError("the question was: chest pain of Ms Roe")]
)
async def test_what_goes_wrong_inside_is_not_told_to_the_agent_and_no_question_is_logged(
    kb: KnowledgeBase, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(kb, "ask_stream", fail)
    with caplog.at_level(logging.DEBUG, logger="ragkit"):
        async with _client(kb) as client:
            result = await client.call_tool("ask", {"question": OPEN_QUESTION})
    assert result.is_error and _text(result).startswith("The knowledge base cannot answer at the moment")
    assert type(error).__name__ in caplog.text
    assert "Roe" not in caplog.text and OPEN_QUESTION not in caplog.text


async def test_statements_are_told_as_progress_by_number_only(kb: KnowledgeBase) -> None:
    told: list[tuple[float, str | None]] = []

    async def note(done: float, total: float | None, message: str | None) -> None:
        told.append((done, message))

    async with _client(kb) as client:
        await client.call_tool("ask", {"question": OPEN_QUESTION}, progress_callback=note)
    assert told == [(0, "Searching the documents"), (1, "1 statement(s) verified")]


async def test_a_caller_who_gives_up_stops_the_answer(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = kb.ask(OPEN_QUESTION, user=NURSE)
    stopped = threading.Event()

    def ask_stream(question: str, **options: object) -> Generator[Statement, None, Answer]:
        try:
            for _ in range(1000):  # as long as somebody waits
                time.sleep(0.01)
                yield answer.statements[0]
            return answer
        finally:
            stopped.set()

    monkeypatch.setattr(kb, "ask_stream", ask_stream)
    async with _client(kb) as client:
        with anyio.move_on_after(0.2):
            await client.call_tool("ask", {"question": OPEN_QUESTION})
        assert await anyio.to_thread.run_sync(stopped.wait, 5)


def test_addresses_of_documents_survive_any_name() -> None:
    for name in (("mm-202", "6"), ("a b/c", "2024-01-01"), ("ä%2F", "1/2")):
        assert named_document(document_uri(*name)) == name
    for other in ("ragkit://documents/x", "ragkit://documents//1", "ragkit://documents/a/b/c", "http://documents/a/1"):
        assert named_document(other) is None


async def test_one_call_too_many_is_told_as_an_error_of_the_tool(kb: KnowledgeBase) -> None:
    admit = limited(RateSettings(answers_per_minute=1))
    async with Client(build_server(KnowledgeBaseTools(kb), always(NURSE), admit)) as client:
        assert not (await client.call_tool("ask", {"question": OPEN_QUESTION})).is_error
        refused = await client.call_tool("ask", {"question": OPEN_QUESTION})
        assert refused.is_error and "more than 1 requests in a minute" in _text(refused)

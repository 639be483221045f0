"""Composed answers reach LlamaIndex programs and agents as they reach everybody: verified, with their citations."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from mcp.client.client import Client

from ragkit import KnowledgeBase, User
from ragkit.serving.mcp.identity import always
from ragkit.serving.mcp.server import build_server
from ragkit.serving.mcp.tools import KnowledgeBaseTools
from tests.end_to_end.conftest import write_policies
from tests.language_models import behaviours as server_that
from tests.language_models.exchange import RecordedRequest
from tests.language_models.scripted_server import ScriptedServer

NURSE = User("u1", roles={"nurse"})
QUESTION = "How often is a peripheral intravenous catheter flushed?"
GOOD = "When it is not in use, flush a peripheral intravenous catheter every 8 hours with 5 mL of 0.9% sodium chloride."
WRONG = (
    "When it is not in use, flush a peripheral intravenous catheter every 4 hours with 50 mL of 0.9% sodium chloride."
)


def _replies(request: RecordedRequest) -> dict[str, object]:
    """A statement that the line carries and one that it does not."""
    lines = re.findall(r"^\[(\d+)\] (Flush a peripheral.*)$", request.body["messages"][1]["content"], re.MULTILINE)
    cited = [int(number) for number, _ in lines]
    return {"answers": True, "statements": [{"text": text, "lines": cited} for text in (GOOD, WRONG)]}


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    place = tmp_path_factory.mktemp("composed")
    with (
        ScriptedServer(server_that.says(_replies)) as server,
        KnowledgeBase.open(place / "kb", deployment=server.deployment()) as kb,
    ):
        kb.ingest(write_policies(place / "policies"))
        yield kb


def test_a_query_engine_streams_what_was_verified(kb: KnowledgeBase) -> None:
    response = kb.as_query_engine(user=NURSE, streaming=True).query(QUESTION)
    pieces = list(response.response_gen)
    assert pieces[0] == f"{GOOD} [1]"
    assert "4 hours" not in "".join(pieces) and "50 mL" not in "".join(pieces)
    answer = response.metadata["answer"]
    assert answer.statements[0].composed and "every 8 hours" in response.source_nodes[0].text


async def test_an_agent_is_told_which_words_are_the_models(kb: KnowledgeBase) -> None:
    async with Client(build_server(KnowledgeBaseTools(kb), always(NURSE))) as client:
        result = await client.call_tool("ask", {"question": QUESTION})
    first = result.structured_content["statements"][0]
    assert first["text"] == GOOD and first["verbatim"] is False
    assert "50 mL" not in result.content[0].text
    citation = result.structured_content["citations"][first["citations"][0] - 1]
    assert "every 8 hours" in citation["quote"]

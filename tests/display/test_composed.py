"""A statement in a language model's words is never mistaken for the policy's own."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ragkit.answering.answer import Answer, AnswerStatus, Citation, Statement
from ragkit.display.html import answer_html
from ragkit.display.terminal import answer_lines
from ragkit.grounding.verdict import Verdict

CITATION = Citation(
    number=1, quote="Flush every 8 hours.", start=0, end=20, document_id="a", version="1", title="Ports", source="a.md"
)
ANSWER = Answer(
    question="and in children?",
    standalone_question="How often is the port of a child flushed?",
    status=AnswerStatus.ANSWERED,
    text="",
    statements=(
        Statement(text="Every 8 hours.", citations=(1,), support=0.9, verdict=Verdict.SUPPORTED, composed=True),
        Statement(text="Flush every 8 hours.", citations=(1,), support=1.0, verdict=Verdict.SUPPORTED),
    ),
    citations=(CITATION,),
    notice="The language model's reply broke off; the rest is in the policy's own lines.",
)


def in_terminal(answer: Answer) -> str:
    stream = io.StringIO()
    Console(file=stream, width=400, color_system=None).print(answer_lines(answer))
    return stream.getvalue()


@pytest.fixture(params=[in_terminal, answer_html])
def shown(request: pytest.FixtureRequest) -> str:
    text: str = request.param(ANSWER).replace("&#39;", "'")
    return text


def test_only_the_composed_statement_says_that_it_is_in_other_words(shown: str) -> None:
    assert shown.count("in other words; checked against [1]") == 1
    assert shown.index("Every 8 hours.") < shown.index("in other words") < shown.index("Flush every 8 hours.")


def test_the_notice_and_how_a_follow_up_was_understood_are_shown(shown: str) -> None:
    assert ANSWER.notice in shown
    assert "Understood as: How often is the port of a child flushed?" in shown


def test_what_was_found_is_listed_where_no_answer_could_be_made() -> None:
    listed = ANSWER.model_copy(
        update={
            "status": AnswerStatus.INSUFFICIENT_EVIDENCE,
            "statements": (),
            "citations": (),
            "evidence": (CITATION,),
        }
    )
    assert "Flush every 8 hours." in in_terminal(listed)

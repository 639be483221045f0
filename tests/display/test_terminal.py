"""What a terminal shows is what the policy says, letter by letter."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from ragkit.display.terminal import passages_table
from ragkit.retrieval.passage import Passage


def shown(renderable: RenderableType) -> str:
    stream = io.StringIO()
    Console(file=stream, width=400, color_system=None).print(renderable)
    return stream.getvalue()


@pytest.mark.parametrize("words", ["[if weight under 40 kg] give half", "[/] left open", "[bold]", "see [link=x]"])
def test_words_in_brackets_are_shown_and_not_taken_for_markup(words: str) -> None:
    passage = Passage(
        text=words,
        score=1.0,
        document_id="a",
        version="1",
        title=f"Title {words}",
        source=f"{words}.pdf",
        section=(f"Section {words}",),
        page=1,
        start=0,
        end=len(words),
        chunk_index=0,
    )
    assert shown(passages_table([passage])).count(words) == 4

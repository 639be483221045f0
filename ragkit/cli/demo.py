"""The demo: reads the invented policies of Northmoor Health and asks them five questions of different kinds.

Run it with ``make demo``, or ``python -m ragkit.cli.demo CORPUS --kb FOLDER``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from ragkit.access.user import User
from ragkit.cli.progress import ingest_with_progress
from ragkit.display.terminal import answer_lines, report_tables


class DemoQuestion(NamedTuple):
    """A question of the demo.

    Attributes:
        kind: what it shows.
        text: the question.
        as_of: the day that is asked about; None for today.
    """

    kind: str
    text: str
    as_of: str | None = None


QUESTIONS = (
    DemoQuestion("a dose from a table", "What is the heparin bolus for a PE in a 72 kg adult?"),
    DemoQuestion("a time limit", "How soon after issue do I have to start a unit of blood?"),
    DemoQuestion("who may", "Can a nurse take out a Foley without an order?"),
    DemoQuestion("not in the policies: an honest 'not found'", "What is the loading dose of digoxin for an adult?"),
    DemoQuestion(
        "what was in force on a past day (today: 24 hours)",
        "Within how many hours does the prescriber have to sign a telephone order?",
        "2024-05-01",
    ),
)


def main(
    corpus: Annotated[Path, typer.Argument(help="The folder of policies.")] = Path("corpora/northmoor"),
    kb: Annotated[Path, typer.Option("--kb", help="Where to keep the knowledge base.")] = Path("demo.kb"),
) -> None:
    """Ingests the corpus and answers five questions from it."""
    from ragkit.knowledge_base import KnowledgeBase

    console = Console()
    nurse = User("demo", roles=frozenset({"nurse"}))
    with KnowledgeBase.open(kb) as base:
        console.print(Text(f"Reading {corpus} into {kb} ...", style="bold"))
        console.print(report_tables(ingest_with_progress(base, [corpus], None, console)))
        for number, question in enumerate(QUESTIONS, start=1):
            console.print()
            console.print(Rule(f"{number}. {question.kind}", align="left"))
            day = f"   (as of {question.as_of})" if question.as_of else ""
            console.print(Text(f"{question.text}{day}", style="bold cyan"))
            answer = base.ask(question.text, site="general", user=nurse, as_of=question.as_of)
            console.print(answer_lines(answer))
    console.print()
    console.print(Text("Northmoor is invented. Its policies are not for clinical use.", style="dim"))
    console.print(Text(f'Ask your own: .venv/bin/ragkit ask "..." --kb {kb} --site general --role nurse', style="dim"))


if __name__ == "__main__":
    typer.run(main)

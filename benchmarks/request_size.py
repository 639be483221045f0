"""How much one answer sends to a language model: characters and tokens of its requests, for the cost table.

    python benchmarks/request_size.py [KNOWLEDGE_BASE] [--questions eval/northmoor/core.yaml ...]

A scripted server says to each question that the lines do not answer it, so that nothing is asked a second time; what it
was sent is counted. A reply is counted as long as the verbatim answer, in the form that is asked for. Tokens are those
of the default embedding model's tokenizer (30,000 word pieces), which makes a few more than those of large language
models. Without KNOWLEDGE_BASE, corpora/northmoor is read into a temporary one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from ragkit import KnowledgeBase, User  # noqa: E402
from ragkit.answering.answer import Answer  # noqa: E402
from ragkit.embedding.tokenizing import DefaultTokenizer  # noqa: E402
from ragkit.evaluation.questions.reading import load_question_set  # noqa: E402
from tests.language_models.scripted_server import ScriptedServer  # noqa: E402

_USER = User("benchmark", roles=frozenset({"staff"}))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("knowledge_base", nargs="?", type=Path)
    parser.add_argument("--questions", nargs="+", default=[str(PROJECT / "eval/northmoor/core.yaml")])
    chosen = parser.parse_args(arguments)
    questions = load_question_set(chosen.questions).questions
    with tempfile.TemporaryDirectory() as folder, ScriptedServer() as server:
        path = chosen.knowledge_base or Path(folder) / "northmoor.kb"
        with KnowledgeBase.open(path, access="open", deployment=server.deployment()) as kb:
            if chosen.knowledge_base is None:
                kb.ingest(PROJECT / "corpora/northmoor")
            for question in questions:
                kb.ask(question.question, site=question.site, user=_USER)
        with KnowledgeBase.open(path, access="open", read_only=True) as kb:
            answers = [kb.ask(question.question, site=question.site, user=_USER) for question in questions]
        report(len(questions), [request.body for request in server.chats])
        count("reply", [_reply(answer) for answer in answers if answer.statements])


def report(asked: int, bodies: Sequence[dict[str, object]]) -> None:
    parts: dict[str, list[str]] = {"instructions": [], "lines and question": [], "schema": []}
    for body in bodies:
        system, user = (message["content"] for message in body["messages"])  # type: ignore[attr-defined]
        parts["instructions"].append(system)
        parts["lines and question"].append(user)
        parts["schema"].append(json.dumps(body.get("response_format", {})))
    print(f"{asked} questions, {len(bodies)} requests")
    for name, texts in {**parts, "all": ["".join(three) for three in zip(*parts.values(), strict=True)]}.items():
        count(name, texts)


def count(name: str, texts: Sequence[str]) -> None:
    tokenizer = DefaultTokenizer()
    late = round(0.95 * (len(texts) - 1))
    for unit, length in (("characters", len), ("tokens", tokenizer.count)):
        counts = sorted(length(text) for text in texts)
        print(f"{name:20s} {unit}: median {statistics.median(counts):,.0f}, 95th percentile {counts[late]:,}")


def _reply(answer: Answer) -> str:
    statements = [{"text": each.text, "lines": [10 + place]} for place, each in enumerate(answer.statements)]
    return json.dumps({"answers": True, "statements": statements}, ensure_ascii=False)


if __name__ == "__main__":
    main()

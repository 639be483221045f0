"""How much one answer sends to a language model: characters and tokens of its requests, for the cost table.

    python benchmarks/request_size.py [KNOWLEDGE_BASE] [--questions eval/northmoor/core.yaml ...]

A scripted server says to each question that the lines do not answer it, so that nothing is asked a second time; what it
was sent is counted. Tokens are those of the default embedding model's tokenizer (30,000 word pieces), which makes a few
more than those of large language models. Without KNOWLEDGE_BASE, corpora/northmoor is read into a temporary one.
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
        report(len(questions), [request.body for request in server.chats])


def report(asked: int, bodies: Sequence[dict[str, object]]) -> None:
    tokenizer = DefaultTokenizer()
    parts: dict[str, list[str]] = {"instructions": [], "lines and question": [], "schema": []}
    for body in bodies:
        system, user = (message["content"] for message in body["messages"])  # type: ignore[attr-defined]
        parts["instructions"].append(system)
        parts["lines and question"].append(user)
        parts["schema"].append(json.dumps(body.get("response_format", {})))
    print(f"{asked} questions, {len(bodies)} requests")
    for name, texts in {**parts, "all": ["".join(three) for three in zip(*parts.values(), strict=True)]}.items():
        characters = sorted(map(len, texts))
        tokens = sorted(map(tokenizer.count, texts))
        late = round(0.95 * (len(texts) - 1))
        for unit, counts in (("characters", characters), ("tokens", tokens)):
            print(f"{name:20s} {unit}: median {statistics.median(counts):,.0f}, 95th percentile {counts[late]:,}")


if __name__ == "__main__":
    main()

"""Options, the running model, and every answer, asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.deployment.deployment import Deployment, GenerationSettings, Profile
from tests_real_model.asking import Pair, ask_both, chosen_questions
from tests_real_model.figures import figures, table
from tests_real_model.model_server import ModelServer, running_server

CORPUS = Path(__file__).parents[1] / "corpora" / "northmoor"
DEADLINE_SECONDS = 90.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--questions", type=int, default=120, help="how many questions are asked (default 120)")
    parser.addoption("--all", action="store_true", help="ask all questions; hours on two cores")
    parser.addoption("--answers", type=Path, help="write both answers to every question into this file (JSON lines)")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    with running_server(tmp_path_factory.mktemp("model") / "server.log") as started:
        yield started


@pytest.fixture(scope="session")
def knowledge_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("northmoor") / "northmoor.kb"
    with KnowledgeBase.open(folder) as kb:
        assert not kb.ingest(CORPUS).failed
    return folder


@pytest.fixture(scope="session")
def deployment(server: ModelServer) -> Deployment:
    """Nothing leaves this machine."""
    return Deployment(
        profile=Profile.LOCAL,
        providers=(server.provider(),),
        generation=GenerationSettings(deadline_seconds=DEADLINE_SECONDS, lines=16, characters=5_000),
    )


@pytest.fixture(scope="session")
def pairs(request: pytest.FixtureRequest, knowledge_base: Path, deployment: Deployment) -> tuple[Pair, ...]:
    """Every question with both answers."""
    count = None if request.config.getoption("--all") else request.config.getoption("--questions")
    questions, today = chosen_questions(count)
    asked: list[Pair] = []
    with (
        KnowledgeBase.open(knowledge_base, read_only=True) as plain,
        KnowledgeBase.open(knowledge_base, read_only=True, deployment=deployment) as composing,
    ):
        for pair in ask_both(plain, composing, questions, today):
            asked.append(pair)
            _say(request, f"\r{len(asked)} of {len(questions)} questions asked")
    file: Path | None = request.config.getoption("--answers")
    if file is not None:
        lines = [record.model_dump_json() for pair in asked for record in (pair.extractive, pair.composed)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _say(request, "\n\n" + table(figures(asked)) + "\n\n")
    return tuple(asked)


def _say(request: pytest.FixtureRequest, text: str) -> None:
    """Past the capture: a run of many minutes has to show that it goes on."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    with capture.global_and_fixture_disabled():
        reporter.write(text, flush=True)

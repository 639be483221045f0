"""Options, the running model, and every answer, asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.deployment.deployment import Deployment, GenerationSettings, Profile, ProviderSettings
from ragkit.evaluation.questions.question import Question
from tests.language_models.behaviours import says
from tests.language_models.scripted_server import ScriptedServer
from tests_real_model.asking import Pair, ask_both, chosen_questions
from tests_real_model.figures import figures, table
from tests_real_model.model_server import ModelServer, running_server
from tests_real_model.rewording import Rewording, Rewriter, policy_lines

CORPUS = Path(__file__).parents[1] / "corpora" / "northmoor"
DEADLINE_SECONDS = 120.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--questions", type=int, default=60, help="how many questions are asked (default 60)")
    parser.addoption("--all", action="store_true", help="ask all questions; hours on two cores")
    parser.addoption("--answers", type=Path, help="a folder for both answers to every question (JSON lines)")


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
def alone(server: ModelServer) -> Deployment:
    """The model as it is."""
    return _deployment(server.provider())


@pytest.fixture(scope="session")
def rewriter(server: ModelServer) -> Iterator[Rewriter]:
    with Rewriter(_deployment(server.provider(output_tokens=100))) as rewriter:
        yield rewriter


@pytest.fixture(scope="session")
def helped(rewriter: Rewriter) -> Iterator[Deployment]:
    """The model behind a server that gives it one line at a time and writes the line numbers for it."""
    with ScriptedServer(says(rewriter.reply)) as server:
        yield _deployment(server.provider("smollm2-helped", timeout_seconds=DEADLINE_SECONDS, attempts=1))


@pytest.fixture(scope="session", params=["alone", "helped"])
def pairs(request: pytest.FixtureRequest, knowledge_base: Path) -> tuple[Pair, ...]:
    """Every question with both answers: of the model alone, and of the model that is helped with the form."""
    deployment: Deployment = request.getfixturevalue(request.param)
    questions, today = _questions(request)
    asked: list[Pair] = []
    with (
        KnowledgeBase.open(knowledge_base, read_only=True) as plain,
        KnowledgeBase.open(knowledge_base, read_only=True, deployment=deployment) as composing,
    ):
        for pair in ask_both(plain, composing, questions, today):
            asked.append(pair)
            _say(request, f"\r{request.param}: {len(asked)} of {len(questions)} questions asked")
    folder: Path | None = request.config.getoption("--answers")
    if folder is not None:
        lines = [record.model_dump_json() for pair in asked for record in (pair.extractive, pair.composed)]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{request.param}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _say(request, f"\n\n{request.param}\n\n{table(figures(asked))}\n\n")
    return tuple(asked)


@pytest.fixture(scope="session")
def rewordings(request: pytest.FixtureRequest, rewriter: Rewriter) -> tuple[Rewording, ...]:
    """Lines of the policies in the model's words, each with the verifier's verdict."""
    questions, _ = _questions(request)
    found = tuple(rewriter.rewordings(policy_lines(questions, len(questions) // 2)))
    accepted = [each for each in found if each.accepted]
    _say(request, f"\n\n{len(found)} lines reworded, {len(accepted)} accepted; those that were changed:\n")
    for each in accepted:
        if each.line.casefold() != each.text.casefold():
            _say(request, f"- {each.line}\n  => {each.text}\n")
    return found


def _questions(request: pytest.FixtureRequest) -> tuple[list[Question], date]:
    return chosen_questions(None if request.config.getoption("--all") else request.config.getoption("--questions"))


def _deployment(provider: ProviderSettings) -> Deployment:
    """Nothing leaves this machine; fewer lines than usual, since reading them takes the model's machine seconds."""
    generation = GenerationSettings(deadline_seconds=DEADLINE_SECONDS, lines=12, characters=3_500)
    return Deployment(profile=Profile.LOCAL, providers=(provider,), generation=generation)


def _say(request: pytest.FixtureRequest, text: str) -> None:
    """Past the capture: a run of many minutes has to show that it goes on."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    reporter = request.config.pluginmanager.getplugin("terminalreporter")
    with capture.global_and_fixture_disabled():
        reporter.write(text, flush=True)

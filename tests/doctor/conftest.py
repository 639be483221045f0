"""A small knowledge base and deployment files for the doctor to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.doctor import Examination, Finding

WriteDeployment = Callable[[str], Path]


@pytest.fixture(scope="session")
def kept_knowledge_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A healthy one, made once; tests that harm it take a copy."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "ports.md").write_text("# Ports\n\nFlush an implanted port with saline every 4 weeks.\n")
    with KnowledgeBase.open(folder / "kb") as kb:
        kb.ingest(folder / "ports.md")
    return folder / "kb"


@pytest.fixture
def write_deployment(tmp_path: Path) -> WriteDeployment:
    def write(content: str) -> Path:
        file = tmp_path / "deployment.toml"
        file.write_text(content, encoding="utf-8")
        return file

    return write


def findings(examination: Examination, check: str, subject: str | None = None) -> list[Finding]:
    return [
        finding
        for finding in examination.findings
        if finding.check == check and (subject is None or finding.subject == subject)
    ]


def the_finding(examination: Examination, check: str, subject: str | None = None) -> Finding:
    [finding] = findings(examination, check, subject)
    return finding

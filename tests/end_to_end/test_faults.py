"""What goes wrong in a server room: a killed process, a second writer, damage. Nothing is lost, all is said."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ragkit import KnowledgeBase, RagkitError, User

NURSE = User("u1", roles={"nurse"})
NUMBERS = range(1, 11)

INGEST = """
import sys
from ragkit import KnowledgeBase

def show(step):
    print(step.done, flush=True)
    if sys.argv[3:] == ["hold"]:
        sys.stdin.readline()

with KnowledgeBase.open(sys.argv[1]) as kb:
    print("open", flush=True)
    kb.ingest(sys.argv[2], on_progress=show)
print("done", flush=True)
"""


def write_rules(folder: Path, hours: int, effective: str) -> Path:
    """Ten policies that differ from those of other dates in a number."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ragkit.yaml").write_text(f"default_roles: [staff]\neffective_date: {effective}\n")
    for number in NUMBERS:
        name = f"Care of Device Type {number}"
        rule = f"Device type {number} is cleaned every {hours} hours by the ward."
        (folder / f"device-{number}.txt").write_text(f"{name}\n\nPolicy Number: DV-{number}\n\n{rule}\n")
    return folder


@contextmanager
def ingesting(kb: Path, folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", INGEST, str(kb), str(folder), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def old_knowledge_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("old")
    with KnowledgeBase.open(folder / "a.kb") as kb:
        assert len(kb.ingest(write_rules(folder / "rules", 12, "2020-01-01")).ingested) == len(NUMBERS)
    return folder / "a.kb"


@pytest.mark.parametrize("moment", range(10))
def test_after_kill_9_every_document_answers_whole_and_the_ingest_goes_on(
    moment: int, old_knowledge_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a.kb"
    shutil.copytree(old_knowledge_base, folder)
    new = write_rules(tmp_path / "new", 6, "2024-01-01")
    with ingesting(folder, new) as process:
        assert process.stdout is not None
        for _ in range(moment + 1):  # "open", then one line a stored file
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
    with KnowledgeBase.open(folder) as kb:
        for number in NUMBERS:
            text = kb.ask(f"how often is device type {number} cleaned?", user=NURSE).text
            assert ("every 12 hours" in text) != ("every 6 hours" in text), text
        assert kb.check().clean, kb.check().summary()
        kb.ingest(new)
        assert "every 6 hours" in kb.ask("how often is device type 10 cleaned?", user=NURSE).text
        assert kb.check().clean


def test_a_second_writer_is_told_so_and_readers_go_on(old_knowledge_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a.kb"
    shutil.copytree(old_knowledge_base, folder)
    new = write_rules(tmp_path / "new", 6, "2024-01-01")
    with ingesting(folder, new, "hold") as process, KnowledgeBase.open(folder) as kb:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()  # it is in the middle of writing now
        with pytest.raises(RagkitError, match=str(process.pid)):
            kb.ingest(new)
        answer = kb.ask("how often is device type 10 cleaned?", user=NURSE)
        assert answer.status == "answered"


def test_a_folder_that_cannot_be_written_can_still_be_asked(old_knowledge_base: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(old_knowledge_base, read_only=True) as kb:
        assert "every 12 hours" in kb.ask("how often is device type 3 cleaned?", user=NURSE).text
        with pytest.raises(RagkitError, match="read"):
            kb.ingest(write_rules(tmp_path / "new", 6, "2024-01-01"))


def test_a_damaged_vector_folder_is_found_and_repaired_without_the_source_files(
    old_knowledge_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a.kb"
    shutil.copytree(old_knowledge_base, folder)
    for file in (folder / "chroma").rglob("*"):
        if file.is_file():
            file.write_bytes(os.urandom(64))
    with KnowledgeBase.open(folder) as kb:
        assert "every 12 hours" in kb.ask("how often is device type 3 cleaned?", user=NURSE).text
        assert not kb.check().clean
        assert kb.check(repair=True).clean
        assert kb.check().clean


def test_what_is_no_knowledge_base_is_refused_with_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.kb").mkdir()
    (tmp_path / "a.kb" / "ragkit.sqlite3").write_bytes(b"this is no database, " * 100)
    with pytest.raises(RagkitError):
        KnowledgeBase.open(tmp_path / "a.kb")
    (tmp_path / "file").write_text("a file")
    with pytest.raises(RagkitError):
        KnowledgeBase.open(tmp_path / "file")


def test_a_question_in_another_language_gets_no_made_up_answer(old_knowledge_base: Path) -> None:
    with KnowledgeBase.open(old_knowledge_base) as kb:
        for question in (
            "¿Cuánto cuesta el estacionamiento por día?",
            "病人可以出院吗？",
            "Wie lange gilt der Urlaubsschein?",
        ):
            answer = kb.ask(question, user=NURSE)
            assert answer.status not in ("answered", "partial") and answer.text

"""Nothing opens a connection unless asked, and importing ragkit loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from docx import Document as WordDocument
from reportlab.pdfgen.canvas import Canvas

NO_SOCKETS = """
import socket, sys

class Forbidden(socket.socket):
    def __init__(self, family=socket.AF_INET, *args, **kwargs):
        if family in (socket.AF_INET, socket.AF_INET6):
            raise AssertionError("a connection was opened")
        super().__init__(family, *args, **kwargs)

socket.socket = Forbidden
socket.getaddrinfo = lambda *args, **kwargs: sys.exit("a name was looked up")
"""


def run_python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ingest_and_ask_work_in_a_process_whose_sockets_are_forbidden(policies: Path, tmp_path: Path) -> None:
    word = WordDocument()
    word.add_heading("Hand Hygiene", level=1)
    word.add_paragraph("Rub hands with alcohol-based hand rub for at least 20 seconds.")
    word.save(str(policies / "hands.docx"))
    (policies / "visitors.html").write_text("<h1>Visitors</h1><p>Visiting ends at 20:00 on all wards.</p>")
    page = Canvas(str(policies / "oxygen.pdf"))
    page.drawString(72, 720, "Oxygen cylinders are checked at the start of every shift.")
    page.save()
    code = f"""{NO_SOCKETS}
from ragkit import KnowledgeBase
with KnowledgeBase.open(sys.argv[1], access="open") as kb:
    report = kb.ingest(sys.argv[2])
    assert len(report.ingested) == 5 and not report.failed, report
    print(kb.ask("when does visiting end on the wards?").text)
    print(kb.ask("how often are oxygen cylinders checked?").text)
    print(kb.ask("how long do I rub my hands?").text)
    kb.check()
"""
    printed = run_python(code, str(tmp_path / "a.kb"), str(policies))
    assert "20:00" in printed and "every shift" in printed and "20 seconds" in printed


def test_importing_ragkit_loads_no_heavy_library() -> None:
    code = """
import sys
import ragkit
heavy = {"torch", "transformers", "sentence_transformers", "llama_index", "chromadb", "unstructured", "spacy",
         "onnxruntime", "pydantic", "numpy", "sqlite3"}
print(sorted(heavy & set(sys.modules)))
"""
    assert run_python(code).strip() == "[]"


def test_asking_from_the_shell_loads_none_of_the_libraries_that_take_seconds(policies: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "a.kb")
    run_python(
        "import sys; from ragkit import KnowledgeBase; KnowledgeBase.open(sys.argv[1]).ingest(sys.argv[2])",
        folder,
        str(policies),
    )
    code = """
import sys
from ragkit.cli.app import app
try:
    app(["ask", "how often do I flush a PIVC?", "--kb", sys.argv[1]])
except SystemExit as end:
    assert end.code == 0, end.code
slow = {"torch", "transformers", "sentence_transformers", "llama_index", "chromadb", "unstructured", "spacy"}
print(sorted(slow & set(sys.modules)))
"""
    assert run_python(code, folder).strip().endswith("[]")

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ragkit.documents.document import Document, ProblemKind
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.reader import read_document
from ragkit.documents.sources import iter_sources

from .formats.word_files import p, r, word_file

MARKDOWN = """---
title: Care of drains
reference_number: N-12
effective_date: 2024-05-01
version: "3"
---
# Care of drains

Empty the drain twice a day.
"""


def read(folder: Path, name: str, content: str | bytes, **options: int) -> Document:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    [file] = [file for file in iter_sources(folder) if file.source == name]
    return read_document(file, site="general", **options)


def failure(folder: Path, name: str, content: str | bytes, **options: int) -> tuple[ProblemKind, str]:
    with pytest.raises(UnreadableDocumentError) as caught:
        read(folder, name, content, **options)
    return caught.value.problem.kind, caught.value.problem.message


def test_a_document_knows_who_it_is_and_where_its_words_stand(tmp_path):
    document = read(tmp_path, "nursing/drains.md", MARKDOWN)
    assert document.document_id == "general/n-12"
    assert (document.version, document.source) == ("3", "nursing/drains.md")
    assert document.governance.title == "Care of drains"
    assert [document.quote(block.start, block.end) for block in document.blocks][-1] == "Empty the drain twice a day."


def test_a_sidecar_overrules_the_document(tmp_path):
    (tmp_path / "drains.md.yaml").write_text("version: '4'\nroles: [nurse]\n")
    document = read(tmp_path, "drains.md", MARKDOWN)
    assert document.version == "4"
    assert document.governance.roles == ("nurse",)


@pytest.mark.parametrize("content", [b"", b"  \n\x00\n ", b"\n\n"])
def test_an_empty_file_is_reported(tmp_path, content):
    kind, message = failure(tmp_path, "drains.md", content)
    assert kind is ProblemKind.EMPTY
    assert "drains.md" in message


def test_a_page_without_words_is_reported(tmp_path):
    kind, message = failure(tmp_path, "scan.html", "<html><body><img src='scan.png'></body></html>")
    assert kind is ProblemKind.EMPTY
    assert "OCR" in message


def test_a_document_of_which_every_word_is_struck_is_reported(tmp_path):
    kind, message = failure(tmp_path, "old.docx", word_file(p(runs=r("Give 10 mg.", "<w:strike/>"))))
    assert kind is ProblemKind.EMPTY
    assert "struck" in message


def test_an_error_page_saved_as_pdf_is_not_the_policy(tmp_path):
    page = "<!DOCTYPE html><html><title>404 Not Found</title><body><p>The page was not found.</p></body></html>"
    kind, message = failure(tmp_path, "drains.pdf", page)
    assert kind is ProblemKind.WRONG_SUFFIX
    assert "not the policy" in message and "again" in message


def test_a_document_with_a_wrong_suffix_is_read_by_its_content_and_reported(tmp_path):
    document = read(tmp_path, "drains.pdf", word_file(p("Empty the drain.")))
    assert document.text == "Empty the drain."
    assert [problem.kind for problem in document.problems][:1] == [ProblemKind.WRONG_SUFFIX]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), ProblemKind.UNSUPPORTED),
        (
            "new.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            ProblemKind.ENCRYPTED,
        ),
        ("scan.png", b"\x89PNG\r\n\x1a\n", ProblemKind.UNSUPPORTED),
        ("scan.pdf", b"\x89PNG\r\n\x1a\n", ProblemKind.WRONG_SUFFIX),
        ("list.csv", b"drug,dose\nalpha,5\n", ProblemKind.UNSUPPORTED),
        ("cut.docx", word_file(p("Words."))[:3000], ProblemKind.BROKEN),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<</Type", ProblemKind.BROKEN),
        ("tool.exe", b"MZ\x00\x00" + bytes(100), ProblemKind.UNSUPPORTED),
    ],
)
def test_what_cannot_be_read_is_reported_with_what_to_do(tmp_path, name, content, kind):
    found, message = failure(tmp_path, name, content)
    assert found is kind
    assert name in message
    assert message.rstrip().endswith(".")


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    kind, message = failure(tmp_path, "drains.md", MARKDOWN, max_bytes=20)
    assert kind is ProblemKind.TOO_LARGE
    assert "max_file_megabytes" in message


def test_every_format_is_read_in_a_process_without_network(tmp_path):
    (tmp_path / "a.md").write_text(MARKDOWN)
    (tmp_path / "b.html").write_text("<html><body><h1>Drains</h1><p>Empty the drain.</p></body></html>")
    (tmp_path / "c.docx").write_bytes(word_file(p("Empty the drain.")))
    (tmp_path / "d.txt").write_text("Empty the drain.\n")
    script = """
import os, sys
def refuse(event, arguments):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.send", "socket.gethostby", "urllib.")):
        print("the network was touched:", event, arguments, flush=True)
        os._exit(9)
sys.addaudithook(refuse)
from ragkit.documents.reader import read_document
from ragkit.documents.sources import iter_sources
for file in iter_sources(sys.argv[1]):
    print(file.source, len(read_document(file).text))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["a.md", "b.html", "c.docx", "d.txt"]


def test_importing_the_reader_is_light():
    script = (
        "import sys, ragkit.documents.reader, ragkit.documents.sources;"
        "print([name for name in ('unstructured', 'spacy', 'lxml', 'docx', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from ragkit.documents.document import ProblemKind
from ragkit.documents.folder_settings import spelt
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.sources import SourceFile, iter_sources
from ragkit.errors import DocumentError


def put(top: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return top


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def by_source(*paths: Path, **options: int) -> dict[str, SourceFile]:
    return {file.source: file for file in iter_sources(list(paths), **options)}


def test_files_of_a_tree_come_sorted_with_paths_relative_to_it(tmp_path):
    put(tmp_path, {"b.txt": "b", "a/z.txt": "z", "a/c/y.txt": "y"})
    assert list(by_source(tmp_path)) == ["b.txt", "a/z.txt", "a/c/y.txt"]


def test_a_single_file_is_called_by_its_name(tmp_path):
    put(tmp_path, {"a/policy.txt": "words"})
    [file] = iter_sources(tmp_path / "a" / "policy.txt")
    assert (file.source, file.read(), file.size) == ("policy.txt", b"words", 5)
    assert file.modified == (tmp_path / "a" / "policy.txt").stat().st_mtime


def test_hidden_temporary_and_web_files_are_skipped(tmp_path):
    names = ["~$policy.docx", ".DS_Store", ".git/config", "Thumbs.db", "page_files/site.css", "policy.txt.tmp"]
    put(tmp_path, {**dict.fromkeys(names, "x"), "policy.txt": "x"})
    assert list(by_source(tmp_path)) == ["policy.txt"]


def test_a_missing_path_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="nowhere"):
        list(iter_sources(tmp_path / "nowhere"))


def test_sidecars_are_attached_and_not_ingested(tmp_path):
    put(
        tmp_path,
        {
            "care.pdf": "x",
            "care.pdf.yaml": "title: Care\nroles: [nurse]\n",
            "drains.docx": "x",
            "drains.ragkit.yaml": "title: Drains\n",
            "plain.txt": "x",
        },
    )
    files = by_source(tmp_path)
    assert list(files) == ["care.pdf", "drains.docx", "plain.txt"]
    assert files["care.pdf"].sidecar == {"title": "Care", "roles": ["nurse"]}
    assert files["drains.docx"].sidecar == {"title": "Drains"}
    assert files["plain.txt"].sidecar is None


def test_capitals_in_the_name_of_a_sidecar_or_folder_file_do_not_make_it_void(tmp_path):
    """Otherwise who may read a document would hang on how a person typed the name."""
    files = {
        "RAGKIT.yaml": "roles: [security]\n",
        "Care.PDF": "x",
        "care.pdf.YAML": "title: Care\n",
        "Drains.docx": "x",
        "drains.Ragkit.yml": "title: Drains\n",
        "in/Ragkit.YML": "owner: Quality\n",
        "in/plan.txt": "x",
    }
    put(tmp_path / "tree", files)
    (tmp_path / "all.zip").write_bytes(packed(files))
    for top, found in (("", by_source(tmp_path / "tree")), ("all.zip/", by_source(tmp_path / "all.zip"))):
        assert {name.removeprefix(top) for name in found} == {"Care.PDF", "Drains.docx", "in/plan.txt"}
        assert found[f"{top}Care.PDF"].sidecar == {"title": "Care"}
        assert found[f"{top}Drains.docx"].sidecar == {"title": "Drains"}
        assert found[f"{top}Care.PDF"].folder_settings == {"roles": ["security"]}
        assert found[f"{top}in/plan.txt"].folder_settings == {"roles": ["security"], "owner": "Quality"}


def test_a_sidecar_without_its_document_is_reported_since_somebody_meant_it_to_hold(tmp_path):
    files = {
        "iv-care.ragkit.yaml": "roles: [security]\n",
        "iv_care.txt": "x",
        "drains.ragkit.yml": "title: Drains\n",
        "Drains.pdf": "x",
        "Drains.pdf.ragkit.yaml": "owner: Surgery\n",
    }
    put(tmp_path / "tree", files)
    (tmp_path / "all.zip").write_bytes(packed(files))
    for found in (by_source(tmp_path / "tree"), by_source(tmp_path / "all.zip")):
        reported = {source: file.problem for source, file in found.items() if file.problem is not None}
        assert {source.rsplit("/", 1)[-1] for source in reported} == {"iv-care.ragkit.yaml", "Drains.pdf.ragkit.yaml"}
        assert {problem.kind for problem in reported.values()} == {ProblemKind.GOVERNANCE_CONFLICT}
        assert all(source in problem.message for source, problem in reported.items())
        assert len(found) == 4


def test_a_name_written_exactly_comes_before_one_in_other_letters():
    assert spelt("a.txt.yaml", ["A.TXT.yaml", "a.txt.yaml"]) == "a.txt.yaml"
    assert spelt("a.txt.yaml", ["b.txt.yaml", "A.TXT.yaml"]) == "A.TXT.yaml"
    assert spelt("a.txt.yaml", ["b.txt.yaml"]) is None


def test_an_inner_folder_file_overrides_an_outer_one_field_by_field(tmp_path):
    put(
        tmp_path,
        {
            "ragkit.yaml": "owner: Quality\nroles: [staff]\n",
            "pharmacy/ragkit.yaml": "owner: Pharmacy\n",
            "pharmacy/doses.txt": "x",
            "top.txt": "x",
        },
    )
    files = by_source(tmp_path)
    assert files["pharmacy/doses.txt"].folder_settings == {"owner": "Pharmacy", "roles": ["staff"]}
    assert files["top.txt"].folder_settings == {"owner": "Quality", "roles": ["staff"]}


def test_the_folder_file_beside_a_single_file_holds_for_it(tmp_path):
    put(tmp_path, {"ragkit.yaml": "roles: [security]\n", "plan.txt": "x"})
    [file] = iter_sources(tmp_path / "plan.txt")
    assert file.folder_settings == {"roles": ["security"]}


def test_the_settings_hash_changes_with_the_settings_and_only_then(tmp_path):
    put(tmp_path, {"plan.txt": "x", "plan.txt.yaml": "title: Plan\n"})
    before = by_source(tmp_path)["plan.txt"].settings_hash
    assert by_source(tmp_path)["plan.txt"].settings_hash == before
    put(tmp_path, {"ragkit.yaml": "roles: [security]\n"})
    changed = by_source(tmp_path)["plan.txt"].settings_hash
    assert changed != before
    put(tmp_path, {"plan.txt": "other words"})
    assert by_source(tmp_path)["plan.txt"].settings_hash == changed


@pytest.mark.parametrize("broken", ["roles: [unclosed", "- a list\n- and no mapping\n", "a: &x 1\nb: *x\n", "\xff\xfe"])
def test_a_broken_sidecar_stops_its_file_and_no_other(tmp_path, broken):
    put(tmp_path, {"a.txt": "x", "a.txt.yaml": broken.encode("latin-1"), "b.txt": "x"})
    files = by_source(tmp_path)
    assert files["b.txt"].read() == b"x"
    with pytest.raises(UnreadableDocumentError) as caught:
        files["a.txt"].read()
    assert "a.txt.yaml" in caught.value.problem.message


def test_a_broken_folder_file_stops_all_files_below_it(tmp_path):
    put(tmp_path, {"in/ragkit.yaml": "roles: [", "in/a.txt": "x", "in/deep/b.txt": "x", "c.txt": "x"})
    files = by_source(tmp_path)
    assert [file.source for file in files.values() if file.problem] == ["in/a.txt", "in/deep/b.txt"]


def test_files_of_an_archive_are_read_lazily_with_their_sidecars(tmp_path):
    archive = packed({"care/iv.txt": "words", "care/iv.txt.yaml": "title: IV\n", "ragkit.yaml": "owner: Q\n"})
    put(tmp_path, {"all.zip": archive, "ragkit.yaml": "roles: [nurse]\n"})
    [file] = iter_sources(tmp_path)
    assert file.source == "all.zip/care/iv.txt"
    assert file.sidecar == {"title": "IV"}
    assert file.folder_settings == {"roles": ["nurse"], "owner": "Q"}
    assert file.read() == b"words"


def test_an_archive_in_an_archive_is_read_and_a_third_one_is_reported(tmp_path):
    third = packed({"c.txt": "c"})
    put(tmp_path, {"outer.zip": packed({"inner.zip": packed({"b.txt": "b", "third.zip": third}), "a.txt": "a"})})
    files = by_source(tmp_path)
    assert list(files) == ["outer.zip/a.txt", "outer.zip/inner.zip/b.txt", "outer.zip/inner.zip/third.zip"]
    assert files["outer.zip/inner.zip/b.txt"].read() == b"b"
    problem = files["outer.zip/inner.zip/third.zip"].problem
    assert problem is not None and problem.kind is ProblemKind.UNSUPPORTED


def test_names_that_lead_out_of_an_archive_are_refused(tmp_path):
    put(tmp_path, {"evil.zip": packed({"../../etc/passwd": "x", "/abs.txt": "x", "C:\\win.txt": "x", "ok.txt": "x"})})
    files = by_source(tmp_path)
    assert [file.source for file in files.values() if file.problem is None] == ["evil.zip/ok.txt"]
    assert not any(".." in source for source in files)
    assert len(files) == 4


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    put(tmp_path, {"bomb.zip": packed({"zeros.txt": bytes(30_000_000), "ok.txt": "x"})})
    files = by_source(tmp_path)
    problem = files["bomb.zip/zeros.txt"].problem
    assert problem is not None and problem.kind is ProblemKind.TOO_LARGE
    assert files["bomb.zip/ok.txt"].read() == b"x"


def test_an_entry_that_lies_about_its_size_is_cut_off(tmp_path):
    data = bytearray(packed({"liar.txt": "x" * 5000}))
    size = (5000).to_bytes(4, "little")
    start = data.rfind(b"PK\x01\x02")
    place = data.find(size, start)
    data[place : place + 4] = (10).to_bytes(4, "little")
    put(tmp_path, {"liar.zip": bytes(data)})
    [file] = iter_sources(tmp_path, max_bytes=1000)
    with pytest.raises(UnreadableDocumentError):
        file.read()


def test_a_file_too_large_inside_an_archive_is_reported(tmp_path):
    put(tmp_path, {"a.zip": packed({"big.txt": os.urandom(2000)})})
    [file] = iter_sources(tmp_path, max_bytes=1000)
    assert file.problem is not None and file.problem.kind is ProblemKind.TOO_LARGE


def test_an_encrypted_entry_is_reported(tmp_path):
    data = bytearray(packed({"secret.txt": "x"}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    put(tmp_path, {"locked.zip": bytes(data)})
    [file] = iter_sources(tmp_path)
    assert file.problem is not None and file.problem.kind is ProblemKind.ENCRYPTED


def test_a_damaged_archive_is_reported(tmp_path):
    put(tmp_path, {"cut.zip": packed({"a.txt": "words " * 1000})[:60], "b.txt": "x"})
    files = by_source(tmp_path)
    problem = files["cut.zip"].problem
    assert problem is not None and problem.kind is ProblemKind.BROKEN
    assert files["b.txt"].problem is None


def test_a_file_that_is_gone_when_it_is_read_is_reported(tmp_path):
    put(tmp_path, {"a.txt": "x"})
    [file] = iter_sources(tmp_path)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(UnreadableDocumentError, match="cannot be read"):
        file.read()


def test_a_file_too_large_is_reported_without_being_read(tmp_path):
    put(tmp_path, {"big.txt": "x" * 2000, "small.txt": "x"})
    files = by_source(tmp_path, max_bytes=1000)
    problem = files["big.txt"].problem
    assert problem is not None and problem.kind is ProblemKind.TOO_LARGE
    assert files["small.txt"].problem is None

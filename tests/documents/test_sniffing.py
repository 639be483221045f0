from __future__ import annotations

import io
import zipfile

import pytest

from ragkit.documents.sniffing import Format, decode, is_error_page, sniff, suffix_problem, text_encoding


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n...", Format.PDF),
        (b"\xef\xbb\xbf\n%PDF-1.4\n...", Format.PDF),
        (archive("[Content_Types].xml", "word/document.xml"), Format.DOCX),
        (archive("xl/workbook.xml"), Format.OFFICE),
        (archive("policy.txt"), Format.ZIP),
        (OLE + "WordDocument".encode("utf-16-le"), Format.OLE),
        (b"{\\rtf1 text}", Format.RTF),
        (b"\x89PNG\r\n\x1a\n....", Format.IMAGE),
        (b"\x00\x01\x02\x03" * 50, Format.OTHER),
        (b"<!DOCTYPE html><html><body>x</body></html>", Format.HTML),
        (b"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", Format.HTML),
        (b"<div><p>a</p><p>b</p><p>c</p><p>d</p></div>", Format.HTML),
        (b"# Title\n\n- a\n- b\n\n## More\n\n1. c\n", Format.MARKDOWN),
        (b"Give 5 mg if the pulse is < 50 and > 40.\n", Format.TEXT),
        ("Give 5 µg.".encode("utf-16"), Format.TEXT),
    ],
)
def test_a_file_is_what_its_bytes_are(data, expected):
    assert sniff(data, "whatever").format is expected


def test_the_name_only_tells_markdown_from_text():
    assert sniff(b"Plain words.", "policy.md").format is Format.MARKDOWN
    assert sniff(b"# heading of a script\n# another\n", "policy.txt").format is Format.TEXT


def test_a_password_is_told_from_an_old_format():
    assert "password" in sniff(OLE + "EncryptedPackage".encode("utf-16-le")).detail
    assert ".doc" in sniff(OLE + "WordDocument".encode("utf-16-le")).detail


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Température élevée", "utf-8"),
        ("Température élevée – 5 µg", "cp1252"),
        ("Température élevée", "utf-16"),
        ("plain words of a policy", "utf-16-le"),
        ("plain words of a policy", "utf-8-sig"),
    ],
)
def test_text_is_decoded_whatever_editor_wrote_it(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_line_ends_are_made_alike():
    assert decode(b"a\r\nb\rc\n") == "a\nb\nc\n"


def test_bytes_full_of_zeros_are_no_text():
    assert text_encoding(b"ab\x00\x00cd\x00\x00\x01\x02" * 20) is None


def test_a_wrong_suffix_is_named_with_what_the_file_is():
    problem = suffix_problem("policy.docx", sniff(b"%PDF-1.7"))
    assert problem is not None
    assert ".docx" in problem.message and "PDF" in problem.message
    assert suffix_problem("policy.pdf", sniff(b"%PDF-1.7")) is None
    assert suffix_problem("policy", sniff(b"%PDF-1.7")) is None


def test_error_pages_are_told_from_policies():
    assert is_error_page("<html><title>404 Not Found</title><body>The page could not be found.</body></html>")
    assert not is_error_page("<html><title>Drains</title><body>Empty the drain twice a day.</body></html>")

"""What a file really is, by its bytes: a name can be wrong, and an error page saved as a PDF is no policy."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from ragkit.documents.document import Problem, ProblemKind


class Format(StrEnum):
    """What the bytes of a file are."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    ZIP = "application/zip"
    OLE = "application/x-ole-storage"
    RTF = "application/rtf"
    IMAGE = "image"
    OFFICE = "application/vnd.openxmlformats-officedocument"
    OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
    OTHER = "application/octet-stream"


@dataclass(frozen=True)
class Sniffed:
    """What a file is.

    Attributes:
        format: by its content.
        encoding: of the text formats ("utf-8"); None for the others.
        detail: in words, for messages ("Excel workbook", "PNG image").
    """

    format: Format
    encoding: str | None = None
    detail: str = ""


_SUFFIX_FORMATS = {
    ".pdf": {Format.PDF},
    ".docx": {Format.DOCX},
    ".docm": {Format.DOCX},
    ".html": {Format.HTML},
    ".htm": {Format.HTML},
    ".xhtml": {Format.HTML},
    ".md": {Format.MARKDOWN, Format.TEXT},
    ".markdown": {Format.MARKDOWN, Format.TEXT},
    ".txt": {Format.TEXT, Format.MARKDOWN},
    ".text": {Format.TEXT, Format.MARKDOWN},
    ".zip": {Format.ZIP},
}

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"BM", "BMP image"),
)
_OTHERS = (
    (b"\x1f\x8b", "gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!", "RAR archive"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\x7fELF", "program"),
    (b"MZ", "Windows program"),
    (b"%!PS", "PostScript file"),
)
_HTML_START = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TAGS = re.compile(
    r"</?(?:p|div|span|table|tr|td|th|ul|ol|li|h[1-6]|br|a|b|i|strong|em|body|section|article)\b", re.I
)
_MARKDOWN_SIGNS = re.compile(
    r"^(?:#{1,6} \S|\s{0,3}[-*+] \S|\|.+\||```|> \S|---\s*$|\[[^\]]+\]: )|\*\*\S[^*]*\*\*|\[[^\]]+\]\([^)]+\)", re.M
)


def sniff(data: bytes, name: str = "") -> Sniffed:
    """What the bytes are, whatever the name says; the name only tells Markdown from plain text."""
    head = data[:1024]
    if b"%PDF-" in head and not _looks_like_html(head):
        return Sniffed(Format.PDF, detail="PDF")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _sniff_zip(data)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _sniff_ole(data)
    if head.lstrip().startswith(b"{\\rtf"):
        return Sniffed(Format.RTF, detail="rich text (RTF)")
    for start, detail in _IMAGES:
        if head.startswith(start) and (start != b"BM" or b"\x00" in head[:16]):
            return Sniffed(Format.IMAGE, detail=detail)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed(Format.IMAGE, detail="WebP image")
    for start, detail in _OTHERS:
        if head.startswith(start) and (start != b"MZ" or b"\x00" in head):
            return Sniffed(Format.OTHER, detail=detail)
    encoding = text_encoding(data)
    if encoding is None:
        return Sniffed(Format.OTHER, detail="binary file")
    return _sniff_text(data, encoding, name)


def text_encoding(data: bytes) -> str | None:
    """The encoding of a text file: by its byte order mark, its own declaration, UTF-8, or a guess; None for binary."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return encoding
    sample = data[:65536]
    if b"\x00" in sample:
        return _utf16_without_mark(sample)
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    control = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    if control * 100 > len(sample):
        return None
    declared = re.search(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", data[:4096], re.I)
    if declared and _decodes(data, declared[1].decode("ascii").lower()):
        return declared[1].decode("ascii").lower()
    return _guessed_encoding(data)


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a text file, line ends as line feeds; bytes that fit no encoding become U+FFFD, which is reported."""
    text = data.decode(encoding or text_encoding(data) or "utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def suffix_problem(name: str, sniffed: Sniffed) -> Problem | None:
    """The problem of a name that says something else than the content; None if they agree or the name says nothing."""
    suffix = PurePosixPath(name).suffix.lower()
    expected = _SUFFIX_FORMATS.get(suffix)
    if expected is None or sniffed.format in expected:
        return None
    return Problem(
        kind=ProblemKind.WRONG_SUFFIX,
        message=(
            f"The name ends in {suffix}, but the file is {_with_article(sniffed.detail)}. Give it its right suffix, or"
            f" replace it with the file that was meant."
        ),
    )


def is_error_page(text: str) -> bool:
    """True for a web page that says that the document could not be fetched, or asks for a sign-in."""
    plain = " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", text)).split()).lower()
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    name = " ".join(title[1].split()).lower() if title else ""
    signs = (
        "not found", "404", "403", "forbidden", "access denied", "page cannot be", "error", "unavailable", "sign in",
        "log in", "login", "has not archived", "couldn't find", "could not be found", "no longer exists", "moved",
        "web archive", "wayback", "just a moment", "captcha", "bad gateway", "timed out", "session has expired",
    )  # fmt: skip
    in_title = any(sign in name for sign in signs)
    in_text = sum(sign in plain for sign in signs)
    return (in_title or in_text > 1) and len(plain) < 6000


def _sniff_text(data: bytes, encoding: str, name: str) -> Sniffed:
    text = decode(data, encoding)
    start = text[:20000]
    has_tags = len(_HTML_TAGS.findall(start)) >= max(5, len(start) // 400) and not _is_markdown_name(name)
    if _HTML_START.match(start) or has_tags:
        return Sniffed(Format.HTML, encoding, "HTML page")
    if _is_markdown_name(name):
        return Sniffed(Format.MARKDOWN, encoding, "Markdown text")
    lines = max(1, start.count("\n"))
    signs = _MARKDOWN_SIGNS.findall(start)
    is_text_name = PurePosixPath(name).suffix.lower() in (".txt", ".text")
    if re.search(r"^#{1,6} \S", start, re.M) and len(signs) > max(3, lines // 20) and not is_text_name:
        return Sniffed(Format.MARKDOWN, encoding, "Markdown text")
    return Sniffed(Format.TEXT, encoding, "plain text")


def _is_markdown_name(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".md", ".markdown")


def _looks_like_html(head: bytes) -> bool:
    return bool(_HTML_START.match(head.decode("latin-1")))


def _sniff_zip(data: bytes) -> Sniffed:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names or any(re.fullmatch(r"word/document\d*\.xml", name) for name in names):
                return Sniffed(Format.DOCX, detail="Word document")
            for folder, detail in (("xl/", "Excel workbook"), ("ppt/", "PowerPoint presentation")):
                if any(name.startswith(folder) for name in names):
                    return Sniffed(Format.OFFICE, detail=detail)
            if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
                return Sniffed(Format.OPEN_DOCUMENT, detail="OpenDocument file")
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError, ValueError):
        if b"word/document" in data or b"[Content_Types].xml" in data[:4096]:
            return Sniffed(Format.DOCX, detail="damaged Word document")
        return Sniffed(Format.ZIP, detail="damaged ZIP archive")
    return Sniffed(Format.ZIP, detail="ZIP archive")


def _sniff_ole(data: bytes) -> Sniffed:
    """Old binary Office files, and password-protected new ones, share one container."""
    names = {
        "EncryptedPackage": "password-protected Office document",
        "WordDocument": "Word document of the old binary format (.doc)",
        "Workbook": "Excel workbook of the old binary format (.xls)",
        "PowerPoint Document": "PowerPoint presentation of the old binary format (.ppt)",
        "__substg1.0_": "Outlook message",
    }
    for name, detail in names.items():
        if name.encode("utf-16-le") in data:
            return Sniffed(Format.OLE, detail=detail)
    return Sniffed(Format.OLE, detail="Office document of an old binary format")


def _utf16_without_mark(sample: bytes) -> str | None:
    """Text in UTF-16 has a zero in every other byte, and hardly anything unprintable when it is decoded."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    encoding = "utf-16-le" if odd > half * 0.4 else "utf-16-be" if even > half * 0.4 else ""
    if not encoding:
        return None
    text = sample[: half * 2].decode(encoding, errors="replace")
    odd_ones = sum(not (character.isprintable() or character in "\n\r\t\f") for character in text)
    return encoding if odd_ones * 50 <= len(text) else None


def _guessed_encoding(data: bytes) -> str:
    """Western text of old editors is Windows-1252; anything else is left to a detector."""
    if _decodes(data, "cp1252"):
        high = [byte for byte in data if byte > 127]
        letters = re.findall(rb"[A-Za-z]", data[:65536])
        if len(high) * 4 < len(letters):
            return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:262144]).best()
    return best.encoding if best else "latin-1"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _with_article(detail: str) -> str:
    if not detail:
        return "something else"
    return detail if detail.startswith("damaged") or detail == "plain text" else f"{_article(detail)} {detail}"


def _article(detail: str) -> str:
    return "an" if detail[0].lower() in "aeio" or detail.startswith(("HTML",)) else "a"

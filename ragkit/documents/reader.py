"""A source file -> Document: what it is, its words and structure, who stands behind it, which version of what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath

from ragkit.documents.document import Document, Problem, ProblemKind
from ragkit.documents.identity import document_id, version_label
from ragkit.documents.parsed import ParsedSource, UnreadableDocumentError
from ragkit.documents.sniffing import Format, Sniffed, decode, is_error_page, sniff, suffix_problem
from ragkit.documents.sources import DEFAULT_MAX_BYTES, SourceFile, too_large

_DATA_SUFFIXES = {
    ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".log", ".sql", ".py", ".sh",
    ".bat", ".ps1", ".c", ".java", ".ts", ".eml", ".ics", ".vcf", ".svg",
}  # fmt: skip
_ADVICE = {
    Format.OLE: "Open it and save it as a Word document (.docx) or a PDF, without a password, then ingest that.",
    Format.RTF: "Open it in a word processor and save it as .docx, then ingest that.",
    Format.OFFICE: "Save what the policy says as a Word document or PDF, then ingest that.",
    Format.OPEN_DOCUMENT: "Open it and save it as .docx or PDF, then ingest that.",
    Format.IMAGE: "Make a PDF with a text layer of it (OCR), check it, and ingest that.",
    Format.ZIP: "Unpack it, or give it the suffix .zip.",
    Format.OTHER: "If it holds a policy, save it as PDF, Word, HTML, Markdown or text.",
}


def read_document(source_file: SourceFile, *, site: str | None = None, max_bytes: int = DEFAULT_MAX_BYTES) -> Document:
    """Reads a file.

    Args:
        source_file: what to read.
        site: the site the file was ingested for; the file's own governance may say otherwise.
        max_bytes: larger files are refused.

    Returns:
        The document; its ``problems`` say what a person should look at.

    Raises:
        UnreadableDocumentError: nothing of it can be used; its ``problem`` says why and what to do.
    """
    from ragkit.documents.governance.reading import read_governance

    source = source_file.source
    data = _content(source_file, max_bytes)
    parsed = parse_source(data, source)
    governance, problems = read_governance(
        parsed,
        source=source,
        sidecar=source_file.sidecar,
        folder_settings=source_file.folder_settings,
        site=site,
    )
    content_hash = hashlib.sha256(data).hexdigest()
    return Document(
        document_id=document_id(governance, source),
        version=version_label(governance, content_hash),
        source=source,
        media_type=parsed.media_type,
        content_hash=content_hash,
        text=parsed.text,
        blocks=parsed.blocks,
        page_starts=parsed.page_starts,
        governance=governance,
        excluded=parsed.excluded,
        problems=parsed.problems + tuple(problems),
    )


def parse_source(data: bytes, source: str) -> ParsedSource:
    """The words and structure of a file's bytes, read by what they are; never empty.

    Raises:
        UnreadableDocumentError: nothing of it can be used.
    """
    if not data.strip(b"\x00 \t\r\n\x0c"):
        raise _unreadable(ProblemKind.EMPTY, f"{source} is empty. Fetch or export it again.")
    name = PurePosixPath(source).name
    sniffed = sniff(data, name)
    wrong = suffix_problem(name, sniffed)
    _refuse(sniffed, data, source, wrong)
    read = _reader(sniffed.format)
    try:
        parsed = read(data, source)
    except UnreadableDocumentError as error:
        if wrong is None:
            raise
        message = f"{error.problem.message} {wrong.message}"
        raise _unreadable(error.problem.kind, message) from error
    except (ImportError, MemoryError):
        raise
    except Exception as error:
        # a reader must not stop the ingest of the other files, whatever a damaged file makes a library do
        message = (
            f"{source} cannot be read as {sniffed.detail} ({type(error).__name__}: {error}). Open it, save it anew"
        )
        raise _unreadable(ProblemKind.BROKEN, f"{message}, and ingest it again.") from error
    if not any(character.isalnum() for character in parsed.text):
        raise _empty(parsed, source)
    if wrong is not None:
        parsed = ParsedSource(**{**vars(parsed), "problems": (wrong, *parsed.problems)})
    return parsed


def _content(source_file: SourceFile, max_bytes: int) -> bytes:
    if source_file.problem is None and source_file.size > max_bytes:
        raise UnreadableDocumentError(too_large(source_file.source, source_file.size, max_bytes))
    return source_file.read()


def _refuse(sniffed: Sniffed, data: bytes, source: str, wrong: Problem | None) -> None:
    """Raises if the content is nothing that can be read as the document its name promises."""
    suffix = PurePosixPath(source).suffix.lower()
    if sniffed.format in _ADVICE:
        kind = ProblemKind.UNSUPPORTED
        if "password" in sniffed.detail:
            kind = ProblemKind.ENCRYPTED
        elif sniffed.detail.startswith("damaged"):
            kind = ProblemKind.BROKEN
        elif wrong is not None:
            kind = ProblemKind.WRONG_SUFFIX
        what = f"{source} is {sniffed.detail}, which is not read as a document."
        raise _unreadable(kind, f"{what} {_ADVICE[sniffed.format]}")
    is_plain = sniffed.format in (Format.HTML, Format.TEXT, Format.MARKDOWN)
    if is_plain and suffix in (".pdf", ".docx", ".docm", ".zip"):
        text = decode(data, sniffed.encoding)
        what = "an error or sign-in page of a web site" if is_error_page(text) else f"{sniffed.detail}"
        raise _unreadable(
            ProblemKind.WRONG_SUFFIX,
            f"{source} is not the {suffix} file its name says, but {what}: it is not the policy. Download the document"
            " again (signed in, if the site asks for it) and replace this file; if it really is a web page, give it the"
            " suffix .html.",
        )
    if sniffed.format is Format.TEXT and suffix in _DATA_SUFFIXES:
        message = f"{source} is a data or program file, not a document. If it holds a policy, save it as text or Word."
        raise _unreadable(ProblemKind.UNSUPPORTED, message)


def _reader(kind: Format) -> Callable[[bytes, str], ParsedSource]:
    """The reader of a format, imported only when a file of that format is met."""
    if kind is Format.PDF:
        from ragkit.documents.formats.pdf import read_pdf

        return lambda data, source: read_pdf(data, source=source)
    if kind is Format.DOCX:
        from ragkit.documents.formats.docx import read_docx

        return lambda data, source: read_docx(data, source=source)
    if kind is Format.HTML:
        from ragkit.documents.formats.html import read_html

        return lambda data, source: read_html(data, source=source)
    if kind is Format.MARKDOWN:
        from ragkit.documents.formats.markdown import read_markdown

        return lambda data, source: read_markdown(data, source=source)
    from ragkit.documents.formats.text import read_text

    return lambda data, source: read_text(data, source=source)


def _empty(parsed: ParsedSource, source: str) -> UnreadableDocumentError:
    """Why nothing is left of a file that could be opened."""
    for kind in (ProblemKind.NO_TEXT_LAYER, ProblemKind.ENCRYPTED, ProblemKind.BROKEN):
        for problem in parsed.problems:
            if problem.kind is kind:
                return UnreadableDocumentError(problem)
    if parsed.excluded:
        reasons = ", ".join(sorted({entry.reason.value for entry in parsed.excluded}))
        message = f"All words of {source} are {reasons}, so none is in force. Replace it with the version in force."
        return _unreadable(ProblemKind.EMPTY, message)
    message = (
        f"{source} holds no text that can be read. If its words are pictures, make a PDF with a text layer (OCR); if it"
        " shows another page or file inside, ingest that one."
    )
    return _unreadable(ProblemKind.EMPTY, message)


def _unreadable(kind: ProblemKind, message: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(Problem(kind=kind, message=message))

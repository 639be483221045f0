"""Reads a PDF: characters to lines to reading order to blocks."""

from __future__ import annotations

from threading import Lock

import pypdfium2
import pypdfium2.raw as pdfium

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.formats.pdf.assembly import assemble
from ragkit.documents.formats.pdf.page_reading import read_page
from ragkit.documents.formats.pdf.units import PageContent
from ragkit.documents.parsed import ParsedSource, UnreadableDocumentError

_PDFIUM = Lock()
"""PDFium may be used by one thread at a time."""


def read_pdf(data: bytes, *, source: str = "") -> ParsedSource:
    """Reads a PDF file.

    Args:
        data: the file's bytes.
        source: its name, for messages.

    Returns:
        Its text in reading order with structure, and what a person should know about it.

    Raises:
        UnreadableDocumentError: the file is empty, broken, encrypted, or has no text layer at all.
    """
    name = source or "The file"
    with _PDFIUM:
        pages, metadata = _read_pages(data, name)
    if not any(page.has_text for page in pages):
        raise _unreadable(
            ProblemKind.NO_TEXT_LAYER,
            f"{name} has no text layer: its pages are scans or pictures. Run text recognition (OCR) on it and "
            "ingest the result.",
            tuple(page.number for page in pages),
        )
    return assemble(pages, _properties(metadata))


def _read_pages(data: bytes, name: str) -> tuple[list[PageContent], dict[str, str]]:
    document = _open(data, name)
    try:
        pages = [read_page(document, index) for index in range(len(document))]
        return pages, document.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(ProblemKind.BROKEN, _BROKEN.format(name=name)) from error
    finally:
        document.close()


_BROKEN = "{name} is not a readable PDF: it is damaged, cut off, or no PDF at all. Download or export it again."


def _unreadable(kind: ProblemKind, message: str, pages: tuple[int, ...] = ()) -> UnreadableDocumentError:
    return UnreadableDocumentError(Problem(kind=kind, message=message, pages=pages))


def _open(data: bytes, name: str) -> pypdfium2.PdfDocument:
    if not data.strip():
        raise _unreadable(ProblemKind.EMPTY, f"{name} is empty. Export it again from its source.")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise _unreadable(
                ProblemKind.ENCRYPTED, f"{name} is protected by a password. Save a copy without protection."
            ) from error
        raise _unreadable(ProblemKind.BROKEN, _BROKEN.format(name=name)) from error
    if len(document) == 0:
        document.close()
        raise _unreadable(ProblemKind.EMPTY, f"{name} has no pages. Export it again from its source.")
    return document


_PROPERTY_NAMES = {"creationdate": "created", "moddate": "modified"}


def _properties(metadata: dict[str, str]) -> dict[str, str]:
    return {_PROPERTY_NAMES.get(key.lower(), key.lower()): value for key, value in metadata.items()}

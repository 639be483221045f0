"""PDF: reading order, headings, lists and tables from fonts and positions."""

from ragkit.documents.formats.pdf.reader import read_pdf

__all__ = ["read_pdf"]

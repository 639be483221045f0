"""Markdown -> ParsedSource.

``unstructured`` reads Markdown by turning it into HTML with a library that needs four spaces for a nested list and has
no strikethrough; most editors write two. So the first half of that way is taken with a CommonMark parser (headings,
nested lists, tables and ``~~struck~~`` as GitHub shows them), the second half is the same as for web pages.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ragkit.documents.formats.front_matter import split_front_matter
from ragkit.documents.formats.header_lines import is_header_line
from ragkit.documents.formats.html import read_html_text
from ragkit.documents.parsed import ParsedSource
from ragkit.documents.sniffing import Format, decode

MOST_HEADER_LINES = 40


def read_markdown(data: bytes, *, source: str = "") -> ParsedSource:
    """Reads Markdown.

    Args:
        data: the file's bytes.
        source: the file's name, for messages.

    Returns:
        Its words and structure; ``front_matter`` holds the YAML front matter, which is not part of the text.

    Raises:
        UnreadableDocumentError: the front matter is no valid YAML.
    """
    text = decode(data)
    front_matter, body = split_front_matter(text, source)
    parsed = read_html_text(_to_html(body), media_type=Format.MARKDOWN.value)
    return replace(parsed, front_matter={**parsed.front_matter, **front_matter})


def _to_html(text: str) -> str:
    from markdown_it import MarkdownIt

    lines = text.split("\n")
    for position, line in enumerate(lines[:MOST_HEADER_LINES]):
        if is_header_line(re.sub(r"[*_`]", "", line).strip()) and not line.startswith("|"):
            # Markdown joins the lines of a paragraph; the labels of a header block stay on lines of their own
            lines[position] = line.rstrip() + "  "
    text = "\n".join(lines)
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(parser.render(text))

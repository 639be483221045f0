"""Web pages -> ParsedSource.

``unstructured`` cuts the page into paragraphs (which inline elements belong to one run of text, what white space
means). Before that, the page is cleaned of struck and hidden words, and every run of text gets a mark that says what
``unstructured`` does not keep: the level of a heading, the number and depth of a list item, the cell of a table.
"""

from __future__ import annotations

import re
from typing import Any

from ragkit.documents.formats.characters import CharacterReport, visible_characters
from ragkit.documents.formats.exclusions import exclusion_problems
from ragkit.documents.formats.html_cleaning import CleanPage, clean_page, inner_text
from ragkit.documents.formats.html_marking import PageMarker
from ragkit.documents.formats.layout import lay_out
from ragkit.documents.formats.nodes import Marks, Node, without_marks
from ragkit.documents.formats.partitioning import TableSlot, collect, finished, partition_html
from ragkit.documents.formats.structure import structured
from ragkit.documents.parsed import ParsedSource
from ragkit.documents.sniffing import Format, decode


def read_html(data: bytes, *, source: str = "") -> ParsedSource:
    """Reads a web page.

    Args:
        data: the file's bytes.
        source: the file's name, for messages.

    Returns:
        Its words and structure; ``front_matter`` holds the ``<meta>`` names.
    """
    return read_html_text(decode(data), media_type=Format.HTML.value)


def read_html_text(text: str, *, media_type: str) -> ParsedSource:
    """Reads HTML that is already text (Markdown is turned into HTML first)."""
    import lxml.html

    report = CharacterReport()
    text = visible_characters(text, report)
    if not text.strip():
        return ParsedSource(text="", blocks=(), media_type=media_type, problems=report.problems())
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml.html.document_fromstring(text.encode("utf-8"), parser=parser)
    meta, properties = _metadata(root)
    marks = Marks()
    page = clean_page(root, marks)
    nodes: list[Node | TableSlot] = []
    marked = PageMarker(marks, page.sheet).mark(page.body, nodes)
    collect(partition_html(marked), marks, nodes)
    builder = lay_out(structured(finished(nodes)), marks)
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type=media_type,
        excluded=tuple(builder.excluded),
        problems=report.problems() + exclusion_problems(builder.excluded),
        properties=properties,
        front_matter=meta,
        running_lines=_running_lines(page),
    )


def _metadata(root: Any) -> tuple[dict[str, Any], dict[str, str]]:
    meta: dict[str, Any] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or ""
        content = element.get("content") or ""
        if name and content and not re.match(r"(?i)viewport|generator|robots|twitter:|msapplication|theme-color", name):
            meta.setdefault(name.strip().lower(), content.strip())
    title = _title(root)
    return meta, {"title": title} if title else {}


def _title(root: Any) -> str:
    """The page's title, without the name of the web site that many systems put beside it."""
    element = root.find(".//title")
    title = inner_text(element) if element is not None else ""
    heading = next((inner_text(found) for found in root.iter("h1")), "")
    parts = [part.strip().casefold() for part in re.split(r"\s[|–—:»-]+\s|\s*\|\s*", title)]
    return heading if heading and len(parts) > 1 and heading.casefold() in parts else title


def _running_lines(page: CleanPage) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in map(without_marks, page.running) if line))

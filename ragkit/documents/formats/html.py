"""Web pages -> ParsedSource.

``unstructured`` cuts the page into paragraphs (which inline elements belong to one run of text, what white space
means). Before that, the page is cleaned of struck and hidden words, and every run of text gets a mark that says what
``unstructured`` does not keep: the level of a heading, the number and depth of a list item, the cell of a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ragkit.documents.document import ExclusionReason, Problem, ProblemKind
from ragkit.documents.formats.characters import CharacterReport, visible_characters
from ragkit.documents.formats.html_cleaning import CleanPage, clean_page, inner_text
from ragkit.documents.formats.html_marking import PageMarker
from ragkit.documents.formats.layout import lay_out
from ragkit.documents.formats.nodes import LINE_BREAK, Exclusion, Marks, Node, NodeKind, TextNode, without_marks
from ragkit.documents.formats.partitioning import TableSlot, collect, finished, partition_html
from ragkit.documents.parsed import ParsedSource
from ragkit.documents.sniffing import Format, decode

_BULLET_LINE = re.compile(r"^(?:[•▪●○◦■□–*·-]|\(?(?:[0-9]{1,2}|[a-z])[.)])\s+\S")


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
    builder = lay_out(split_lines(finished(nodes)), marks)
    return ParsedSource(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type=media_type,
        excluded=tuple(builder.excluded),
        problems=report.problems() + exclusion_problems(page.excluded),
        properties=properties,
        front_matter=meta,
        running_lines=_running_lines(page),
    )


def exclusion_problems(excluded: Sequence[Exclusion]) -> tuple[Problem, ...]:
    """A problem for each reason for which words were left out, with how often and how to mend it."""
    kinds = (
        (
            ExclusionReason.STRUCK,
            ProblemKind.STRUCK_TEXT,
            "passages are struck out and were left out of the text. If this is a red-lined draft, replace it with the"
            " version in force; else remove the struck words.",
        ),
        (
            ExclusionReason.HIDDEN,
            ProblemKind.HIDDEN_TEXT,
            "passages cannot be seen by a reader and were left out of the text. Make them visible or remove them.",
        ),
        (
            ExclusionReason.UNACCEPTED,
            ProblemKind.UNACCEPTED_TEXT,
            "tracked insertions have not been accepted and were left out of the text. Accept or reject the changes"
            " in the word processor, then ingest the file again.",
        ),
    )
    problems = []
    for reason, kind, message in kinds:
        found = [entry for entry in excluded if entry.reason is reason and entry.text.strip()]
        if found:
            details = ", ".join(sorted({entry.detail for entry in found}))
            problems.append(Problem(kind=kind, message=f"{len(found)} {message} ({details})"))
    return tuple(problems)


def split_lines(nodes: Sequence[Node]) -> list[Node]:
    """Paragraphs that imitate lists or several paragraphs with line breaks are taken apart."""
    result: list[Node] = []
    for node in nodes:
        if not isinstance(node, TextNode) or node.kind is not NodeKind.PARAGRAPH or LINE_BREAK not in node.text:
            result.append(node)
            continue
        for part in re.split(f"(?:\\s*{LINE_BREAK}\\s*){{2,}}", node.text):
            lines = part.split(LINE_BREAK)
            if sum(bool(_BULLET_LINE.match(without_marks(line))) for line in lines) >= 2:
                result.extend(_as_list(lines, node))
            elif part.strip():
                result.append(TextNode(node.kind, part, node.level, node.emphasised))
    return result


def _as_list(lines: Sequence[str], node: TextNode) -> list[Node]:
    parts: list[Node] = []
    for line in lines:
        if _BULLET_LINE.match(without_marks(line)):
            parts.append(TextNode(NodeKind.ITEM, line, level=1))
        elif parts and isinstance(last := parts[-1], TextNode) and last.kind is NodeKind.ITEM:
            parts[-1] = TextNode(NodeKind.ITEM, f"{last.text} {line}", level=1)
        elif line.strip():
            parts.append(TextNode(NodeKind.PARAGRAPH, line, emphasised=node.emphasised))
    return parts


def _metadata(root: Any) -> tuple[dict[str, Any], dict[str, str]]:
    meta: dict[str, Any] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or ""
        content = element.get("content") or ""
        if name and content and not re.match(r"(?i)viewport|generator|robots|twitter:|msapplication|theme-color", name):
            meta.setdefault(name.strip().lower(), content.strip())
    title = root.find(".//title")
    properties = {"title": inner_text(title)} if title is not None and inner_text(title) else {}
    return meta, properties


def _running_lines(page: CleanPage) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in map(without_marks, page.running) if line))

"""Prepares a web page for partitioning: takes out what is struck or hidden, keeps what a partitioner would drop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ragkit.documents.document import ExclusionReason
from ragkit.documents.formats.html_visibility import StyleSheet, exclusion_of
from ragkit.documents.formats.nodes import Exclusion, Marks

_DROPPED = {
    "script", "style", "link", "noscript", "template", "svg", "canvas", "audio", "video", "object", "embed", "iframe",
    "button", "select", "datalist", "textarea", "dialog", "noembed", "noframes", "map", "hr", "title", "base",
}  # fmt: skip
# unstructured drops the contents of these, although a browser shows them; ASP.NET wraps whole pages in a form
_RENAMED = {"form": "div", "details": "div", "summary": "p", "figure": "div", "fieldset": "div", "legend": "p",
            "label": "span", "main": "div", "hgroup": "div", "search": "div"}  # fmt: skip
_RUNNING = {"footer"}
_RUNNING_ROLES = {"banner", "contentinfo", "complementary"}
_NAVIGATION_ROLES = {"navigation", "search", "menu", "menubar"}
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
WORDS_OF_A_COMMENT = 6
"""Comments of fewer words name places in the page ("end of content")."""


@dataclass
class CleanPage:
    """A page without what a reader does not see.

    Attributes:
        body: the element to partition.
        sheet: the page's style rules.
        running: lines of the site's header and footer.
    """

    body: Any
    sheet: StyleSheet
    running: list[str] = field(default_factory=list)


def clean_page(root: Any, marks: Marks) -> CleanPage:
    """Takes struck, hidden and running text out of a parsed page; marks stay where words were excluded."""
    sheet = StyleSheet(root)
    body = root.find(".//body")
    page = CleanPage(root if body is None else body, sheet)
    _drop_comments(page, marks)
    _exclude(page.body, page, marks)
    for element in list(page.body.iter()):
        if element.tag in _DROPPED:
            remove(element)
    _take_running_lines(page)
    _keep_main(page)
    for element in page.body.iter():
        if element.tag in _RENAMED:
            element.tag = _RENAMED[element.tag]
    _rewrite_inline(page.body)
    return page


def remove(element: Any, replacement: str = "") -> None:
    """Removes an element but not the text after it; ``replacement`` stands in its place."""
    parent = element.getparent()
    if parent is None:
        return
    text = replacement + (element.tail or "")
    previous = element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)


def inner_text(element: Any) -> str:
    """All text inside an element, white space evened out."""
    return " ".join(" ".join(element.itertext()).split())


def _drop_comments(page: CleanPage, marks: Marks) -> None:
    from lxml import etree

    for node in list(page.body.iter(etree.Comment, etree.ProcessingInstruction)):
        words = " ".join(re.sub(r"<[^>]*>", " ", node.text or "").split())
        prose = isinstance(node, etree._Comment) and len(re.findall(r"[A-Za-z]{2,}", words)) >= WORDS_OF_A_COMMENT
        is_code = bool(re.search(r"\[if |[{};]|=\"|function\b|https?://", node.text or ""))
        if prose and not is_code:
            remove(node, _new_mark(marks, ExclusionReason.HIDDEN, "HTML comment", words))
        else:
            remove(node)


def _exclude(element: Any, page: CleanPage, marks: Marks) -> None:
    for child in list(element):
        if not isinstance(child.tag, str) or child.tag in _DROPPED:
            continue
        found = exclusion_of(child, page.sheet)
        if found is None:
            _exclude(child, page, marks)
            continue
        words = inner_text(child)
        if child.tag in ("tr", "td", "th", "thead", "tbody", "li") and words and found[0] is ExclusionReason.STRUCK:
            _empty(child, _new_mark(marks, *found, words))
        else:
            remove(child, _new_mark(marks, *found, words) if words else "")


def _empty(element: Any, mark: str) -> None:
    """Takes the words out of a part of a table or list, so that the grid stays whole."""
    for inner in element.iter():
        if inner is not element:
            inner.tail = None
        inner.text = None
    target = next((cell for cell in element.iter("td", "th")), element)
    target.text = mark


def _new_mark(marks: Marks, reason: ExclusionReason, detail: str, words: str) -> str:
    return marks.new(Exclusion(reason, detail, words))


def _take_running_lines(page: CleanPage) -> None:
    for element in list(page.body.iter()):
        if element.getparent() is None or not isinstance(element.tag, str):
            continue
        role = (element.get("role") or "").lower()
        if element.tag in ("nav", "menu") or role in _NAVIGATION_ROLES:
            remove(element)
        elif element.tag in _RUNNING or role in _RUNNING_ROLES:
            page.running.extend(_lines(element))
            remove(element)


def _keep_main(page: CleanPage) -> None:
    """Where a page says which part is the document, the rest is the web site's frame."""
    main = page.body.find(".//main")
    if main is None:
        main = next((element for element in page.body.iter() if element.get("role") == "main"), None)
    if main is None or len(inner_text(main)) * 2 < len(inner_text(page.body)):
        return
    everything = _lines(page.body)
    inside = set(_lines(main))
    page.running.extend(line for line in everything if line not in inside)
    for element in list(page.body):
        if element is not main and main not in list(element.iterdescendants()):
            remove(element)


def _lines(element: Any) -> list[str]:
    return [line for text in element.itertext() if (line := " ".join(text.split()))]


def _rewrite_inline(body: Any) -> None:
    """Raised digits become superscript characters: 10<sup>9</sup> must not turn into 109."""
    for element in list(body.iter("sup")):
        text = inner_text(element)
        if re.fullmatch(r"[\d+\-−]{1,4}", text):
            remove(element, text.translate(_SUPERSCRIPT))
    for element in list(body.iter("input")):
        box = ""
        if (element.get("type") or "").lower() in ("checkbox", "radio"):
            box = "☑ " if element.get("checked") is not None else "☐ "
        remove(element, box)
    for element in list(body.iter("img")):
        remove(element)

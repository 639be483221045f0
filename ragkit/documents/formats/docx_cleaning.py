"""Prepares a Word file's XML for partitioning: struck, hidden and unaccepted words are taken out, wrappers unwrapped.

A tracked insertion that nobody has accepted is a draft and left out; so are the words of a tracked deletion. Words that
were only moved stay at their old place. Content controls, fields, smart tags and links are unwrapped, because a
partitioner that looks at the runs of a paragraph does not see the ones inside them.
"""

from __future__ import annotations

from typing import Any

from ragkit.documents.document import ExclusionReason
from ragkit.documents.formats.characters import CharacterReport, symbol, visible_characters
from ragkit.documents.formats.docx_styles import Styles, w
from ragkit.documents.formats.nodes import LINE_BREAK, MARK_START, Exclusion, Marks, without_marks

_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_WRAPPERS = ("sdtContent", "smartTag", "customXml", "fldSimple", "hyperlink", "dir", "bdo", "moveFrom")
_FORMAT_HISTORY = (
    "rPrChange",
    "pPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "sectPrChange",
    "numberingChange",
)
_SUPERSCRIPT = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
SMALLEST_HALF_POINTS = 3
"""Font sizes below 1.5 points cannot be read."""


class WordCleaner:
    """Cleans the parts of one document.

    Attributes:
        embedded: how many documents are embedded that cannot be read.
    """

    def __init__(self, styles: Styles, marks: Marks, report: CharacterReport) -> None:
        self._styles = styles
        self._marks = marks
        self._report = report
        self.embedded = 0

    def clean(self, root: Any) -> None:
        """Cleans one part (the body, a header, the footnotes) in place."""
        self.embedded += sum(1 for _ in root.iter(w("altChunk")))
        for name in _FORMAT_HISTORY:
            for element in list(root.iter(w(name))):
                element.getparent().remove(element)
        self._choose_alternatives(root)
        for node in root.iter(w("t")):
            node.text = visible_characters(node.text or "", self._report)
        self._exclude_tracked(root)
        self._unwrap(root)
        for run in list(root.iter(w("r"))):
            self._clean_run(run)
        for paragraph in root.iter(w("p")):
            _do_not_count_unseen(paragraph)

    def _choose_alternatives(self, root: Any) -> None:
        """A drawing is stored twice, for new and old programs; one of them is enough."""
        for element in list(root.iter(f"{{{_MC}}}AlternateContent")):
            choice = element.find(f"{{{_MC}}}Choice")
            fallback = element.find(f"{{{_MC}}}Fallback")
            kept = choice if choice is not None and (len(choice) or fallback is None) else fallback
            _replace(element, list(kept) if kept is not None else [])

    def _exclude_tracked(self, root: Any) -> None:
        for row in list(root.iter(w("tr"))):
            properties = row.find(w("trPr"))
            if properties is None:
                continue
            if properties.find(w("del")) is not None:
                self._empty(row, ExclusionReason.STRUCK, "tracked deletion of a table row")
            elif properties.find(w("ins")) is not None:
                self._empty(row, ExclusionReason.UNACCEPTED, "tracked insertion of a table row")
        for cell in list(root.iter(w("tc"))):
            properties = cell.find(w("tcPr"))
            if properties is None:
                continue
            if properties.find(w("cellDel")) is not None:
                self._empty(cell, ExclusionReason.STRUCK, "tracked deletion of a table cell")
            elif properties.find(w("cellIns")) is not None:
                self._empty(cell, ExclusionReason.UNACCEPTED, "tracked insertion of a table cell")
        for name, reason, detail in (
            ("del", ExclusionReason.STRUCK, "tracked deletion"),
            ("ins", ExclusionReason.UNACCEPTED, "tracked insertion"),
            ("moveTo", ExclusionReason.UNACCEPTED, "tracked move to this place"),
        ):
            for element in list(root.iter(w(name))):
                if element.getparent() is None or element.getparent().tag in (w("rPr"), w("trPr"), w("numPr")):
                    continue
                _replace(element, [self._mark_run(reason, detail, words_of(element), element)])

    def _empty(self, element: Any, reason: ExclusionReason, detail: str) -> None:
        """Takes the words out of a row or cell, the grid stays."""
        mark = self._mark_run(reason, detail, words_of(element), element)
        paragraphs = list(element.iter(w("p")))
        for paragraph in paragraphs:
            for child in list(paragraph):
                if child.tag != w("pPr"):
                    paragraph.remove(child)
        if paragraphs:
            paragraphs[0].append(mark)

    def _unwrap(self, root: Any) -> None:
        for element in list(root.iter(w("sdt"))):
            content = element.find(w("sdtContent"))
            placeholder = element.find(f"{w('sdtPr')}/{w('showingPlcHdr')}") is not None
            _replace(element, list(content) if content is not None and not placeholder else [])
        for name in _WRAPPERS:
            for element in list(root.iter(w(name))):
                kept = [child for child in element if not str(child.tag).endswith("Pr")]
                _replace(element, kept)
        for element in list(root.iter(f"{{{_MATH}}}oMath")):
            text = "".join(node.text or "" for node in element.iter(f"{{{_MATH}}}t"))
            _replace(element, [text_run(text, element)])
        for element in list(root.iter(f"{{{_MATH}}}oMathPara")):
            _replace(element, list(element))

    def _clean_run(self, run: Any) -> None:
        self._write_special_characters(run)
        texts = list(run.findall(w("t")))
        text = "".join(node.text or "" for node in texts)
        if not text or MARK_START in text:
            return
        found = self._exclusion(run)
        if found is not None:
            for node in texts:
                node.text = ""
            if text.replace(LINE_BREAK, "").strip():
                texts[0].text = self._new_mark(*found, text.replace(LINE_BREAK, " "))
            return
        if self._styles.run_value(run, "vertAlign") == "superscript" and len(text) <= 4:
            for node in texts:
                node.text = (node.text or "").translate(_SUPERSCRIPT)

    def _write_special_characters(self, run: Any) -> None:
        for element in list(run):
            if element.tag == w("sym"):
                code = int(element.get(w("char")) or "0", 16)
                character = symbol(code, element.get(w("font")) or "")
                self._report.unreadable += character.count("\ufffd")
                _replace(element, [_text(character, run)])
            elif element.tag == w("cr") or (
                element.tag == w("br") and element.get(w("type")) in (None, "textWrapping")
            ):
                _replace(element, [_text(LINE_BREAK, run)])
            elif element.tag in (w("br"), w("softHyphen"), w("instrText"), w("delText"), w("delInstrText")):
                run.remove(element)

    def _exclusion(self, run: Any) -> tuple[ExclusionReason, str] | None:
        styles = self._styles
        if styles.switched_on(run, "strike"):
            return ExclusionReason.STRUCK, "line through the text"
        if styles.switched_on(run, "dstrike"):
            return ExclusionReason.STRUCK, "double line through the text"
        if styles.switched_on(run, "vanish", "specVanish"):
            return ExclusionReason.HIDDEN, "hidden text"
        size = styles.run_value(run, "sz")
        if size.isdigit() and int(size) < SMALLEST_HALF_POINTS:
            return ExclusionReason.HIDDEN, "text of one point or less"
        if styles.run_value(run, "color").upper() == "FFFFFF" and not self._has_background(run):
            return ExclusionReason.HIDDEN, "white text"
        return None

    def _has_background(self, run: Any) -> bool:
        """True if something dark may stand behind a run: shading, highlighting, a shape, or a table style."""
        if self._styles.run_value(run, "highlight") not in ("", "none", "white"):
            return True
        nodes = [run.find(f"{w('rPr')}/{w('shd')}")]
        for ancestor in run.iterancestors():
            if ancestor.tag == w("p"):
                nodes.append(ancestor.find(f"{w('pPr')}/{w('shd')}"))
                nodes += [style.find(f"{w('pPr')}/{w('shd')}") for style in self._styles.paragraph_chain(ancestor)]
            elif ancestor.tag == w("tc"):
                nodes.append(ancestor.find(f"{w('tcPr')}/{w('shd')}"))
            elif ancestor.tag == w("tbl"):
                nodes.append(ancestor.find(f"{w('tblPr')}/{w('shd')}"))
                style = ancestor.find(f"{w('tblPr')}/{w('tblStyle')}")
                for node in self._styles.chain(style.get(w("val")) if style is not None else None):
                    nodes += list(node.iter(w("shd")))
            elif ancestor.tag == w("txbxContent"):
                return True
        return any(node is not None and _is_dark_fill(node) for node in nodes)

    def _new_mark(self, reason: ExclusionReason, detail: str, words: str) -> str:
        return self._marks.new(Exclusion(reason, detail, words))

    def _mark_run(self, reason: ExclusionReason, detail: str, words: str, near: Any) -> Any:
        """A run that stands for left-out words; page breaks inside them are kept, for the page count."""
        run = text_run(self._new_mark(reason, detail, words) if words.strip() else "", near)
        for page_break in list(near.iter(w("lastRenderedPageBreak"))):
            run.append(page_break)
        return run


def _do_not_count_unseen(paragraph: Any) -> None:
    """A list item that was only proposed, or that is hidden, does not count in the numbers of the others."""
    mark = paragraph.find(f"{w('pPr')}/{w('rPr')}")
    if mark is None or (mark.find(w("ins")) is None and mark.find(w("vanish")) is None):
        return
    if not without_marks("".join(node.text or "" for node in paragraph.iter(w("t")))):
        properties = paragraph.find(w("pPr"))
        number = properties.find(w("numPr"))
        if number is not None:
            properties.remove(number)
        style = properties.find(w("pStyle"))
        if style is not None:
            properties.remove(style)


def words_of(element: Any) -> str:
    """All words inside an element, deleted ones included, a space between paragraphs."""
    parts = []
    for node in element.iter(w("t"), w("delText"), w("p"), w("tab"), w("br"), w("cr")):
        parts.append(node.text or "" if node.tag in (w("t"), w("delText")) else " ")
    return " ".join("".join(parts).split())


def text_run(text: str, near: Any) -> Any:
    """A new run with a text."""
    run = near.makeelement(w("r"), {}, near.nsmap)
    run.append(_text(text, near))
    return run


def _text(text: str, near: Any) -> Any:
    element = near.makeelement(w("t"), {}, near.nsmap)
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element


def _replace(element: Any, replacement: list[Any]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    position = parent.index(element)
    parent.remove(element)
    for offset, node in enumerate(replacement):
        parent.insert(position + offset, node)


def _is_dark_fill(shading: Any) -> bool:
    fill = (shading.get(w("fill")) or "").upper()
    pattern = shading.get(w("val")) or "clear"
    if shading.get(w("themeFill")) not in (None, "background1"):
        return True
    return pattern not in ("clear", "nil") or fill not in ("", "AUTO", "FFFFFF")

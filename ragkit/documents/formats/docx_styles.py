"""What a Word style says about a paragraph or run, inherited properties included."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFF = {"0", "false", "off", "none"}


def w(name: str) -> str:
    """A name of the WordprocessingML namespace, as lxml writes it."""
    return f"{{{W}}}{name}"


@dataclass
class Numbering:
    """A paragraph's place in a numbered or bulleted list."""

    number_id: str
    level: int
    bullet: bool


@dataclass
class Styles:
    """The styles and numbering definitions of one document."""

    styles: dict[str, Any] = field(default_factory=dict)
    default_paragraph: str = ""
    plain: str = "ragkit-plain"
    _formats: dict[tuple[str, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Styles:
        """Reads the styles of a python-docx document."""
        found = cls()
        for style in document.styles.element.iter(w("style")):
            identifier = style.get(w("styleId")) or ""
            found.styles[identifier] = style
            if style.get(w("type")) == "paragraph" and style.get(w("default")) in ("1", "true", "on"):
                found.default_paragraph = identifier
        found._formats = _number_formats(document)
        plain = document.styles.element.makeelement(w("style"), {w("type"): "paragraph", w("styleId"): found.plain})
        name = plain.makeelement(w("name"), {w("val"): "Macro Text"})
        plain.append(name)
        document.styles.element.append(plain)
        return found

    def chain(self, identifier: str | None) -> list[Any]:
        """A style and those it is based on, nearest first."""
        found: list[Any] = []
        seen: set[str] = set()
        while identifier and identifier in self.styles and identifier not in seen:
            seen.add(identifier)
            style = self.styles[identifier]
            found.append(style)
            based_on = style.find(w("basedOn"))
            identifier = based_on.get(w("val")) if based_on is not None else None
        return found

    def paragraph_chain(self, paragraph: Any) -> list[Any]:
        """The styles that hold for a paragraph, nearest first."""
        style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
        return self.chain(style.get(w("val")) if style is not None else self.default_paragraph)

    def style_name(self, paragraph: Any) -> str:
        """The name of a paragraph's style in lower case ("heading 1"); "" if it has none."""
        chain = self.paragraph_chain(paragraph)
        name = chain[0].find(w("name")) if chain else None
        return (name.get(w("val")) or "").lower() if name is not None else ""

    def heading_level(self, paragraph: Any) -> int:
        """1 to 9 for a heading, 0 for body text."""
        if re.match(r"title\b", self.style_name(paragraph)):
            return 1
        own = paragraph.find(f"{w('pPr')}/{w('outlineLvl')}")
        levels = [own] if own is not None else []
        names = []
        for style in self.paragraph_chain(paragraph):
            outline = style.find(f"{w('pPr')}/{w('outlineLvl')}")
            levels += [outline] if outline is not None else []
            name = style.find(w("name"))
            names.append(name.get(w("val")) or "" if name is not None else "")
        if levels:
            value = levels[0].get(w("val")) or ""
            return int(value) + 1 if value.isdigit() and int(value) < 9 else 0
        heading = next((found for name in names if (found := re.match(r"(?i)heading (\d)", name))), None)
        return int(heading[1]) if heading else 0

    def numbering(self, paragraph: Any) -> Numbering | None:
        """The list a paragraph belongs to; None if it belongs to none."""
        number_id = level = None
        nodes = [paragraph, *self.paragraph_chain(paragraph)]
        for node in nodes:
            properties = node.find(f"{w('pPr')}/{w('numPr')}")
            if properties is None:
                continue
            number_id = number_id or _value(properties.find(w("numId")))
            level = level or _value(properties.find(w("ilvl")))
        if not number_id or number_id == "0":
            return None
        depth = int(level) if level and level.isdigit() else 0
        return Numbering(number_id, depth, self._formats.get((number_id, depth), "bullet") in ("bullet",))

    def switched_on(self, run: Any, *names: str) -> bool:
        """True if a run has one of the on/off properties (``strike``), by itself or by its styles."""
        return any(self._toggle(run, name) for name in names)

    def run_value(self, run: Any, name: str) -> str:
        """The value of a run's property (``color``), its own first, then those of its styles; "" if none says so."""
        for properties in self._run_properties(run):
            value = _value(properties.find(w(name)))
            if value is not None:
                return value
        return ""

    def _toggle(self, run: Any, name: str) -> bool:
        for properties in self._run_properties(run):
            element = properties.find(w(name))
            if element is not None:
                return (element.get(w("val")) or "1").lower() not in _OFF
        return False

    def _run_properties(self, run: Any) -> list[Any]:
        found = []
        own = run.find(w("rPr"))
        if own is not None:
            found.append(own)
            style = own.find(w("rStyle"))
            if style is not None:
                found += [node.find(w("rPr")) for node in self.chain(style.get(w("val")))]
        paragraph = next(run.iterancestors(w("p")), None)
        if paragraph is not None:
            found += [node.find(w("rPr")) for node in self.paragraph_chain(paragraph)]
        return [properties for properties in found if properties is not None]


def _number_formats(document: Any) -> dict[tuple[str, int], str]:
    """The number format ("decimal", "bullet") of each level of each list."""
    try:
        numbering = document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    abstracts = {
        node.get(w("abstractNumId")): {
            level.get(w("ilvl")): _value(level.find(w("numFmt"))) or "decimal" for level in node.iter(w("lvl"))
        }
        for node in numbering.iter(w("abstractNum"))
    }
    formats: dict[tuple[str, int], str] = {}
    for number in numbering.iter(w("num")):
        levels = dict(abstracts.get(_value(number.find(w("abstractNumId"))), {}))
        for level in number.iter(w("lvl")):
            levels[level.get(w("ilvl"))] = _value(level.find(w("numFmt"))) or "decimal"
        for depth, kind in levels.items():
            if depth and depth.isdigit():
                formats[(number.get(w("numId")), int(depth))] = kind
    return formats


def _value(element: Any) -> str | None:
    return None if element is None else element.get(w("val"))

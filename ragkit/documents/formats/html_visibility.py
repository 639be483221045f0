"""Which words of a web page are struck out or invisible, from tags, attributes and simple style rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ragkit.documents.document import ExclusionReason

_WHITE = re.compile(r"(?:#fff(?:fff)?|white|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,\s*1(?:\.0)?\s*)?\))", re.I)
_SIMPLE = re.compile(r"^([a-zA-Z][\w-]*|\*)?((?:[.#][\w-]+)*)$")
_STRUCK_TAGS = {"del", "s", "strike"}


@dataclass(frozen=True)
class _Rule:
    compounds: tuple[tuple[str, frozenset[str], str], ...]
    declarations: dict[str, str]


class StyleSheet:
    """The rules of a page's ``<style>`` elements, as far as tag, class, id and descendant selectors go."""

    def __init__(self, root: Any) -> None:
        self._rules: list[_Rule] = []
        self.has_more = any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link"))
        for element in root.iter("style"):
            media = (element.get("media") or "all").lower()
            if "print" not in media or "screen" in media:
                self._read(element.text or "")

    def _read(self, css: str) -> None:
        css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
        css = re.sub(r"@(?:media|supports)[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", "", css)
        for selectors, body in re.findall(r"([^{}@]+)\{([^{}]*)\}", css):
            declarations = declared(body)
            if not _matters(declarations):
                continue
            for selector in selectors.split(","):
                compounds = _compounds(selector)
                if compounds:
                    self._rules.append(_Rule(compounds, declarations))

    def style_of(self, element: Any) -> dict[str, str]:
        """The declarations that hold for an element, its own ``style`` attribute last."""
        style: dict[str, str] = {}
        for rule in self._rules:
            if _selects(rule.compounds, element):
                style.update(rule.declarations)
        style.update(declared(element.get("style") or ""))
        return style


def declared(body: str) -> dict[str, str]:
    """CSS declarations as a dictionary, names and values in lower case."""
    pairs = (part.split(":", 1) for part in body.split(";") if ":" in part)
    return {name.strip().lower(): value.replace("!important", "").strip().lower() for name, value in pairs}


def exclusion_of(element: Any, sheet: StyleSheet) -> tuple[ExclusionReason, str] | None:
    """Why the words of an element are not in force or not to be seen; None for ordinary elements."""
    tag = element.tag
    style = sheet.style_of(element)
    decoration = style.get("text-decoration", "") + " " + style.get("text-decoration-line", "")
    if tag in _STRUCK_TAGS and "none" not in decoration:
        return ExclusionReason.STRUCK, f"marked as deleted (<{tag}>)"
    if "line-through" in decoration:
        return ExclusionReason.STRUCK, "line through the text (style)"
    detail = _hidden_by(element, style, sheet)
    return (ExclusionReason.HIDDEN, detail) if detail else None


def _hidden_by(element: Any, style: dict[str, str], sheet: StyleSheet) -> str:
    if element.get("hidden") is not None and element.tag != "input":
        return "hidden attribute"
    if style.get("display") == "none":
        return "display: none"
    if style.get("visibility") in ("hidden", "collapse"):
        return "visibility: hidden"
    if _length(style.get("opacity", "1")) == 0:
        return "opacity: 0"
    if _is_tiny(style.get("font-size", "")):
        return f"font size {style['font-size']}"
    if any(_length(style.get(side, "0")) <= -900 for side in ("left", "top", "text-indent", "margin-left")):
        return "moved off the page"
    if "hidden" in style.get("overflow", "") and any(
        side in style and _length(style[side]) <= 1 for side in ("height", "max-height", "width")
    ):
        return "no room to be shown"
    color = style.get("color", "") or (element.get("color") or "" if element.tag == "font" else "")
    if _WHITE.fullmatch(color.strip()) and not _has_background(element, sheet):
        return "white text"
    return ""


def _has_background(element: Any, sheet: StyleSheet) -> bool:
    """True if an element or one above it has, or may have, a colour or picture behind it.

    A style sheet in another file cannot be seen; where there is one, anything with a class may have a background.
    """
    for node in [element, *element.iterancestors()]:
        if sheet.has_more and (node.get("class") or node.get("id")):
            return True
        style = sheet.style_of(node)
        background = style.get("background", "") + style.get("background-color", "") + (node.get("bgcolor") or "")
        if background and not _WHITE.fullmatch(background.strip()) and "transparent" not in background:
            return True
    return False


def _length(value: str) -> float:
    """The number a CSS length begins with; 1 if it has none."""
    number = re.match(r"^-?\d*\.?\d+", value.strip())
    return float(number[0]) if number else 1.0


def _is_tiny(size: str) -> bool:
    """A font nobody can read: zero, or at most one pixel or point."""
    number = re.match(r"^(\d*\.?\d+)\s*(px|pt|em|rem|%)?$", size.strip())
    if not number:
        return False
    value = float(number[1])
    return value == 0 or (value <= 1.0 and number[2] in ("px", "pt")) or (value < 0.1 and number[2] in ("em", "rem"))


def _matters(declarations: dict[str, str]) -> bool:
    return any(
        name in declarations
        for name in ("display", "visibility", "text-decoration", "text-decoration-line", "opacity", "font-size", "left",
                     "top", "text-indent", "color", "list-style", "list-style-type", "height", "max-height",
                     "overflow", "background", "background-color")
    )  # fmt: skip


def _compounds(selector: str) -> tuple[tuple[str, frozenset[str], str], ...]:
    parts = []
    for word in selector.replace(">", " ").split():
        simple = _SIMPLE.match(word)
        if not simple or not word:
            return ()
        names = re.findall(r"([.#])([\w-]+)", simple[2] or "")
        classes = frozenset(name for sign, name in names if sign == ".")
        identifier = next((name for sign, name in names if sign == "#"), "")
        parts.append(((simple[1] or "*").lower(), classes, identifier))
    return tuple(parts)


def _selects(compounds: tuple[tuple[str, frozenset[str], str], ...], element: Any) -> bool:
    if not _fits(compounds[-1], element):
        return False
    ancestors: Iterator[Any] = element.iterancestors()
    return all(any(_fits(compound, node) for node in ancestors) for compound in reversed(compounds[:-1]))


def _fits(compound: tuple[str, frozenset[str], str], element: Any) -> bool:
    tag, classes, identifier = compound
    if tag not in ("*", element.tag):
        return False
    if identifier and element.get("id") != identifier:
        return False
    return classes <= set((element.get("class") or "").split())

"""Characters that a reader cannot see or that stand for something else, taken out of text before it is read.

Zero-width characters split words for a search while the page looks untouched; direction overrides make a reader see
other words than the file holds; the tag block of Unicode can carry a whole invisible sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.formats.nodes import RESERVED_CHARACTERS

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u180e"
_OVERRIDES = "\u202a-\u202e\u2066-\u2069\u200e\u200f"
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH}{_OVERRIDES}\u00ad\U000e0000-\U000e007f]")
_INSIDE_A_WORD = re.compile(rf"(?<=\w)[{_ZERO_WIDTH}]+(?=\w)|[\u202a-\u202e\u2066-\u2069]|[\U000e0020-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")

# Adobe Symbol encoding, as Word stores characters of the Symbol font in U+F0xx; letters of dosing text depend on it.
_SYMBOL_FONT = {
    0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x6D: "µ", 0x70: "π", 0x73: "σ", 0x44: "Δ", 0x57: "Ω", 0x53: "Σ",
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB0: "°", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞", 0xB7: "•",
    0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xAB: "↔", 0xDE: "⇒", 0xA2: "′", 0xB2: "″", 0x2D: "−", 0xBC: "…",
    0x3C: "<", 0x3E: ">", 0x3D: "=", 0x2B: "+", 0x25: "%", 0x28: "(", 0x29: ")", 0x2F: "/",
}  # fmt: skip
_WINGDINGS = {
    0xA7: "▪", 0x6C: "●", 0x6E: "■", 0x71: "❑", 0x76: "❖", 0xD8: "➢", 0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒",
    0xA8: "☐", 0x6F: "☐", 0x72: "❒", 0xE0: "→", 0xDF: "←", 0xE1: "↑", 0xE2: "↓", 0xF0: "⇨", 0x9F: "•", 0x77: "◆",
}  # fmt: skip


@dataclass
class CharacterReport:
    """What was taken out of a file's text.

    Attributes:
        hidden: invisible characters inside words, direction overrides and tag characters.
        unreadable: replacement characters and symbols of unknown fonts that stand in the text.
    """

    hidden: int = 0
    unreadable: int = 0

    def problems(self) -> tuple[Problem, ...]:
        """One problem for each kind of character that a person should look at."""
        found = []
        if self.hidden:
            message = (
                f"{self.hidden} invisible characters (zero width or direction marks) stood inside words and were taken"
                " out. Compare the document with its original; if it was copied from a web page, save it anew."
            )
            found.append(Problem(kind=ProblemKind.HIDDEN_TEXT, message=message))
        if self.unreadable:
            message = (
                f"{self.unreadable} characters could not be read (shown as \ufffd), most likely symbols of a special"
                " font or a wrong encoding. Open the document, replace them (check ≥, ≤, µ and ± first) and save it."
            )
            found.append(Problem(kind=ProblemKind.UNREADABLE_CHARACTERS, message=message))
        return tuple(found)


def visible_characters(text: str, report: CharacterReport) -> str:
    """The text without characters nobody can see; what was found is added to ``report``."""
    text = RESERVED_CHARACTERS.sub("", text)
    if any("\uf020" <= character <= "\uf0ff" for character in text):
        text = "".join(_mapped_symbol(character) for character in text)
    report.hidden += len(_INSIDE_A_WORD.findall(text))
    report.unreadable += text.count("\ufffd")
    text = _INVISIBLE.sub("", text)
    return _CONTROL.sub(" ", text).replace("\x85", "\n")


def symbol(code: int, font: str) -> str:
    """The character that a symbol font shows for a code (``w:sym``); U+FFFD if unknown."""
    low = code & 0xFF if 0xF000 <= code <= 0xF0FF else code
    if "wingdings" in font.lower():
        return _WINGDINGS.get(low, "\ufffd")
    if font.lower().startswith("symbol"):
        return _SYMBOL_FONT.get(low, chr(low) if 0x20 <= low < 0x40 else "\ufffd")
    return chr(code) if not 0xE000 <= code <= 0xF8FF else "\ufffd"


def _mapped_symbol(character: str) -> str:
    """A character of the private area where Word keeps symbol fonts, as the Symbol font shows it."""
    code = ord(character)
    if not 0xF020 <= code <= 0xF0FF:
        return character
    low = code & 0xFF
    return _SYMBOL_FONT.get(low) or _WINGDINGS.get(low) or (chr(low) if 0x20 <= low < 0x7F else "\ufffd")

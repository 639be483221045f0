"""The marks at the start of list items: bullets, numbers, letters, roman numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragkit.documents.formats.pdf.symbols import REPLACEMENT

BULLETS = set("◻➔⇨◀▶•●○◦▪■□▫◾◽◆◇❖➢➤►▶▸‣⁃∙·★☆✓✔✗✘☐☑☒❑❒❏❍⦁⮚⇒→")
_DASH_BULLETS = set("◻➔⇨◀▶-–—*")
_ROMAN = re.compile(r"^(?=[ivxl])(xl|l?x{0,3})(ix|iv|v?i{0,3})$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^(?P<open>\(?)(?P<body>\d{1,3}|[A-Za-z]|[ivxlIVXL]{2,6}|[a-z]{2}(?=[.)]))(?P<close>[.)]|\.\))$"
)
_DOTTED = re.compile(r"^(?P<body>(?:\d{1,3}|[A-Z])(?:\.\d{1,3}){1,4})\.?\)?$")
CIRCLED = {
    **{chr(0x2460 + n): n + 1 for n in range(20)},
    **{chr(0x24EB + n): n + 11 for n in range(10)},
    **{chr(0x2776 + n): n + 1 for n in range(10)},
    **{chr(0x2780 + n): n + 1 for n in range(10)},
    **{chr(0x278A + n): n + 1 for n in range(10)},
}
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a mark: its kind ("1.", "a)", "I.", a bullet's sign ...) and its place in the sequence."""

    kind: str
    value: int

    @property
    def is_bullet(self) -> bool:
        """Whether it carries no number."""
        return self.kind.startswith("bullet")


def readings_of(mark: str) -> tuple[Reading, ...]:
    """All ways to read a list mark.

    Args:
        mark: the first word of a line.

    Returns:
        Empty if it is no mark; "i." can be a letter or a roman numeral and has two readings.
    """
    if len(mark) == 1 and (mark in BULLETS or mark in _DASH_BULLETS or mark == "o" or mark == REPLACEMENT):
        return (Reading("bullet " + mark, 0),)
    if mark in CIRCLED:
        return (Reading("circled", CIRCLED[mark]),)
    dotted = _DOTTED.match(mark)
    if dotted:
        parts = dotted["body"].split(".")
        return (Reading(f"dotted {len(parts)}", int(parts[-1])),)
    numbered = _NUMBERED.match(mark)
    if not numbered:
        return ()
    if numbered["open"] and len(numbered["body"]) > 2 and numbered["body"].isdigit():
        # an area code
        return ()
    frame = numbered["open"] + "{}" + numbered["close"]
    return tuple(Reading(frame.format(kind), value) for kind, value in _readings_of_body(numbered["body"]))


def _readings_of_body(body: str) -> list[tuple[str, int]]:
    if body.isdigit():
        return [("1", int(body))]
    found: list[tuple[str, int]] = []
    if len(body) > 1 and set(body) <= {"l", "I"}:
        # a roman numeral typed with small letters l
        return [("I", len(body))]
    upper = body.isupper()
    if not upper and not body.islower():
        return []
    if len(body) == 1:
        found.append(("A" if upper else "a", ord(body.lower()) - ord("a") + 1))
    elif len(set(body)) == 1 and len(body) == 2:
        found.append(("A" if upper else "a", 26 + ord(body[0].lower()) - ord("a") + 1))
    if _ROMAN.match(body):
        found.append(("I" if upper else "i", _roman_value(body.lower())))
    return found


def _roman_value(numeral: str) -> int:
    total = 0
    for sign, after in zip(numeral, [*numeral[1:], ""], strict=True):
        value = _ROMAN_VALUES[sign]
        total += -value if after and _ROMAN_VALUES[after] > value else value
    return total

"""How deep a list item is, from its indent and from the kind of its marker."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKER = re.compile(
    r"^(?P<levels>\d{1,2}(?:\.\d{1,2})+)\.?\s|^(?P<open>\(?)(?P<body>\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})(?P<close>[.)])\s"
    r"|^(?P<bullet>[•▪●○◦■□–*‣➢✓❖❑·-]|o(?=\s))\s*"
)


@dataclass
class _Open:
    indent: int
    kind: str
    last: str


class OpenItems:
    """The list items that are open above the next one."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def close(self) -> None:
        """Ends the list."""
        self._open.clear()

    def level_of(self, text: str, indent: int) -> int:
        """The level of the item that begins with ``text``, which is open from now on; 1 is the outermost."""
        kind, body = self._kind(text)
        while self._open and self._open[-1].indent > indent:
            self._open.pop()
        known = next((place for place, item in enumerate(self._open) if (item.indent, item.kind) == (indent, kind)), -1)
        if known >= 0:
            del self._open[known + 1 :]
            self._open[known].last = body
        else:
            self._open.append(_Open(indent, kind, body))
        return len(self._open)

    def depth_at(self, indent: int) -> int:
        """The level of the item below which a paragraph with this indent stands; 0 if below none."""
        return sum(item.indent < indent for item in self._open)

    def _kind(self, text: str) -> tuple[str, str]:
        found = _MARKER.match(text + " ")
        if not found:
            return "none", ""
        if found["levels"]:
            return f"levels{found['levels'].count('.')}", found["levels"]
        if found["bullet"]:
            return found["bullet"], ""
        body = found["body"]
        shape = f"{found['open']}{found['close']}"
        if body.isdigit():
            return f"decimal{shape}", body
        case = "upper" if body.isupper() else "lower"
        letter = f"{case}{shape}"
        goes_on = any(item.kind == letter and _next_letter(item.last) == body for item in self._open)
        if len(body) > 1 or (body.lower() in "ivx" and not goes_on):
            return f"roman{case}{shape}", body
        return letter, body


def _next_letter(letter: str) -> str:
    return chr(ord(letter) + 1) if len(letter) == 1 else ""

"""Characters of symbol fonts, which PDF files often carry in the private use area, as the signs that they show."""

from __future__ import annotations

_SYMBOL = dict(
    zip(
        (
            0x61, 0x62, 0x67, 0x64, 0x44, 0x6D, 0x70, 0x73, 0x53, 0x57, 0x6C, 0x71, 0xA3, 0xA5, 0xAB, 0xAC, 0xAD, 0xAE,
            0xAF, 0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xD2, 0xD3, 0xD4, 0xD6, 0xD7, 0xDB,
            0xDE, 0xE2, 0xE3, 0xE4,
        ),
        "αβγδΔµπσΣΩλθ≤∞↔←↑→↓°±″≥×•÷≠≡≈…®©™√·⇔⇒®©™",
        strict=True,
    )
)  # fmt: skip
"""Adobe's Symbol encoding (PDF Reference 1.7, annex D.5), the signs that texts use."""

_WINGDINGS = {
    0x20: " ",
    0x6C: "●",
    0x6E: "■",
    0x6F: "□",
    0x71: "❑",
    0x72: "❒",
    0x75: "◆",
    0x76: "❖",
    0x77: "◆",
    0x9E: "·",
    0x9F: "•",
    0xA1: "○",
    0xA7: "▪",
    0xA8: "◻",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
    **{0x81 + n: chr(0x2460 + n) for n in range(10)},
    **{0x8C + n: chr(0x2776 + n) for n in range(10)},
}
_WINGDINGS_2 = {
    0x20: " ",
    0x2A: "□",
    0x4F: "✗",
    0x50: "✓",
    0x52: "☑",
    0x53: "☒",
    0x97: "●",
    0xA3: "☐",
    **{0x6A + n: chr(0x2460 + n) for n in range(10)},
    **{0x75 + n: chr(0x2776 + n) for n in range(10)},
}
_WINGDINGS_3 = {0x20: " ", 0x7D: "▶", 0x84: "◀", 0x68: "↑", 0x69: "↓", 0x66: "←", 0x67: "→"}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
REPLACEMENT = "\ufffd"


def is_symbol_font(font: str) -> bool:
    """Whether a font shows signs in place of letters."""
    name = font.lower()
    return any(part in name for part in ("symbol", "wingding", "webding", "dingbat"))


def mend(code: int, font: str) -> str:
    """The text of a character.

    Args:
        code: what the file says it is.
        font: name of its font.

    Returns:
        One or more characters; U+FFFD where its meaning is lost.
    """
    if code in _LIGATURES:
        return _LIGATURES[code]
    if not 0xE000 <= code <= 0xF8FF:
        return chr(code) if code >= 0x20 else REPLACEMENT
    name, low = font.lower().replace(" ", "").replace("-", ""), code & 0xFF
    if "wingdings2" in name:
        return _WINGDINGS_2.get(low, REPLACEMENT)
    if "wingdings3" in name:
        return _WINGDINGS_3.get(low, REPLACEMENT)
    if "wingdings" in name:
        return _WINGDINGS.get(low, REPLACEMENT)
    if code == 0xF0B7:
        return "•"
    if "symbol" in name:
        return _SYMBOL.get(low, chr(low) if 0x20 <= low < 0x40 else REPLACEMENT)
    return REPLACEMENT

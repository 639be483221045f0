"""The pieces a page is made of. Coordinates are points from the top left corner of the page as it is seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``top`` is smaller than ``bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Horizontal extent in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent in points."""
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the border."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of glyphs is painted.

    Attributes:
        font: base font name.
        size: effective size in points, after all scaling.
        colour: fill colour as red, green, blue, alpha (0-255); None where it is a pattern.
        mode: PDF text rendering mode (0 fill ... 3 invisible ... 7).
        order: paint order of the text object on its page.
        upright: False for text that runs in another direction than left to right.
    """

    font: str
    size: float
    bold: bool
    italic: bool
    colour: tuple[int, int, int, int] | None
    mode: int
    order: int
    upright: bool


@dataclass(slots=True)
class Glyph:
    """One character where it stands."""

    char: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    style: Style
    space_before: bool


@dataclass(slots=True)
class Word:
    """Glyphs without white space between them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    style: Style
    space_before: bool
    space_after: bool = False

    @property
    def mid(self) -> float:
        """Horizontal middle."""
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class Line:
    """Words on one baseline inside one column or cell, left to right."""

    words: list[Word]
    page: int
    text: str = ""
    x0: float = 0.0
    x1: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    baseline: float = 0.0
    size: float = 0.0
    bold: bool = False
    underlined: bool = False

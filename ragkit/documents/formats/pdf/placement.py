"""From PDF user space (origin bottom left, page possibly turned) to the page as it is seen (origin top left)."""

from __future__ import annotations

from dataclasses import dataclass

from ragkit.documents.formats.pdf.geometry import Box


@dataclass(frozen=True, slots=True)
class Placement:
    """How one page lies.

    Attributes:
        left, bottom, right, top: the visible box (crop box) in user space.
        quarter_turns: clockwise turns with which the page is shown (0-3).
    """

    left: float
    bottom: float
    right: float
    top: float
    quarter_turns: int = 0

    @property
    def width(self) -> float:
        """Width of the page as seen, in points."""
        return self.top - self.bottom if self.quarter_turns % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Height of the page as seen, in points."""
        return self.right - self.left if self.quarter_turns % 2 else self.top - self.bottom

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The place of a user space point on the page as seen."""
        if self.quarter_turns == 0:
            return x - self.left, self.top - y
        if self.quarter_turns == 1:
            return y - self.bottom, x - self.left
        if self.quarter_turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """The rectangle on the page as seen."""
        xa, ya = self.point(left, bottom)
        xb, yb = self.point(right, top)
        return Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))

    def is_upright(self, a: float, b: float) -> bool:
        """Whether text whose matrix begins with ``a b`` runs from left to right on the page as seen."""
        turned = ((a, b), (b, -a), (-a, -b), (-b, a))[self.quarter_turns]
        return turned[0] > 0 and abs(turned[1]) <= 0.2 * turned[0]

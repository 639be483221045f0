"""Pictures as inline SVG: interval bars, a risk-coverage curve, a reliability diagram.

Self-contained and without script. Colours come from the page's style sheet through classes, so that they follow light,
dark and print; every picture has a title that says in words what it shows. The curves carry their own style too
(``standalone``), for notebooks.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from ragkit.evaluation.metrics.abstention import RiskPoint
from ragkit.evaluation.statistics.discrimination import ReliabilityBin

_BAR = (200, 18)
_PLOT = (360, 260)
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 12, 42
_STYLE = (
    "<style>.fig-axis{stroke:#57606a;fill:none}.fig-grid,.fig-ideal{stroke:#8c959f;fill:none}.fig-grid{opacity:.35}"
    ".fig-ideal{stroke-dasharray:5 4}.fig-line{stroke:#0b57d0;fill:none;stroke-width:2}.fig-dot{fill:#0b57d0}"
    "text{font:12px system-ui,sans-serif;fill:#57606a}</style>"
)


def interval_bar(
    estimate: float, low: float, high: float, *, title: str, baseline: float | None = None, floor: float | None = None
) -> Markup:
    """A share on a line from 0 to 1: its interval as a bar, itself as a dot, baseline and floor as ticks."""
    width, height = _BAR
    middle = height / 2

    def x(share: float) -> str:
        return f"{4 + min(1.0, max(0.0, share)) * (width - 8):.1f}"

    parts = [f'<line class="fig-track" x1="{x(0)}" x2="{x(1)}" y1="{middle}" y2="{middle}"/>']
    parts.append(f'<line class="fig-span" x1="{x(low)}" x2="{x(high)}" y1="{middle}" y2="{middle}"/>')
    if baseline is not None:
        parts.append(f'<line class="fig-baseline" x1="{x(baseline)}" x2="{x(baseline)}" y1="2" y2="{height - 2}"/>')
    if floor is not None:
        parts.append(f'<line class="fig-floor" x1="{x(floor)}" x2="{x(floor)}" y1="2" y2="{height - 2}"/>')
    parts.append(f'<circle class="fig-dot" cx="{x(estimate)}" cy="{middle}" r="4"/>')
    return _svg(width, height, title, parts, "fig-bar")


def risk_coverage_figure(points: Sequence[RiskPoint], *, standalone: bool = False) -> Markup:
    """Risk against coverage as a step line: how wrong the answers are if only the surest are shown.

    Args:
        points: by rising coverage.
        standalone: with its own style, for a notebook.
    """
    highest = max([point.risk for point in points], default=0.0)
    top = next(step for step in (0.05, 0.1, 0.2, 0.5, 1.0) if highest <= step)
    plot = _Plot(top)
    path = ""
    for index, point in enumerate(points):
        x, y = plot.x(point.coverage), plot.y(point.risk)
        path += f"M{x} {y}" if index == 0 else f"H{x}V{y}"
    title = (
        "Risk-coverage curve. " + "; ".join(_spoken(point) for point in _some(points))
        if points
        else "Risk-coverage curve without points"
    )
    parts = [*plot.frame("share of questions answered", "share of answers that is wrong")]
    parts.append(f'<path class="fig-line" d="{path}"/>' if path else "")
    return _svg(*_PLOT, title, parts, "fig-plot", standalone)


def reliability_figure(bins: Sequence[ReliabilityBin], *, standalone: bool = False) -> Markup:
    """What was said against what came true; on the dashed line the two agree. A dot's area grows with its bin.

    Args:
        bins: those with at least one value.
        standalone: with its own style, for a notebook.
    """
    plot = _Plot(1.0)
    most = max([one.n for one in bins], default=1)
    parts = [*plot.frame("confidence that was stated", "share that was right")]
    parts.append(f'<path class="fig-ideal" d="M{plot.x(0)} {plot.y(0)}L{plot.x(1)} {plot.y(1)}"/>')
    ordered = sorted(bins, key=lambda one: one.mean_score)
    path = "L".join(f"{plot.x(one.mean_score)} {plot.y(one.share_supported)}" for one in ordered)
    parts.append(f'<path class="fig-line" d="M{path}"/>' if len(ordered) > 1 else "")
    for one in ordered:
        radius = 3 + 6 * (one.n / most) ** 0.5
        center = f'cx="{plot.x(one.mean_score)}" cy="{plot.y(one.share_supported)}"'
        label = f"said {one.mean_score:.2f}, right {one.share_supported:.2f}, {one.n} answers"
        parts.append(f'<circle class="fig-dot" {center} r="{radius:.1f}"><title>{label}</title></circle>')
    title = "Reliability diagram. " + "; ".join(
        f"said {one.mean_score:.2f}, right {one.share_supported:.2f} ({one.n} answers)" for one in ordered
    )
    return _svg(*_PLOT, title, parts, "fig-plot", standalone)


class _Plot:
    """A square of 0..1 by 0..top with its axes."""

    def __init__(self, top: float) -> None:
        self._top = top
        self._width, self._height = _PLOT[0] - _LEFT - _RIGHT, _PLOT[1] - _TOP - _BOTTOM

    def x(self, share: float) -> str:
        return f"{_LEFT + share * self._width:.1f}"

    def y(self, value: float) -> str:
        return f"{_TOP + (1 - value / self._top) * self._height:.1f}"

    def frame(self, across: str, up: str) -> list[str]:
        """Grid, tick labels and axis titles."""
        parts = []
        for step in range(5):
            share = step / 4
            parts.append(f'<path class="fig-grid" d="M{self.x(0)} {self.y(share * self._top)}H{self.x(1)}"/>')
            parts.append(
                f'<text x="{_LEFT - 6}" y="{float(self.y(share * self._top)) + 4:.1f}" text-anchor="end">'
                f"{share * self._top:.4g}</text>"
            )
            parts.append(f'<text x="{self.x(share)}" y="{_PLOT[1] - 24}" text-anchor="middle">{share:g}</text>')
        parts.append(f'<path class="fig-axis" d="M{self.x(0)} {self.y(self._top)}V{self.y(0)}H{self.x(1)}"/>')
        middle = _TOP + self._height / 2
        parts.append(f'<text x="{self.x(0.5)}" y="{_PLOT[1] - 6}" text-anchor="middle">{escape(across)}</text>')
        parts.append(
            f'<text x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">{escape(up)}</text>'
        )
        return parts


def _svg(width: int, height: int, title: str, parts: list[str], name: str, standalone: bool = False) -> Markup:
    style = _STYLE if standalone else ""
    return Markup(
        f'<svg class="{name}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img"><title>{escape(title)}</title>{style}{"".join(parts)}</svg>'
    )


def _some(points: Sequence[RiskPoint], most: int = 5) -> list[RiskPoint]:
    step = max(1, (len(points) - 1) // (most - 1))
    return [*points[:-1:step][: most - 1], points[-1]] if points else []


def _spoken(point: RiskPoint) -> str:
    return f"at coverage {point.coverage:.2f} the risk is {point.risk:.3f}"

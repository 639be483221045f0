"""What was measured of a scorer: tables for people, JSON for machines, and the errors that correct reported figures."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ragkit.evaluation.statistics.discrimination import ReliabilityBin
from ragkit.evaluation.statistics.interval import Interval

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


class Family(StrEnum):
    """The tables: sets that hold invented claims, sets that hold contradicted ones, and others."""

    FABRICATION = "fabrication"
    CONTRADICTION = "contradiction"
    OTHER = "other"


class SetMeasurement(BaseModel):
    """What was measured on one set. Every interval is a cluster bootstrap over the set's groups.

    Attributes:
        set: its name.
        family: the table it belongs to.
        fit: "as shipped", "fitted without it" or "nothing fitted".
        n, groups: claims and groups of claims that are not independent.
        labels: how many claims people gave each label.
        balanced_accuracy: of the verdict "supported"; None where one class is missing, as in all that follow.
        auroc: supported against all others, by the probability of support.
        auroc_contradicted: supported against contradicted, in sets that hold all three labels.
        f1_unsupported: F1 of the class "not supported".
        calibration_error: expected calibration error of the probability of support, ten bins.
        reliability: the bins.
        sensitivity: share of the supported claims that were called supported; ``sensitivity_n`` is the effective n.
        specificity: share of all other claims that were not called supported; ``specificity_n`` likewise.
        verdicts: for each label how often each verdict was given.
        baseline_auroc, baseline_balanced_accuracy: of plain word coverage, at ``baseline_threshold``.
        milliseconds: for one claim.
    """

    model_config = ConfigDict(frozen=True)

    set: str
    family: Family
    fit: str
    n: int
    groups: int
    labels: dict[str, int]
    balanced_accuracy: Interval | None = None
    auroc: Interval | None = None
    auroc_contradicted: Interval | None = None
    f1_unsupported: Interval | None = None
    calibration_error: Interval | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    sensitivity: Interval | None = None
    sensitivity_n: float = 0.0
    specificity: Interval | None = None
    specificity_n: float = 0.0
    verdicts: dict[str, dict[str, int]] = {}
    baseline_auroc: Interval | None = None
    baseline_balanced_accuracy: Interval | None = None
    baseline_threshold: float = 0.5
    milliseconds: float = 0.0


class ScorerReport(BaseModel):
    """What was measured of one scorer.

    Attributes:
        scorer: its name.
        fingerprint: of the scorer as it was measured.
        sets: one entry for each labelled set.
    """

    model_config = ConfigDict(frozen=True)

    scorer: str
    fingerprint: str
    sets: tuple[SetMeasurement, ...]

    def tables(self) -> Iterator[Table]:
        """One table for each family that was measured, for a terminal."""
        for family in Family:
            rows = [row for row in self.sets if row.family is family]
            if rows:
                yield _table(f"{self.scorer}: {family.value}", rows)

    def __rich__(self) -> RenderableType:
        """All tables, with what they do not say."""
        from rich.console import Group

        return Group(*self.tables(), _NOTE)


_NOTE = (
    "Intervals: 95 %, cluster bootstrap by group. Fitted without it: the weights measured on a set were fitted on the "
    "other sets. Words: the baseline, the share of the claim's words that stand in the evidence."
)
_COLUMNS = ("set", "n", "weights", "AUROC", "words: AUROC", "supp. v. contr.", "bal. acc.", "F1 unsupp.", "ECE", "ms")


def _table(title: str, rows: list[SetMeasurement]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for index, column in enumerate(_COLUMNS):
        table.add_column(column, justify="left" if index in (0, 2) else "right")
    for row in rows:
        table.add_row(
            row.set,
            f"{row.n:,}",
            row.fit,
            shown(row.auroc),
            shown(row.baseline_auroc),
            shown(row.auroc_contradicted),
            shown(row.balanced_accuracy),
            shown(row.f1_unsupported),
            shown(row.calibration_error),
            f"{row.milliseconds:.1f}",
        )
    return table


def shown(interval: Interval | None) -> str:
    """An interval for a table; a dash for what does not exist.

    >>> shown(Interval(0.75, 0.701, 0.799)), shown(None)
    ('0.750 (0.701-0.799)', '-')
    """
    return f"{interval.estimate:.3f} ({interval.low:.3f}-{interval.high:.3f})" if interval else "-"

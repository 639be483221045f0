"""What a report needs to know of the gate's verdict and of the baseline, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class CheckView(Protocol):
    """One check of the gate: a floor, a comparison with the baseline, a must-fail case, "no errors"."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def passed(self) -> bool: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102


class VerdictView(Protocol):
    """What the gate decided."""

    @property
    def passed(self) -> bool: ...  # noqa: D102
    @property
    def checks(self) -> Sequence[CheckView]: ...  # noqa: D102


class BaselineView(Protocol):
    """What an earlier run said: metric name -> question id -> value, and question id -> answer text."""

    @property
    def metrics(self) -> Mapping[str, Mapping[str, float]]: ...  # noqa: D102
    @property
    def answers(self) -> Mapping[str, str]: ...  # noqa: D102

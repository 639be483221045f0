"""What a check found: how bad it is, in plain words, and what to do."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """It works, but somebody should know."""
    FAILED = "failed"
    """Something that was set up does not work."""


class Finding(BaseModel):
    """What one check found. It never holds a key, a question or a line of a document.

    Attributes:
        area: what was looked at ("installation", "knowledge base", "deployment", "language models", "server").
        check: the name of the check, unique in its area together with ``subject``.
        subject: which one of several, such as a language model's name; "" where there is one only.
        level: ok, warning or failed.
        found: what was found, one plain sentence or phrase.
        advice: what to do about it; "" where nothing has to be done.
        milliseconds: how long the server took, for probes; None for all else.
    """

    model_config = ConfigDict(frozen=True)

    area: str
    check: str
    subject: str = ""
    level: Level
    found: str
    advice: str = ""
    milliseconds: float | None = None


class Examination(BaseModel):
    """All that was found, in the order in which it was looked at.

    Attributes:
        findings: one or more for each check.
    """

    model_config = ConfigDict(frozen=True)

    findings: tuple[Finding, ...] = ()

    @property
    def level(self) -> Level:
        """The worst of all findings."""
        found = {finding.level for finding in self.findings}
        return next((level for level in (Level.FAILED, Level.WARNING) if level in found), Level.OK)

    @property
    def healthy(self) -> bool:
        """Whether nothing failed."""
        return self.level is not Level.FAILED

    def of(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level is level)

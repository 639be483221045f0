"""An area of the examination: names its findings and keeps one broken check from hiding the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ragkit.doctor.finding import Finding, Level
from ragkit.errors import RagkitError


@dataclass(frozen=True)
class Area:
    """Makes findings of one area.

    Attributes:
        name: the area's.
    """

    name: str

    def ok(self, check: str, found: str, *, subject: str = "", milliseconds: float | None = None) -> Finding:
        """All is well."""
        return self._finding(Level.OK, check, found, "", subject, milliseconds)

    def warning(self, check: str, found: str, advice: str, *, subject: str = "") -> Finding:
        """It works, but somebody should know."""
        return self._finding(Level.WARNING, check, found, advice, subject)

    def failed(self, check: str, found: str, advice: str = "", *, subject: str = "") -> Finding:
        """It does not work. The errors of ragkit say themselves what to do; all else wants ``advice``."""
        return self._finding(Level.FAILED, check, found, advice, subject)

    def run(self, check: str, findings: Callable[[], Iterable[Finding]], *, subject: str = "") -> Iterator[Finding]:
        """The findings of a check; what it raises is a finding too.

        The words of foreign exceptions are not repeated: they may hold a key or an address with a password.
        """
        try:
            yield from findings()
        except RagkitError as error:
            yield self.failed(check, str(error), subject=subject)
        except Exception as error:
            name = type(error).__name__
            yield self.failed(check, f"could not be looked at ({name})", "Please report this.", subject=subject)

    def _finding(
        self, level: Level, check: str, found: str, advice: str, subject: str, milliseconds: float | None = None
    ) -> Finding:
        return Finding(
            area=self.name,
            check=check,
            subject=subject,
            level=level,
            found=found,
            advice=advice,
            milliseconds=milliseconds,
        )

"""What is wrong with a question set, and where: the file, the line, the question and the field."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    """How bad a problem is: an error has to be mended before the set is used, a warning has to be looked at."""

    ERROR = "error"
    WARNING = "warning"


class Problem(BaseModel):
    """Something wrong with a question set.

    Attributes:
        message: what is wrong and what to do about it.
        file: the file as it was named; "" for a set that was not read from a file.
        line: 1-based line of the field (or of what it stands in); None where it is not known.
        question: id of the question; "" where it concerns the file.
        field: the field, with dots and 0-based positions ("gold.0.quote"); "" where it concerns the whole.
        severity: error or warning.
    """

    model_config = ConfigDict(frozen=True)

    message: str
    file: str = ""
    line: int | None = None
    question: str = ""
    field: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """In one line: "dose.yaml:118: dose-heparin: gold.0.quote: must not be empty"."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        message = f"warning: {self.message}" if self.severity is Severity.WARNING else self.message
        return ": ".join(part for part in (place, self.question, self.field, message) if part)

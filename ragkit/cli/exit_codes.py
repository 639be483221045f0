"""The exit codes that scripts rely on."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    DONE_WITH_FAILURES = 1
    WRONG_USAGE = 2
    ABSTAINED = 3

"""This machine's clock against those of the servers it talks to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ragkit.doctor.area import Area
from ragkit.doctor.finding import Finding

_TOLD_SECONDS = 5.0
_LEEWAY_SECONDS = 60.0


def clock_skew(area: Area, date: str | None, host: str, leeway_seconds: float = _LEEWAY_SECONDS) -> Iterator[Finding]:
    """Compares this machine's clock with the ``Date`` of a reply (whole seconds, RFC 9110 section 6.6.1).

    Args:
        area: where the finding belongs.
        date: the header; None where there was none, and nothing can be told.
        host: whose clock it is.
        leeway_seconds: with a larger difference, something is refused.
    """
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return
    skew = abs((datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds())
    found = f"this machine's clock and that of {host} differ by {skew:.0f} s"
    advice = "Let both follow a time server; tokens and certificates are refused when clocks differ."
    if skew > max(leeway_seconds, _TOLD_SECONDS):
        yield area.failed("clock", found, advice, subject=host)
    elif skew > _TOLD_SECONDS:
        yield area.warning("clock", found, advice, subject=host)
    else:
        yield area.ok("clock", found, subject=host)

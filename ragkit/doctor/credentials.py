"""Keys and certificates: there, of a plausible form, readable by the right people. A key itself is never shown."""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ragkit.deployment.keys import read_key
from ragkit.doctor.area import Area
from ragkit.doctor.finding import Finding
from ragkit.errors import SettingsError

_SOON = timedelta(days=30)


def examine_key(
    area: Area, variable: str | None, file: Path | None, *, subject: str, what: str, needed: bool
) -> Iterator[Finding]:
    """Looks whether a key is set; says how long it is and nothing else of it.

    Args:
        area: where the findings belong.
        variable: the environment variable that the deployment names.
        file: the file that it names.
        subject: whose key it is.
        what: what the check is called ("key").
        needed: whether it is a failure where the deployment names no place for it.
    """
    if variable is None and file is None:
        if needed:
            advice = "Name key_variable (an environment variable) or key_file in the deployment file."
            yield area.failed(what, "none is named, and one is needed", advice, subject=subject)
        else:
            yield area.ok(what, "none is wanted", subject=subject)
        return
    try:
        key = read_key(variable, file)
    except SettingsError as error:
        yield area.failed(what, str(error), subject=subject)
        return
    if key is not None:
        yield area.ok(what, f"set, {len(key)} characters{_where(variable, file)}", subject=subject)


def _where(variable: str | None, file: Path | None) -> str:
    if variable and os.environ.get(variable, "").strip():
        return f" (variable {variable})"
    if file is None or os.name != "posix":
        return ""
    return f" (file {file}, {stat.filemode(file.expanduser().stat().st_mode)})"


def examine_certificates(area: Area, file: Path, *, subject: str) -> Iterator[Finding]:
    """Looks whether a file of certificates can be read, and whether they are still valid."""
    advice = "ca_file is a file of certificates in PEM form ('-----BEGIN CERTIFICATE-----'), readable by this user."
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=str(file))
        certificates = context.get_ca_certs()
    except (OSError, ssl.SSLError):
        certificates = []
    if not certificates:
        yield area.failed("certificates", f"none can be read from {file}", advice, subject=subject)
        return
    now = datetime.now(UTC)
    ends = [datetime.fromtimestamp(ssl.cert_time_to_seconds(str(each["notAfter"])), UTC) for each in certificates]
    found = f"{len(certificates)} in {file}, the first of them valid until {min(ends).date()}"
    if max(ends) <= now:
        yield area.failed("certificates", f"all in {file} have expired", "Ask for new ones.", subject=subject)
    elif min(ends) <= now + _SOON:
        yield area.warning("certificates", found, "Ask for new ones before they expire.", subject=subject)
    else:
        yield area.ok("certificates", found, subject=subject)

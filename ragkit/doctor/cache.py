"""The cache of replies: its folder can be written, its key can be used."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from ragkit.deployment.deployment import CacheSettings
from ragkit.deployment.keys import read_key
from ragkit.doctor.area import Area
from ragkit.doctor.credentials import examine_key
from ragkit.doctor.finding import Finding

_KEY_BYTES = 32


def examine_cache(area: Area, cache: CacheSettings) -> Iterator[Finding]:
    """Looks at the cache and writes nothing into it."""
    if cache.folder is None:
        yield area.ok("cache", "none: no reply is kept")
        return
    place = _first_that_exists(cache.folder)
    if not place.is_dir() or not os.access(place, os.W_OK):
        found = f"{cache.folder} cannot be written by this user"
        yield area.failed("cache", found, "Name another cache.folder, or give this user the right to write there.")
    elif cache.encrypted:
        yield area.ok("cache", f"{cache.folder}, encrypted, kept {cache.days} days")
    else:
        yield area.warning(
            "cache",
            f"{cache.folder} holds replies in clear text for {cache.days} days",
            "Set cache.encrypted = true, or see that only this service's user can read the folder.",
        )
    if cache.encrypted:
        yield from _key(area, cache)


def _first_that_exists(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _key(area: Area, cache: CacheSettings) -> Iterator[Finding]:
    key = read_key(cache.key_variable, cache.key_file, required=False)
    if key is not None and not _usable(key):
        advice = "Make one: python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
        yield area.failed("cache key", f"it is no {_KEY_BYTES} bytes in base64", advice)
        return
    yield from examine_key(area, cache.key_variable, cache.key_file, subject="", what="cache key", needed=True)


def _usable(key: SecretStr) -> bool:
    try:
        return len(base64.b64decode(key.get_secret_value(), validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False

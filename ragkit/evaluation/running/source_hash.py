"""Hashes of ragkit's own source: what an answer depends on besides the documents."""

from __future__ import annotations

import hashlib
import platform
import re
from functools import cache
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).parents[2]
_KINDS = frozenset({".py", ".json", ".yaml", ".sql", ".npz", ".txt"})
_LOOKS_ONLY = ("evaluation", "display", "cli", "feedback")
_READING = ("documents", "chunking", "embedding", "ingestion", "store", "settings.py", "errors.py")


@cache
def code_hash() -> str:
    """Of every source and model file of ragkit that may change an answer or a search.

    The evaluation, the display and the command line are left out: they change no answer. The versions of Python and of
    the packages that ragkit requires count.
    """
    return _hash([path for path in _files() if path.parts[0] not in _LOOKS_ONLY])


@cache
def reading_hash() -> str:
    """Of the part that turns files into what is stored; a knowledge base made by other code is made anew."""
    return _hash([path for path in _files() if path.parts[0] in _READING])


def _files() -> list[Path]:
    found = (path.relative_to(_PACKAGE) for path in _PACKAGE.rglob("*") if path.suffix in _KINDS)
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256(_environment().encode())
    for path in files:
        digest.update(f"\0{path.as_posix()}\0".encode())
        digest.update((_PACKAGE / path).read_bytes())
    return digest.hexdigest()


def _environment() -> str:
    """Python and the required packages, with their versions."""
    parts = [platform.python_version()]
    try:
        required = metadata.requires("ragkit") or []
    except metadata.PackageNotFoundError:
        required = []
    for requirement in required:
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        if match and "extra ==" not in requirement:
            parts.append(f"{match.group()} {_version(match.group())}")
    return "\n".join(parts)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"

"""What an institution writes beside its documents: sidecar files of single documents, and folder files.

``iv-care.pdf.yaml`` (or ``iv-care.ragkit.yaml``) says what holds for ``iv-care.pdf``; ``ragkit.yaml`` holds for its
folder and all folders below, where an inner file overrides an outer one field by field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

from ragkit.documents.yaml_values import load_yaml
from ragkit.errors import SettingsError

FOLDER_FILES = ("ragkit.yaml", "ragkit.yml")
LARGEST_SETTINGS_FILE = 1_000_000


def parse_settings(data: bytes, name: str) -> dict[str, Any]:
    """Reads a sidecar or folder file.

    Raises:
        SettingsError: it is too large, no valid YAML, no mapping of names to values, or uses aliases.
    """
    import yaml

    if len(data) > LARGEST_SETTINGS_FILE:
        raise SettingsError(f"{name} is larger than {LARGEST_SETTINGS_FILE} bytes; it should hold a few lines only.")
    try:
        loaded = load_yaml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name} is not saved as UTF-8; save it as UTF-8.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SettingsError(f"{name}{place} is no valid YAML ({what}). Correct it and ingest again.") from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise SettingsError(f"{name} must hold lines of the form 'name: value', not a {type(loaded).__name__}.")
    return {str(key): value for key, value in loaded.items()}


def sidecar_names(name: str) -> tuple[str, ...]:
    """The names under which the sidecar of a file may lie beside it, in order of preference."""
    stem = PurePosixPath(name).stem
    return (f"{name}.yaml", f"{name}.yml", f"{stem}.ragkit.yaml", f"{stem}.ragkit.yml")


def is_settings_file(name: str, siblings: Iterable[str]) -> bool:
    """True for folder files, and for sidecars of one of the files beside them."""
    lower = name.lower()
    if lower in FOLDER_FILES or lower.endswith((".ragkit.yaml", ".ragkit.yml")):
        return True
    if not lower.endswith((".yaml", ".yml")):
        return False
    owner = lower.rsplit(".", 1)[0]
    return any(sibling.lower() == owner for sibling in siblings)


def is_orphan(name: str, siblings: Iterable[str]) -> bool:
    """True for a settings file that holds for nothing: a sidecar with no document of its name beside it."""
    stem, point, _ = name.lower().rpartition(".ragkit.")
    return bool(point) and all(PurePosixPath(sibling).stem.lower() != stem for sibling in siblings)


def spelt(name: str, names: Iterable[str]) -> str | None:
    """How ``name`` is written among ``names``: exactly, else in other letters ("RAGKIT.yaml"); None if it is not there.

    What a settings file says must not hang on capitals, least of all who may read a document.
    """
    names = list(names)
    if name in names:
        return name
    return min((other for other in names if other.lower() == name.lower()), default=None)


class SettingsTree:
    """The folder files of one tree, read once each.

    Args:
        read: gives the bytes of a file of the tree by its path, whatever the capitals of its name; None if there is no
            such file.
    """

    def __init__(self, read: Callable[[str], bytes | None], outer: dict[str, Any] | None = None) -> None:
        self._read = read
        self._outer = outer or {}
        self._folders: dict[str, dict[str, Any] | SettingsError] = {}

    def folder(self, folder: str) -> dict[str, Any]:
        """What holds for the files of a folder ("" is the top).

        Raises:
            SettingsError: its folder file, or one above, cannot be read.
        """
        if folder not in self._folders:
            self._folders[folder] = self._load(folder)
        found = self._folders[folder]
        if isinstance(found, SettingsError):
            raise found
        return found

    def sidecar(self, path: str) -> dict[str, Any] | None:
        """The sidecar of a file; None if it has none.

        Raises:
            SettingsError: it cannot be read.
        """
        folder = PurePosixPath(path).parent
        for name in sidecar_names(PurePosixPath(path).name):
            place = (folder / name).as_posix()
            data = self._read(place)
            if data is not None:
                return parse_settings(data, place)
        return None

    def _load(self, folder: str) -> dict[str, Any] | SettingsError:
        try:
            if folder in ("", "."):
                settings = dict(self._outer)
            else:
                parent = PurePosixPath(folder).parent.as_posix()
                settings = dict(self.folder("" if parent == "." else parent))
            for name in FOLDER_FILES:
                place = name if folder in ("", ".") else f"{folder}/{name}"
                data = self._read(place)
                if data is not None:
                    settings.update(parse_settings(data, place))
                    break
        except SettingsError as error:
            return error
        return settings


def settings_hash(sidecar: dict[str, Any] | None, folder_settings: dict[str, Any]) -> str:
    """A hash that changes when the sidecar or the folder settings of a file change."""
    written = json.dumps([sidecar, folder_settings], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8")).hexdigest()

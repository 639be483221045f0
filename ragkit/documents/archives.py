"""The files inside ZIP archives, read in memory, with limits against archives that are made to do harm."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.folder_settings import SettingsTree, is_orphan, is_settings_file, spelt
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.documents.sniffing import Format, sniff
from ragkit.documents.sources import SourceFile, is_skipped, orphan, too_large, with_settings

MOST_ENTRIES = 50_000
HIGHEST_RATIO = 200
SMALLEST_BOMB = 20_000_000
"""Entries that unpack to less are harmless however well they are compressed."""
DEEPEST = 2
_OFFICE_SUFFIXES = (
    ".docx",
    ".docm",
    ".xlsx",
    ".xlsm",
    ".pptx",
    ".odt",
    ".ods",
    ".odp",
    ".epub",
    ".pdf",
    ".html",
    ".txt",
)


def is_archive(path: Path) -> bool:
    """True if a file on disk is a ZIP archive and no document that is merely packed as one."""
    if path.suffix.lower() in _OFFICE_SUFFIXES:
        return False
    try:
        with path.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
        return path.suffix.lower() == ".zip" or sniff(path.read_bytes(), path.name).format is Format.ZIP
    except OSError:
        return False


def iter_archive(path: Path, file: SourceFile, max_bytes: int) -> Iterator[SourceFile]:
    """The files of an archive; ``file`` is the archive itself, whose settings hold for what is inside."""

    def load() -> bytes:
        return _archive_bytes(str(path), path.stat().st_mtime_ns)

    yield from _entries(load, file, max_bytes, depth=1)


@lru_cache(maxsize=1)
def _archive_bytes(path: str, modified: int) -> bytes:
    """The archive that is being read; one is kept, as its files are read one after the other."""
    return Path(path).read_bytes()


def _entries(load: Callable[[], bytes], outer: SourceFile, max_bytes: int, depth: int) -> Iterator[SourceFile]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(load()))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield _failed(
            outer, outer.source, ProblemKind.BROKEN,
            f"{outer.source} is a damaged ZIP archive ({error}). Pack it again and ingest it again.",
        )  # fmt: skip
        return
    if len(infos) > MOST_ENTRIES:
        message = f"{outer.source} holds {len(infos)} files, more than {MOST_ENTRIES}. Split it, or ingest the folder."
        yield _failed(outer, outer.source, ProblemKind.TOO_LARGE, message)
        return
    by_path = {_path(info.filename): info for info in infos}
    siblings: dict[str, list[str]] = {}
    for path in by_path:
        siblings.setdefault(PurePosixPath(path).parent.as_posix(), []).append(PurePosixPath(path).name)
    reader = _Reader(load, by_path, siblings, max_bytes)
    outer_settings = {**outer.folder_settings, **(outer.sidecar or {})}
    tree = SettingsTree(reader.settings, outer_settings)
    if len(by_path) < len(infos):
        message = f"{outer.source} holds several files under one name; only the last of each was read. Pack it again."
        yield _failed(outer, f"{outer.source}/", ProblemKind.BROKEN, message)
    for path in sorted(by_path):
        parts = PurePosixPath(path).parts
        folder = PurePosixPath(path).parent.as_posix()
        if any(is_skipped(part) for part in parts if part != ".."):
            continue
        if not is_settings_file(parts[-1], siblings[folder]):
            yield from _entry(by_path[path], path, outer, tree, reader, depth)
        elif is_orphan(parts[-1], siblings[folder]):
            yield orphan(f"{outer.source}/{_harmless(path)}")


class _Reader:
    """Reads single entries of one archive, never more than they may hold."""

    def __init__(
        self,
        load: Callable[[], bytes],
        entries: dict[str, zipfile.ZipInfo],
        siblings: dict[str, list[str]],
        max_bytes: int,
    ) -> None:
        self.load = load
        self._entries = entries
        self._siblings = siblings
        self.max_bytes = max_bytes

    def settings(self, path: str) -> bytes | None:
        """The bytes of a sidecar or folder file; None if there is none."""
        place = PurePosixPath(path)
        name = spelt(place.name, self._siblings.get(place.parent.as_posix(), ()))
        return self.read(place.with_name(name).as_posix()) if name is not None else None

    def read(self, path: str) -> bytes:
        """The bytes of an entry.

        Raises:
            UnreadableDocumentError: it is damaged, or unpacks to more than it says.
        """
        info = self._entries[path]
        try:
            with _opened(self).open(info) as stream:
                data = stream.read(self.max_bytes + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            message = f"{path} inside the archive is damaged ({error}). Pack the archive again."
            raise UnreadableDocumentError(Problem(kind=ProblemKind.BROKEN, message=message)) from error
        if len(data) > self.max_bytes:
            message = f"{path} inside the archive unpacks to more than {self.max_bytes // 1_000_000} MB."
            raise UnreadableDocumentError(Problem(kind=ProblemKind.TOO_LARGE, message=message))
        return data


def _entry(
    info: zipfile.ZipInfo, path: str, outer: SourceFile, tree: SettingsTree, reader: _Reader, depth: int
) -> Iterator[SourceFile]:
    source = f"{outer.source}/{path}"
    problem = _entry_problem(info, path, source, reader.max_bytes)
    if problem is not None:
        yield _failed(outer, f"{outer.source}/{_harmless(path)}", *problem)
        return
    file = with_settings(tree, path, source, info.file_size, outer.modified, lambda: reader.read(path))
    if file.problem is not None or not path.lower().endswith(".zip"):
        yield file
    elif depth < DEEPEST:
        try:
            _inner_archive(reader, path)
        except UnreadableDocumentError as error:
            yield _failed(outer, source, error.problem.kind, error.problem.message)
            return
        yield from _entries(lambda: _inner_archive(reader, path), file, reader.max_bytes, depth + 1)
    else:
        message = f"{source} lies more than one archive deep and was not read. Unpack the outer archive."
        yield _failed(outer, source, ProblemKind.UNSUPPORTED, message)


@lru_cache(maxsize=2)
def _opened(reader: _Reader) -> zipfile.ZipFile:
    """The archive of a reader, opened once for all its files; an archive and the one inside it are kept."""
    return zipfile.ZipFile(io.BytesIO(reader.load()))


@lru_cache(maxsize=1)
def _inner_archive(reader: _Reader, path: str) -> bytes:
    """The archive in an archive that is being read; only one is kept, however many there are."""
    return reader.read(path)


def _entry_problem(info: zipfile.ZipInfo, path: str, source: str, max_bytes: int) -> tuple[ProblemKind, str] | None:
    if ".." in PurePosixPath(path).parts or info.filename.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", path):
        return ProblemKind.BROKEN, (
            f"The archive holds a file whose name leads out of it ({info.filename!r}); it was not read. Do not trust"
            " this archive unless you know who made it."
        )
    if info.flag_bits & 0x1:
        return ProblemKind.ENCRYPTED, f"{source} is protected by a password. Pack the archive again without one."
    if info.file_size > max_bytes:
        return ProblemKind.TOO_LARGE, too_large(source, info.file_size, max_bytes).message
    if info.file_size > SMALLEST_BOMB and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
        return ProblemKind.TOO_LARGE, (
            f"{source} unpacks to {info.file_size // max(info.compress_size, 1)} times its size, as archives do that"
            " are made to fill up a disk; it was not read. Unpack it by hand if you trust it."
        )
    return None


def _failed(outer: SourceFile, source: str, kind: ProblemKind, message: str) -> SourceFile:
    problem = Problem(kind=kind, message=message)
    settings: dict[str, Any] = outer.folder_settings
    return SourceFile(source, 0, outer.modified, None, settings, outer.settings_hash, problem)


def _path(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").removeprefix("./")


def _harmless(path: str) -> str:
    return "/".join(part for part in PurePosixPath(path).parts if part not in ("..", "/"))

"""The files to ingest: single files, folder trees and ZIP archives, in a fixed order, with what is written beside them.

Nothing is unpacked to disk. A file that cannot be offered (an encrypted archive, a name that leaves its folder, a
sidecar that is no YAML) comes with a problem instead of content, so that it is reported and the others go on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from ragkit.documents.document import Problem, ProblemKind
from ragkit.documents.folder_settings import SettingsTree, is_orphan, is_settings_file, settings_hash, spelt
from ragkit.documents.parsed import UnreadableDocumentError
from ragkit.errors import DocumentError, SettingsError

_SKIPPED_NAMES = {"thumbs.db", "desktop.ini", "__macosx", "icon\r"}
_SKIPPED_SUFFIXES = (".tmp", ".swp", ".crdownload", ".part", ".css", ".js", ".map", ".woff", ".woff2", ".ttf", ".ico")
DEFAULT_MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class SourceFile:
    """A file that can be ingested.

    Attributes:
        source: its path relative to the ingested folder, with slashes ("nursing/iv-care.pdf"); for a single file its
            name; for a file in an archive ``archive.zip/inner/path.docx``.
        size: in bytes.
        modified: when it (or its archive) was last changed, in seconds since 1970; with ``size`` a quick check.
        sidecar: what the file's own sidecar says; None if it has none.
        folder_settings: what the folder files say, inner over outer.
        settings_hash: changes when the sidecar or the folder settings change.
        problem: why it cannot be read; None if nothing is known to be wrong.
    """

    source: str
    size: int
    modified: float
    sidecar: dict[str, Any] | None = None
    folder_settings: dict[str, Any] = field(default_factory=dict)
    settings_hash: str = ""
    problem: Problem | None = None
    content: Callable[[], bytes] | None = field(default=None, repr=False, compare=False)

    def read(self) -> bytes:
        """The file's bytes, read anew each time.

        Raises:
            UnreadableDocumentError: it has a problem, or cannot be read from the disk.
        """
        if self.problem is not None:
            raise UnreadableDocumentError(self.problem)
        try:
            return self.content() if self.content is not None else b""
        except OSError as error:
            message = f"{self.source} cannot be read ({error.strerror or error}). Check its permissions and try again."
            raise UnreadableDocumentError(Problem(kind=ProblemKind.BROKEN, message=message)) from error


def iter_sources(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, max_bytes: int = DEFAULT_MAX_BYTES
) -> Iterator[SourceFile]:
    """The files below the given paths, sorted by path.

    Args:
        paths: files, folders, archives. A folder file beside a single file holds for it, too.
        max_bytes: larger files are not read but reported.

    Yields:
        Files; hidden and temporary files, web assets, sidecars and folder files are left out.

    Raises:
        DocumentError: a path does not exist.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    for path in map(Path, given):
        if path.is_dir():
            yield from _folder(path, max_bytes)
        elif path.exists():
            tree = SettingsTree(_disk_reader(path.parent))
            yield from _file(path, path.name, tree, max_bytes)
        else:
            raise DocumentError(f"There is no file or folder {path}. Check the path.")


def too_large(source: str, size: int, max_bytes: int) -> Problem:
    """The problem of a file that is larger than the limit."""
    return Problem(
        kind=ProblemKind.TOO_LARGE,
        message=(
            f"{source} has {size / 1_048_576:.1f} MB, more than the {max_bytes / 1_048_576:.1f} MB allowed. Make it"
            " smaller (pictures!), split it, or raise max_file_megabytes."
        ),
    )


def orphan(source: str) -> SourceFile:
    """A sidecar without its document, to be reported: whoever wrote it meant it to hold."""
    message = (
        f"{source} is a sidecar, but no document of its name lies beside it, so what it says holds for nothing. Give it"
        " the whole name of its document and .yaml, as in iv-care.pdf.yaml, or delete it."
    )
    return SourceFile(source, 0, 0.0, problem=Problem(kind=ProblemKind.GOVERNANCE_CONFLICT, message=message))


def is_skipped(name: str) -> bool:
    """True for hidden, temporary and system files, and for what belongs to the looks of a web page."""
    lower = name.lower()
    return (
        lower.startswith((".", "~$", "~"))
        or lower in _SKIPPED_NAMES
        or lower.endswith(_SKIPPED_SUFFIXES)
        or lower.endswith("~")
    )


def with_settings(
    tree: SettingsTree, path: str, source: str, size: int, modified: float, content: Callable[[], bytes]
) -> SourceFile:
    """A source file with its sidecar and folder settings; with a problem if one of them cannot be read."""
    folder = PurePosixPath(path).parent.as_posix()
    try:
        settings = tree.folder("" if folder == "." else folder)
        sidecar = tree.sidecar(path)
    except SettingsError as error:
        message = f"{source} was not read, because who may read it and since when is not known: {error}"
        problem = Problem(kind=ProblemKind.GOVERNANCE_CONFLICT, message=message)
        return SourceFile(
            source, size, modified, problem=problem, settings_hash=settings_hash(None, {"error": str(error)})
        )
    return SourceFile(source, size, modified, sidecar, settings, settings_hash(sidecar, settings), content=content)


def _folder(top: Path, max_bytes: int) -> Iterator[SourceFile]:
    tree = SettingsTree(_disk_reader(top))
    failures: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not is_skipped(name))
        for name in sorted(names):
            path = Path(folder) / name
            source = path.relative_to(top).as_posix()
            if is_skipped(name) or not path.is_file():
                continue
            if not is_settings_file(name, names):
                yield from _file(path, source, tree, max_bytes)
            elif is_orphan(name, names):
                yield orphan(source)
    for failure in failures:
        source = Path(str(failure.filename)).relative_to(top).as_posix() if failure.filename else top.name
        message = f"The folder {source} cannot be listed ({failure.strerror}). Check its permissions and try again."
        yield SourceFile(source, 0, 0.0, problem=Problem(kind=ProblemKind.BROKEN, message=message))


def _file(path: Path, source: str, tree: SettingsTree, max_bytes: int) -> Iterator[SourceFile]:
    from ragkit.documents.archives import is_archive, iter_archive

    state = path.stat()
    file = with_settings(tree, source, source, state.st_size, state.st_mtime, path.read_bytes)
    if file.problem is None and is_archive(path):
        yield from iter_archive(path, file, max_bytes)
    elif file.problem is None and state.st_size > max_bytes:
        yield replace(file, problem=too_large(source, state.st_size, max_bytes), content=None)
    else:
        yield file


def _disk_reader(top: Path) -> Callable[[str], bytes | None]:
    @cache
    def names_in(folder: Path) -> tuple[str, ...]:
        return tuple(path.name for path in folder.iterdir())

    def read(path: str) -> bytes | None:
        place = top / path
        try:
            name = spelt(place.name, names_in(place.parent))
            return place.with_name(name).read_bytes() if name is not None else None
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise SettingsError(f"{path} cannot be read ({error.strerror}). Check its permissions.") from error

    return read

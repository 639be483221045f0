"""The knowledge base that is asked: an existing one, or one made of the documents in the cache folder."""

from __future__ import annotations

import glob
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragkit.errors import EvaluationError
from ragkit.evaluation.configuration import KnowledgeBaseConfiguration
from ragkit.evaluation.running.source_hash import reading_hash
from ragkit.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    from ragkit.ingestion.report import IngestProgress

OnIngest = Callable[["IngestProgress"], None]


@contextmanager
def opened(
    configuration: KnowledgeBaseConfiguration,
    cache: Path,
    *,
    on_progress: OnIngest | None = None,
    on_remark: Callable[[str], None] = lambda remark: None,
) -> Iterator[KnowledgeBase]:
    """The knowledge base of a configuration, up to date with its documents.

    Args:
        configuration: what is asked.
        cache: the folder in which a knowledge base of documents is made, and kept for the next time. It is made anew
            when any file, or the code that reads files, has changed: a document that was deleted, or an older version
            that the file held before, must not answer.
        on_progress: called after each file.
        on_remark: called with what a person should know, such as files that could not be read.

    Raises:
        EvaluationError: there is no such knowledge base or folder, or neither is named.
        RagkitError: what opening and ingesting raise.
    """
    if (configuration.path is None) == (not configuration.documents):
        raise EvaluationError("Name either `path` (a knowledge base) or `documents` (folders) under [knowledge_base].")
    if configuration.path is not None:
        if not configuration.path.is_dir():
            raise EvaluationError(
                f"There is no knowledge base at {configuration.path}; make one: ragkit ingest PATH --kb "
                f"{configuration.path}, or name `documents`."
            )
        with KnowledgeBase.open(
            configuration.path,
            read_only=True,
            access=configuration.access,
            settings=configuration.settings,
            deployment=configuration.deployment,
        ) as kb:
            yield kb
        return
    folders = _folders(configuration)
    with KnowledgeBase.open(
        _place(configuration, folders, cache),
        access=configuration.access,
        settings=configuration.settings,
        deployment=configuration.deployment,
    ) as kb:
        for folder, site in folders.items():
            report = kb.ingest(folder, site=site, on_progress=on_progress)
            for failed in report.failed:
                on_remark(f"{failed.source} could not be read: {failed.reason}")
        yield kb


def _folders(configuration: KnowledgeBaseConfiguration) -> dict[Path, str | None]:
    """The folders (or files) to ingest, each with its site."""
    folders: dict[Path, str | None] = {}
    for pattern in configuration.documents:
        written = str(pattern)
        found = sorted(glob.glob(written)) if glob.has_magic(written) and not pattern.exists() else [written]  # noqa: PTH207
        existing = [Path(path) for path in found if Path(path).exists()]
        if not existing:
            raise EvaluationError(f"There are no documents at {written}; correct `documents` under [knowledge_base].")
        for folder in existing:
            named = configuration.sites.get(written, configuration.sites.get(str(folder)))
            folders[folder] = named or (folder.name if configuration.site_per_folder else None)
    return folders


def _place(configuration: KnowledgeBaseConfiguration, folders: dict[Path, str | None], cache: Path) -> Path:
    """The knowledge base's folder in the cache; those made of other contents or by other code are removed."""
    settings = configuration.settings.model_dump_json() if configuration.settings else ""
    what = json.dumps([[[str(folder.resolve()), site] for folder, site in folders.items()], settings])
    name = hashlib.sha256(what.encode()).hexdigest()[:12]
    contents = hashlib.sha256("\n".join([reading_hash(), *_contents(folders)]).encode()).hexdigest()[:12]
    wanted = cache / f"{name}-{contents}.kb"
    for other in cache.glob(f"{name}-*.kb"):
        if other != wanted:
            shutil.rmtree(other, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    return wanted


def _contents(folders: Iterable[Path]) -> Iterator[str]:
    """Every file with the hash of its contents."""
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            yield f"{path.relative_to(folder.parent)} {hashlib.sha256(path.read_bytes()).hexdigest()}"

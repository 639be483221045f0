"""The knowledge base's folder: is it there, whole, readable, free, and made with the model that the settings name?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ragkit.doctor.area import Area
from ragkit.doctor.finding import Finding
from ragkit.egress.policy import EgressPolicy
from ragkit.errors import StoreError, StoreLockedError
from ragkit.settings import Settings
from ragkit.store.database import FILE_NAME, SCHEMA_VERSION
from ragkit.store.locking import LOCK_NAME, WriterLock
from ragkit.store.store import Store

_AREA = Area("knowledge base")
_LEAST_BYTES = 100_000_000
_SPARE_BYTES = 1_000_000_000


def stored_settings(folder: Path) -> Settings:
    """The settings the knowledge base was made with; the defaults where they cannot be read."""
    try:
        with Store.open(folder, read_only=True) as store:
            recorded = store.recorded("settings")
            return Settings.model_validate_json(recorded) if recorded else Settings()
    except (StoreError, ValueError):
        return Settings()


def examine_knowledge_base(folder: Path, policy: EgressPolicy) -> Iterator[Finding]:
    """Looks at a knowledge base and changes nothing in it.

    Args:
        folder: the knowledge base's folder.
        policy: what an embedding model behind a server may reach. It is not asked here.
    """
    if not (folder / FILE_NAME).is_file():
        yield _AREA.failed("folder", f"there is no knowledge base at {folder}", f"ragkit ingest PATH --kb {folder}")
        return
    yield from _AREA.run("store", lambda: _store(folder, policy))
    yield from _AREA.run("writing", lambda: _writing(folder))
    yield from _AREA.run("disk space", lambda: _space(folder))


def _store(folder: Path, policy: EgressPolicy) -> Iterator[Finding]:
    with Store.open(folder, read_only=True) as store:
        yield _AREA.ok("store", f"opened; schema {SCHEMA_VERSION}, revision {store.revision}")
        report = store.quick_check()
        for problem in report.problems:
            yield _AREA.failed("whole", problem.message)
        held = f"{report.versions} document version(s) with {report.chunks} passage(s)"
        if report.clean and report.versions:
            yield _AREA.ok("whole", f"{held}; quick check passed ('ragkit check' is the thorough one)")
        elif report.clean:
            yield _AREA.warning("whole", "it is whole, and empty", f"ragkit ingest PATH --kb {folder}")
        yield from _AREA.run("model", lambda: _model(store, policy))


def _model(store: Store, policy: EgressPolicy) -> Iterator[Finding]:
    from ragkit.embedding.factory import build_embedder

    recorded = store.recorded("settings")
    settings = Settings.model_validate_json(recorded) if recorded else Settings()
    stored = store.embedding_fingerprint()
    if stored is None:
        yield _AREA.ok("model", "no vectors are stored yet")
    elif stored == build_embedder(settings, policy).fingerprint:
        yield _AREA.ok("model", f"stored vectors are of the model that the settings name ({settings.embedding_model})")
    else:
        yield _AREA.failed(
            "model",
            f"the stored vectors are not of the model that the settings name ({settings.embedding_model})",
            "ragkit rebuild embeds them anew. If they were made with embedding=..., pass it wherever the knowledge base"
            " is opened; the command line cannot.",
        )


def _writing(folder: Path) -> Iterator[Finding]:
    parts = [folder, folder / FILE_NAME]
    if not all(os.access(part, os.W_OK) for part in parts):
        yield _AREA.warning(
            "writing",
            "this user may read it, and not write there",
            "Enough for asking. To ingest, give this user the right to write in the folder.",
        )
        return
    if (folder / LOCK_NAME).exists():
        try:
            with WriterLock(folder).held():
                pass
        except StoreLockedError as error:
            yield _AREA.warning("writing", "somebody is writing to it now", str(error))
            return
    yield _AREA.ok("writing", "this user may write there, and nobody is writing now")


def _space(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    held = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    found = f"{_size(free)} free; the knowledge base takes {_size(held)}"
    advice = "Free some space: ingesting and purging write a second copy for a while."
    if free < _LEAST_BYTES:
        yield _AREA.failed("disk space", found, advice)
    elif free < max(_SPARE_BYTES, 2 * held):
        yield _AREA.warning("disk space", found, advice)
    else:
        yield _AREA.ok("disk space", found)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"

"""A process killed at any step leaves the old or the new version answering, whole, and nothing to mend by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ragkit.store.store import Store

from .policies import all_keys, found_texts, policy, put, vector_of

OLD = ["Assess every 12 hours.", "Assess other every 12 hours."]
NEW = ["Assess every 4 hours.", "Assess other every 12 hours."]


def killed(folder: Path, action: str, step: str, *, damage: str = "") -> None:
    """A knowledge base whose writer was killed; before that, the named file in Chroma's folder was overwritten."""
    with Store.open(folder) as store, store.writing():
        put(store, policy("iv", "Assess every 12 hours."))
        put(store, policy("other", "Assess other every 12 hours."))
    if damage:
        (folder / "chroma" / damage).write_bytes(b"garbage" * 999)
    script = Path(__file__).with_name("killed_writer.py")
    done = subprocess.run([sys.executable, str(script), str(folder), action, step], check=False)
    assert done.returncode == -signal.SIGKILL


def nearest_documents(store: Store) -> set[str]:
    names = {row.version_key: row.document_id for row in store.versions()}
    return {names[hit.version_key] for hit in store.dense_search(vector_of("x"), all_keys(store), 50)}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("retire the replaced version", OLD),
        ("insert the version", OLD),
        ("insert the vectors", OLD),
        ("insert the chunks", OLD),
        ("index the chunks", OLD),
        ("commit", OLD),
        ("committed", NEW),
        ("delete from chroma", NEW),
        ("note what chroma deleted", NEW),
        ("add to chroma", NEW),
        ("note what chroma added", NEW),
    ],
)
def test_after_a_kill_while_storing_the_old_or_the_new_version_answers_whole(
    folder: Path, step: str, expected: list[str]
) -> None:
    killed(folder, "put", step)
    with Store.open(folder) as store:
        assert sorted(found_texts(store, "assess")) == sorted(expected)
        assert nearest_documents(store) == {"iv", "other"}
        assert len(store.versions()) == 2
        report = store.check()
        assert report.clean, report.summary()
        assert bool(report.mended) == (expected is NEW)
        put(store, policy("iv", "Assess every hour."))
        assert "Assess every hour." in found_texts(store, "assess")
        assert store.check().clean


def test_what_was_committed_before_a_kill_in_a_longer_run_is_there(folder: Path) -> None:
    killed(folder, "long run", "")
    with Store.open(folder) as store:
        assert sorted(found_texts(store, "assess")) == sorted(NEW)
        assert store.check().clean


@pytest.mark.parametrize(
    "step",
    [
        "delete the purged vectors",
        "delete the chroma folder",
        "fill the chroma folder",
        "note what chroma added",
        "overwrite the deleted text",
    ],
)
def test_after_a_kill_during_a_purge_the_next_check_finishes_it(folder: Path, step: str) -> None:
    killed(folder, "purge", step)
    with Store.open(folder) as store:
        assert found_texts(store, "assess") == ["Assess other every 12 hours."]
        report = store.check()
        assert report.clean
        assert "An interrupted purge was finished." in report.mended
    purged = b"Assess every 12 hours."
    assert [path for path in folder.rglob("*") if path.is_file() and purged in path.read_bytes()] == []


@pytest.mark.parametrize("step", ["delete the chroma folder", "fill the chroma folder", "note what chroma added"])
def test_after_a_kill_during_a_repair_the_next_check_finishes_it(folder: Path, step: str) -> None:
    killed(folder, "repair", step, damage="chroma.sqlite3")
    with Store.open(folder) as store:
        assert sorted(found_texts(store, "assess")) == sorted(OLD)
        report = store.check()
        assert report.clean
        assert report.mended

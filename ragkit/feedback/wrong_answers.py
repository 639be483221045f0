"""Answers that somebody found wrong, kept for the people who look after the knowledge base."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from ragkit.answering.answer import Answer
from ragkit.errors import SettingsError, StoreError
from ragkit.privacy.redaction import redacted

FOLDER = "wrong-answers"


def keep_wrong_answer(folder: Path, answer: Answer, reason: str, *, as_asked: bool = False) -> Path:
    """Writes the answer, what is wrong with it and when it was reported into a file of its own.

    Patient identifiers that ragkit finds in the question and the reason are taken out: what went wrong was an answer
    to the question without them.

    Args:
        folder: the knowledge base's folder.
        answer: as it was shown.
        reason: what is wrong, in the person's words.
        as_asked: keep question and reason as they were written.

    Returns:
        The JSON file.

    Raises:
        SettingsError: ``reason`` is blank.
        StoreError: the folder cannot be written.
    """
    if not reason.strip():
        raise SettingsError("Say in a few words what is wrong with the answer.")
    now = datetime.now(UTC)
    kept = answer.model_dump(mode="json")
    if not as_asked:
        kept["question"], reason = redacted(answer.question).text, redacted(reason).text
    record = {"reported_at": now.isoformat(timespec="seconds"), "reason": reason.strip()}
    path = folder / FOLDER / f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.json"
    try:
        path.parent.mkdir(exist_ok=True)
        written = json.dumps({**record, "answer": kept}, indent=2, ensure_ascii=False)
        path.write_text(written, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"The report cannot be written to {path.parent}: {error.strerror}.") from error
    return path


def forget_document(folder: Path, document_id: str, version: str | None = None) -> int:
    """Takes a document's words out of the reports that hold them, for a purge; reason, question and status stay.

    A report holds words of every document that was considered for its answer: caveats quote documents that are not
    cited. A report that cannot be read is deleted, since nobody can say what it holds.

    Args:
        folder: the knowledge base's folder.
        document_id: the document that is purged.
        version: the version of it; None for all.

    Returns:
        How many reports were changed.

    Raises:
        StoreError: a report cannot be written.
    """
    changed = 0
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            record = _read(path)
            if record is not None and not _concerns(record["answer"], document_id, version):
                continue
            changed += 1
            _overwrite(path, _without_words(record, document_id) if record is not None else None)
        except OSError as error:
            raise StoreError(
                f"{path} holds words of {document_id} and cannot be changed: {error.strerror}. Delete it by hand."
            ) from error
    return changed


def _read(path: Path) -> dict[str, Any] | None:
    """The report; None if it is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    whole = isinstance(record, dict) and isinstance(record.get("answer"), dict)
    return record if whole else None


def _concerns(answer: dict[str, Any], document_id: str, version: str | None) -> bool:
    cited = {(citation["document_id"], citation["version"]) for citation in answer.get("citations", ())}
    considered = {(passage[0], passage[1]) for passage in answer.get("trace", {}).get("passages", ())}
    return any(name == document_id and version in (None, label) for name, label in cited | considered)


def _without_words(record: dict[str, Any], document_id: str) -> dict[str, Any]:
    answer = record["answer"]
    kept = {"question": answer.get("question"), "status": answer.get("status")}
    return {**record, "answer": kept, "purged": [*record.get("purged", ()), document_id]}


def _overwrite(path: Path, record: dict[str, Any] | None) -> None:
    """Writes over the old words before the file gives their place on the disk back."""
    with path.open("r+b") as stream:
        stream.write(bytes(path.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())
    if record is None:
        path.unlink()
    else:
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False), encoding="utf-8")

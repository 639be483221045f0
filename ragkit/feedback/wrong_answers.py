"""Answers that somebody found wrong, kept for the people who look after the knowledge base."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from ragkit.answering.answer import Answer
from ragkit.errors import SettingsError, StoreError

FOLDER = "wrong-answers"


def keep_wrong_answer(folder: Path, answer: Answer, reason: str) -> Path:
    """Writes the answer, what is wrong with it and when it was reported into a file of its own.

    Args:
        folder: the knowledge base's folder.
        answer: as it was shown.
        reason: what is wrong, in the person's words.

    Returns:
        The JSON file.

    Raises:
        SettingsError: ``reason`` is blank.
        StoreError: the folder cannot be written.
    """
    if not reason.strip():
        raise SettingsError("Say in a few words what is wrong with the answer.")
    now = datetime.now(UTC)
    record = {"reported_at": now.isoformat(timespec="seconds"), "reason": reason.strip()}
    path = folder / FOLDER / f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.json"
    try:
        path.parent.mkdir(exist_ok=True)
        written = json.dumps({**record, "answer": answer.model_dump(mode="json")}, indent=2, ensure_ascii=False)
        path.write_text(written, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"The report cannot be written to {path.parent}: {error.strerror}.") from error
    return path

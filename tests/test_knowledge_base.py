"""The knowledge base's own part: days, reports of wrong answers; the main job is in ``end_to_end``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.errors import SettingsError
from tests.retrieval.library import WordVectors

SHARPS = """---
title: Sharps
reference_number: SH-12
effective_date: 2024-03-01
---

Dispose of sharps at once in the yellow box. Fill the box to 3/4 — never above “the line”.
"""


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "sharps.md").write_text(SHARPS, encoding="utf-8")
    with KnowledgeBase.open(tmp_path / "house.kb", access="open", embedding=WordVectors()) as kb:
        kb.ingest(tmp_path / "policies")
        yield kb


@pytest.mark.parametrize(
    "day", [date(2024, 3, 1), datetime(2024, 3, 1, 23, 59), datetime(2024, 3, 1, tzinfo=UTC), "2024-03-01"]
)
def test_a_day_may_be_given_as_a_date_a_time_or_words(kb: KnowledgeBase, day: date | str) -> None:
    assert [passage.title for passage in kb.search("sharps box", as_of=day)] == ["Sharps"]
    assert [row.in_force for row in kb.documents(as_of=day)] == [True]


@pytest.mark.parametrize("day", ["next week", "2024-13-01", 20240301])
def test_what_is_no_day_is_refused(kb: KnowledgeBase, day: str) -> None:
    with pytest.raises(SettingsError, match="2026-01-31"):
        kb.search("sharps box", as_of=day)


def test_a_report_of_a_wrong_answer_is_utf_8_whatever_the_machine_s_own_encoding_is(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str | None] = []
    write_text = Path.write_text

    def noting(path: Path, data: str, encoding: str | None = None) -> int:
        given.append(encoding)
        return write_text(path, data, encoding="utf-8")

    answer = kb.ask("Where do sharps go — the “yellow box”?")
    monkeypatch.setattr(Path, "write_text", noting)
    path = kb.report_wrong_answer(answer, "“3/4” is wrong — see the box")
    assert given == ["utf-8"]
    assert json.loads(path.read_text(encoding="utf-8"))["answer"] == answer.model_dump(mode="json")

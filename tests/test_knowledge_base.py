"""The knowledge base's own part: days, reports of wrong answers; the main job is in ``end_to_end``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.deployment.deployment import CacheSettings, Deployment, ProviderSettings
from ragkit.errors import SettingsError
from ragkit.feedback.wrong_answers import forget_document
from ragkit.language_models.base import ChatRequest, Message
from ragkit.language_models.cache import ReplyCache
from ragkit.language_models.reading import ModelReply
from ragkit.language_models.sealing import Plain
from ragkit.language_models.tokens import Usage
from ragkit.settings import Settings
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


def test_a_purge_takes_the_words_out_of_reports_of_wrong_answers_too(kb: KnowledgeBase) -> None:
    answer = kb.ask("Where are sharps disposed of?")
    assert answer.citations
    path = kb.report_wrong_answer(answer, "the box is blue")
    [row] = kb.documents()
    kb.purge(row.document_id)
    report = path.read_text(encoding="utf-8")
    assert "yellow" not in report
    assert row.title not in report
    kept = json.loads(report)
    assert kept["reason"] == "the box is blue"
    assert kept["answer"] == {"question": answer.question, "status": "answered"}
    assert kept["purged"] == [row.document_id]


def test_a_purge_throws_away_what_language_models_replied(kb: KnowledgeBase, tmp_path: Path) -> None:
    [row] = kb.documents()
    provider = ProviderSettings(name="one", model="m")
    request = ChatRequest((Message("user", "Where do sharps go?"),), "compose", cache_text="Where do sharps go?")
    replies = ReplyCache(tmp_path / "replies", Plain(), days=1, megabytes=1)
    replies.keep(request, provider, ModelReply("Into the yellow box.", Usage(1, 1)))
    deployment = Deployment(cache=CacheSettings(folder=tmp_path / "replies"))
    kb.close()
    with KnowledgeBase.open(tmp_path / "house.kb", embedding=WordVectors(), deployment=deployment) as base:
        base.purge(row.document_id)

    assert replies.find(request, provider) is None
    replies.close()
    assert not [path for path in (tmp_path / "replies").iterdir() if b"yellow" in path.read_bytes()]


def test_a_purge_leaves_reports_on_other_documents_alone(kb: KnowledgeBase, tmp_path: Path) -> None:
    other = tmp_path / "more"
    other.mkdir()
    (other / "gowns.md").write_text("# Gowns\n\nPut on a gown before you enter.\n", encoding="utf-8")
    path = kb.report_wrong_answer(kb.ask("Where are sharps disposed of?"), "the box is blue")
    before = path.read_bytes()
    kb.ingest(other)
    [gowns] = [row for row in kb.documents() if row.title == "Gowns"]
    kb.purge(gowns.document_id)
    assert path.read_bytes() == before


def test_a_purge_of_one_version_leaves_reports_on_the_others_and_deletes_what_nobody_can_read(
    kb: KnowledgeBase,
) -> None:
    path = kb.report_wrong_answer(kb.ask("Where are sharps disposed of?"), "the box is blue")
    torn = path.with_name("torn.json")
    torn.write_bytes(path.read_bytes()[:-20])
    [row] = kb.documents()
    before = path.read_bytes()
    assert forget_document(path.parents[1], row.document_id, "another") == 1
    assert path.read_bytes() == before
    assert not torn.exists()
    assert forget_document(path.parents[1], row.document_id, row.version) == 1
    assert "yellow" not in path.read_text(encoding="utf-8")


def test_where_the_answerer_fails_what_was_found_is_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "ports.md").write_text("# Ports\n\nFlush the port every 8 hours.\n")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("flush the port")

    with KnowledgeBase.open(tmp_path / "kb", access="open") as kb:
        kb.ingest(tmp_path / "p")
        monkeypatch.setattr("ragkit.knowledge_base.lay_groundwork", broken)
        answer = kb.ask("How often is the port flushed?")
    assert answer.status == "insufficient_evidence"
    assert any("every 8 hours" in citation.quote for citation in answer.evidence)


def test_the_small_models_judge_the_lines_where_the_settings_say_so_and_the_trace_says_how_many(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    question = "Where are sharps disposed of?"
    plain = kb.ask(question)
    assert plain.trace.judged is None
    assert not [name for name in plain.trace.signals if name.startswith("judged_")]
    on = Settings(cross_encoder="shipped")
    with KnowledgeBase.open(tmp_path / "house.kb", access="open", embedding=WordVectors(), settings=on) as judging:
        answer = judging.ask(question)
        assert answer.trace.judged is not None
        assert answer.trace.judged.judged == answer.trace.judged.asked > 0
        assert "judged_answerability" in answer.trace.signals
        assert answer.trace.configuration != plain.trace.configuration
        assert judging.fingerprint() != kb.fingerprint()

"""Every question is asked under its own circumstances, cached by all that its answer depends on, and never lost."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ragkit import KnowledgeBase
from ragkit.answering.answer import AnswerStatus
from ragkit.errors import QuestionError
from ragkit.evaluation.configuration import EvaluationConfiguration
from ragkit.evaluation.questions.question import QuestionSet
from ragkit.evaluation.questions.reading import load_question_set
from ragkit.evaluation.record import Record
from ragkit.evaluation.running import runner
from ragkit.evaluation.running.cache import FILE
from ragkit.evaluation.running.runner import Run, RunProgress, run_set
from tests.evaluation.hospital import QUESTIONS, write_hospital


@pytest.fixture
def questions(tmp_path: Path) -> QuestionSet:
    path = tmp_path / "questions.yaml"
    path.write_text(QUESTIONS, encoding="utf-8")
    return load_question_set(path)


@pytest.fixture
def configuration(tmp_path: Path) -> EvaluationConfiguration:
    return EvaluationConfiguration.model_validate(
        {
            "knowledge_base": {},
            "questions": {"files": ["questions.yaml"]},
            "run": {"cache": tmp_path / "cache", "search_depth": 4},
            "gate": {"reasked": 2},
        }
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The questions that reached the knowledge base."""
    reached: list[str] = []
    ask = KnowledgeBase.ask

    def counted(kb: KnowledgeBase, question: str, **options: Any) -> Any:
        reached.append(question)
        return ask(kb, question, **options)

    monkeypatch.setattr(KnowledgeBase, "ask", counted)
    yield reached


def by_key(run: Run) -> dict[str, Record]:
    return {record.key: record for record in run.records}


def test_records_come_in_the_order_of_the_set_each_variant_after_its_question(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    run = run_set(hospital, questions, configuration)
    assert [record.key for record in run.records] == [
        "flush", "flush~typos-1", "flush-then", "blood-return", "alarm", "ampoule", "ampoule-staff", "parking",
    ]  # fmt: skip
    assert not any(record.error for record in run.records)
    without = configuration.model_copy(
        update={"questions": configuration.questions.model_copy(update={"variants": False})}
    )
    assert "flush~typos-1" not in by_key(run_set(hospital, questions, without))


def test_each_question_is_asked_for_its_own_day_site_and_person(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    records = by_key(run_set(hospital, questions, configuration))
    assert "8 hours" in records["flush"].answer.text and "12 hours" in records["flush-then"].answer.text  # type: ignore[union-attr]
    assert records["flush-then"].answer.citations[0].version == "2020-01-01"  # type: ignore[union-attr]
    assert records["ampoule"].answer.status is AnswerStatus.ANSWERED  # type: ignore[union-attr]
    assert records["ampoule-staff"].answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE  # type: ignore[union-attr]
    assert {passage.source for passage in records["ampoule-staff"].passages}.isdisjoint({"pharmacy/diversion.md"})


def test_passages_are_recorded_to_the_depth_asked_for_and_not_for_variants(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    records = by_key(run_set(hospital, questions, configuration))
    assert 1 <= len(records["flush"].passages) <= 4
    assert records["flush~typos-1"].passages == () and records["flush~typos-1"].answer is not None


def test_every_citation_has_its_facts(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    for record in run_set(hospital, questions, configuration).records:
        assert record.answer is not None
        assert [fact.number for fact in record.facts] == [citation.number for citation in record.answer.citations]
        assert all(fact.resolves and fact.in_force and fact.permitted and fact.at_site for fact in record.facts)


def test_an_error_becomes_part_of_its_record_and_the_run_goes_on(
    hospital: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask = KnowledgeBase.ask

    def failing(kb: KnowledgeBase, question: str, **options: Any) -> Any:
        if "parking" in question:
            raise QuestionError("no such thing")
        if "alarm" in question:
            raise RuntimeError("a defect")
        return ask(kb, question, **options)

    monkeypatch.setattr(KnowledgeBase, "ask", failing)
    run = run_set(hospital, questions, configuration)
    errors = {record.key: record.error for record in run.records if record.error}
    assert errors == {"alarm": "RuntimeError: a defect", "parking": "QuestionError: no such thing"}
    monkeypatch.setattr(KnowledgeBase, "ask", ask)
    assert not any(record.error for record in run_set(hospital, questions, configuration).records), (
        "errors are not kept"
    )


def test_a_search_that_fails_fails_the_question_though_it_was_answered(
    hospital: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*arguments: Any, **options: Any) -> Any:
        raise ValueError("broken index")

    monkeypatch.setattr(KnowledgeBase, "search", failing)
    record = by_key(run_set(hospital, questions, configuration))["flush"]
    assert record.error == "ValueError: broken index" and record.answer is not None


def test_a_second_run_takes_the_answers_from_the_cache_and_proves_some_of_them(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration, asked: list[str]
) -> None:
    first = run_set(hospital, questions, configuration)
    assert (first.from_cache, len(asked)) == (0, 8)
    second = run_set(hospital, questions, configuration)
    assert (second.from_cache, second.reasked, second.stale, len(asked)) == (8, 2, (), 10)
    assert [record.answer.text for record in second.records] == [record.answer.text for record in first.records]  # type: ignore[union-attr]
    assert [record.facts for record in second.records] == [record.facts for record in first.records]
    assert run_set(hospital, questions, configuration, use_cache=False).from_cache == 0
    assert len(asked) == 18


def test_other_gold_is_used_with_the_cached_answer(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration, asked: list[str]
) -> None:
    run_set(hospital, questions, configuration)
    edited = questions.questions[0].model_copy(update={"must_have": ("nine hours",)})
    again = run_set(hospital, QuestionSet(questions=(edited,), today=questions.today), configuration)
    assert again.records[0].question.must_have == ("nine hours",) and again.from_cache == 2


@pytest.mark.parametrize("change", ["documents", "code", "day", "depth", "words", "roles", "site"])
def test_whatever_an_answer_depends_on_makes_the_cached_one_invalid(
    tmp_path: Path,
    hospital: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    one = QuestionSet(questions=questions.questions[2:3], today=questions.today)
    run_set(hospital, one, configuration)
    assert run_set(hospital, one, configuration).from_cache == 1
    [question] = one.questions
    changed = {
        "day": question.model_copy(update={"as_of": date(2021, 1, 2)}),
        "words": question.model_copy(update={"question": question.question + " "}),
        "roles": question.model_copy(update={"roles": ("nurse",)}),
        "site": question.model_copy(update={"site": "east"}),
    }
    if change in changed:
        one = QuestionSet(questions=(changed[change],), today=questions.today)
    if change == "depth":
        shallow = configuration.run.model_copy(update={"search_depth": 3})
        configuration = configuration.model_copy(update={"run": shallow})
    if change == "code":
        monkeypatch.setattr(runner, "code_hash", lambda: "other code")
    if change == "documents":
        with KnowledgeBase.open(tmp_path / "other.kb") as other:
            other.ingest(write_hospital(tmp_path / "other", hours=6))
            assert run_set(other, one, configuration).from_cache == 0
        return
    assert run_set(hospital, one, configuration).from_cache == 0


def test_a_stale_cache_is_reported_and_emptied(
    hospital: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_set(hospital, questions, configuration)
    ask = KnowledgeBase.ask

    def changed(kb: KnowledgeBase, question: str, **options: Any) -> Any:
        answer = ask(kb, question, **options)
        return answer.model_copy(update={"text": answer.text + " Always."})

    monkeypatch.setattr(KnowledgeBase, "ask", changed)
    stale = run_set(hospital, questions, configuration)
    assert len(stale.stale) == stale.reasked == 2
    assert any("came out differently" in remark and "emptied" in remark for remark in stale.remarks)
    assert run_set(hospital, questions, configuration).from_cache == 0


def test_an_interrupted_run_goes_on_where_it_stopped(
    hospital: KnowledgeBase,
    questions: QuestionSet,
    configuration: EvaluationConfiguration,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    single = configuration.model_copy(update={"run": configuration.run.model_copy(update={"workers": 1})})
    ask, waiting_dropped = KnowledgeBase.ask, Event()

    class ReportingExecutor(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            waiting_dropped.set()
            super().shutdown(wait=wait)

    def slow_after_three(kb: KnowledgeBase, question: str, **options: Any) -> Any:
        if len(asked) >= 3:
            waiting_dropped.wait(timeout=60)
        return ask(kb, question, **options)

    def stop(progress: RunProgress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(runner, "ThreadPoolExecutor", ReportingExecutor)
    monkeypatch.setattr(KnowledgeBase, "ask", slow_after_three)
    with pytest.raises(KeyboardInterrupt):
        run_set(hospital, questions, single, stop)
    assert len(asked) == 4
    resumed = run_set(hospital, questions, single)
    assert resumed.from_cache >= 3 and len(resumed.records) == 8 and resumed.stale == ()


def test_progress_counts_up_to_all_records(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    steps: list[RunProgress] = []
    run_set(hospital, questions, configuration, steps.append)
    assert [step.done for step in steps] == list(range(1, 9)) and {step.total for step in steps} == {8}
    steps.clear()
    run_set(hospital, questions, configuration, steps.append)
    assert [step.done for step in steps] == [6, 7, 8]


def test_damaged_entries_are_left_out_with_a_remark(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration, asked: list[str]
) -> None:
    run_set(hospital, questions, configuration)
    with sqlite3.connect(configuration.run.cache / FILE) as database:
        rows = database.execute("SELECT key, contents FROM entries ORDER BY rowid").fetchall()
        database.execute("UPDATE entries SET contents = ? WHERE key = ?", (rows[0][1][:-9], rows[0][0]))
        database.execute("UPDATE entries SET contents = ? WHERE key = ?", (rows[2][1], rows[1][0]))
    database.close()
    again = run_set(hospital, questions, configuration)
    assert again.from_cache == 6 and again.stale == ()
    assert sum("was damaged and is asked anew" in remark for remark in again.remarks) == 2


def test_an_answer_that_was_altered_is_not_used_though_it_can_be_read(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    key = by_key(run_set(hospital, questions, configuration))["flush"].cache_key
    with sqlite3.connect(configuration.run.cache / FILE) as database:
        [(contents,)] = database.execute("SELECT contents FROM entries WHERE key = ?", (key,)).fetchall()
        altered = zlib.compress(zlib.decompress(contents).replace(b"8 hours", b"9 hours"))
        database.execute("UPDATE entries SET contents = ? WHERE key = ?", (altered, key))
    database.close()
    again = run_set(hospital, questions, configuration)
    assert again.from_cache == 7 and "8 hours" in by_key(again)["flush"].answer.text  # type: ignore[union-attr]


def test_the_answer_for_another_day_is_not_used_though_the_words_asked_are_the_same(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    records = by_key(run_set(hospital, questions, configuration))
    now, then = records["flush"].cache_key, records["flush-then"].cache_key
    with sqlite3.connect(configuration.run.cache / FILE) as database:
        database.execute("DELETE FROM entries WHERE key = ?", (now,))
        database.execute("UPDATE entries SET key = ? WHERE key = ?", (now, then))
    database.close()
    again = run_set(hospital, questions, configuration)
    assert again.from_cache == 6 and any("damaged" in remark for remark in again.remarks)
    assert "8 hours" in by_key(again)["flush"].answer.text  # type: ignore[union-attr]


def test_a_cache_file_that_is_no_database_is_replaced(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    configuration.run.cache.mkdir()
    (configuration.run.cache / FILE).write_bytes(b"not a database" * 1000)
    run = run_set(hospital, questions, configuration)
    assert len(run.records) == 8 and any("all questions are asked anew" in remark for remark in run.remarks)
    assert run_set(hospital, questions, configuration).from_cache == 8


def test_the_number_of_workers_changes_nothing(
    hospital: KnowledgeBase, questions: QuestionSet, configuration: EvaluationConfiguration
) -> None:
    texts = []
    for workers in (1, 8):
        many = configuration.model_copy(update={"run": configuration.run.model_copy(update={"workers": workers})})
        run = run_set(hospital, questions, many, use_cache=False)
        texts.append([(record.answer.text, record.passages) for record in run.records if record.answer])
    assert texts[0] == texts[1]

"""The four files of a run: what each says, that they agree, and that no word of a policy can break out of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.verdict import GateVerdict
from ragkit.evaluation.record import Record
from ragkit.evaluation.report import ReportPaths, write_reports
from ragkit.evaluation.results import Results
from ragkit.retrieval.passage import Passage

from . import runs

FAILED_KEYS = {"q-20", "q-21", "q-22", "q-27", "q-28", "q-29~language-3"}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> ReportPaths:
    results = runs.run()
    folder = tmp_path_factory.mktemp("reports") / "new" / "folder"
    return write_reports(results, runs.FAILED, runs.baseline(results), folder, catalogue=runs.CATALOGUE)


@pytest.fixture(scope="module")
def junit(paths: ReportPaths) -> etree._Element:
    return etree.parse(paths.junit).getroot()


@pytest.fixture(scope="module")
def summary(paths: ReportPaths) -> str:
    return paths.markdown.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(paths: ReportPaths) -> str:
    return paths.html.read_text(encoding="utf-8")


def write(folder: Path, results: Results, verdict: GateVerdict | None = None) -> ReportPaths:
    return write_reports(results, verdict, None, folder, catalogue=runs.CATALOGUE)


# results.json


def test_the_results_can_be_read_back(paths: ReportPaths) -> None:
    read = Results.model_validate_json(paths.json.read_text(encoding="utf-8"))
    assert read == runs.run()


def test_of_the_passages_the_file_keeps_places_and_ranks_but_no_words(tmp_path: Path) -> None:
    passage = Passage(text="Flush it.", score=1.0, document_id="d", version="1", title="t", source="s", start=0, end=9,
                      chunk_index=0)  # fmt: skip
    record = runs.records()[0].model_copy(update={"passages": (passage,) * 30})
    read = Results.model_validate_json(write(tmp_path, runs.run([record])).json.read_text(encoding="utf-8"))
    assert len(read.records[0].passages) == 10
    assert read.records[0].passages[0] == passage.model_copy(update={"text": ""})


def test_programs_find_verdict_means_and_intervals_beside_the_results(paths: ReportPaths) -> None:
    written = json.loads(paths.json.read_text(encoding="utf-8"))
    assert written["verdict"]["passed"] is False
    assert written["verdict"]["checks"][2]["interval"]["low"] is None, "JSON has no infinity"
    [right] = [row for row in written["summary"] if row["metric"] == "answers.right"]
    assert right["n"] == 28
    assert right["value"]["low"] < right["value"]["estimate"] < right["value"]["high"]
    assert right["difference"]["estimate"] == pytest.approx(1 / 27)


# junit.xml


def test_junit_is_valid_against_the_schema_that_ci_servers_use(junit: etree._Element) -> None:
    schema = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))
    schema.assertValid(junit)


def test_junit_has_one_case_for_each_question_and_each_check(junit: etree._Element) -> None:
    questions, gate = junit.findall("testsuite")
    assert [case.get("name") for case in questions] == [record.key for record in runs.records()]
    assert [case.get("name") for case in gate] == [check.name for check in runs.FAILED.checks]
    assert {case.get("name") for case in questions if len(case)} == FAILED_KEYS
    assert (questions.get("failures"), questions.get("errors"), gate.get("failures")) == ("5", "1", "2")
    assert (junit.get("tests"), junit.get("failures"), junit.get("errors")) == (str(33 + 4), "7", "1")


def test_junit_tells_a_person_what_was_asked_answered_and_expected(junit: etree._Element) -> None:
    [failure] = junit.xpath("//testcase[@name='q-21']/failure")
    assert failure.get("message") == "Right answers: no"
    for part in ("How much saline for line 21?", "roles: staff", "insufficient_evidence", runs.QUOTE):
        assert part in failure.text


def test_an_error_is_an_error_in_junit_and_no_failure(junit: etree._Element) -> None:
    [error] = junit.xpath("//testcase[@name='q-28']/error")
    assert "StoreError" in error.get("message")
    assert "<script>" in error.get("message"), "words stay words"


# summary.md


def test_the_summary_begins_with_the_verdict(summary: str) -> None:
    assert summary.startswith("## ❌ Must not ship: 2 of 4 checks failed\n")


def test_the_summary_of_a_passing_run_says_so(tmp_path: Path) -> None:
    good = write(tmp_path, runs.run(runs.records()[:20]), runs.PASSED).markdown.read_text(encoding="utf-8")
    assert good.startswith("## ✅ May ship: 1 check passed\n")
    assert "Failing checks" not in good


def test_a_run_without_a_gate_claims_no_verdict(tmp_path: Path) -> None:
    paths = write(tmp_path, runs.run())
    assert "No verdict" in paths.markdown.read_text(encoding="utf-8").splitlines()[0]
    assert "No verdict" in paths.html.read_text(encoding="utf-8")


def test_a_gate_that_checked_nothing_has_not_passed(tmp_path: Path) -> None:
    written = write(tmp_path, runs.run(), GateVerdict(checks=())).markdown.read_text(encoding="utf-8")
    assert written.startswith("## ❌ Must not ship: the gate checked nothing")


def test_the_summary_names_failing_checks_and_newly_failing_questions(summary: str) -> None:
    assert "Citations resolve is 92.3 %; every citation has to." in summary
    newly = summary.partition("Newly failing questions (1)")[2].partition("</details>")[0]
    assert "How much saline for line 20?" in newly
    passing = summary.partition("Newly passing questions (1)")[2].partition("</details>")[0]
    assert "How much saline for line 5?" in passing


def test_every_row_of_the_metric_table_has_interval_and_difference(summary: str) -> None:
    rows = [line for line in summary.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == len(runs.CATALOGUE)
    assert all(line.count("|") == 7 for line in rows)
    [right] = [line for line in rows if "`answers.right`" in line]
    assert re.search(r"\| 28 \| 85\.7 % \| [\d.]+ to [\d.]+ % \| 85\.2 % \| \+3\.7 pp \|", right), right


def test_words_of_a_question_are_no_mark_up_in_the_summary(summary: str) -> None:
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(summary)
    assert "<script" not in html
    assert "<img" not in html
    assert "<a " not in html
    assert html.count("<details") == html.count("</details>") == summary.count("\n</details>")
    assert "@everyone" not in html, "nobody is notified"


# report.html


def test_the_page_forbids_everything_but_its_own_style(page: str) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page
    assert not re.search(r"<(script|link|img|iframe|object|embed|form)\b", page)
    assert not re.search(r"@import|url\(|src=|href=\"(?!#)", page.replace("src=x onerror", ""))


def test_each_failed_question_shows_who_asked_what_was_said_and_what_was_expected(page: str) -> None:
    article = page.partition('<article id="q-q-20"')[2].partition("</article>")[0]
    assert "newly failing" in article
    assert "Citations resolve: 0.0 %" in article
    assert "site general · roles: staff · as of today" in article
    assert f"Assess the site before use.\n\n<mark>{runs.QUOTE}</mark>\n\nRecord every flush." in article
    assert "IV-1 Peripheral lines · page 3 · 4 Care · version 2" in article
    assert "Must have: “5 mL” (shown), “8 hours” or “q8h” (shown)." in article
    refused = page.partition('<article id="q-q-21"')[2].partition("</article>")[0]
    assert '“5 mL” <strong class="worse">(missing)</strong>' in refused


def test_the_page_shows_what_changed_since_the_baseline(page: str) -> None:
    article = page.partition('<article id="q-q-20"')[2].partition("</article>")[0]
    assert "Flush with <del>0.5</del><ins>5</ins> mL of saline every <del>12</del><ins>8</ins> hours. [1]" in article
    same = page.partition('<article id="q-q-21"')[2].partition("</article>")[0]
    assert "word for word the baseline’s" in same


def test_every_failed_question_is_on_the_page_and_no_other(page: str) -> None:
    assert page.count("<article ") == len(FAILED_KEYS)


def test_an_id_of_any_characters_is_safe_in_every_report(tmp_path: Path) -> None:
    hostile = """x" onload="a()" '<i>&|`"""
    question = runs.ask(1).model_copy(update={"id": hostile})
    found = Record(question=question, answer=runs.silent("no"))
    paths = write(tmp_path, runs.run([found]))
    page = paths.html.read_text(encoding="utf-8")
    assert "<i>" not in page
    assert not re.search(r"""<[^>]*\sonload="a""", page)
    assert etree.parse(paths.junit).find("testsuite/testcase").get("name") == hostile
    assert "<i>" not in paths.markdown.read_text(encoding="utf-8")


def test_a_forbidden_string_that_was_shown_is_pointed_at(tmp_path: Path) -> None:
    question = runs.ask(1, answerable=False).model_copy(update={"forbidden": ("5 mL", "12 mL")})
    found = Record(question=question, answer=runs.answered("?"), facts=runs.facts())
    page = write(tmp_path, runs.run([found])).html.read_text(encoding="utf-8")
    assert '“5 mL” <strong class="worse">(shown)</strong>, “12 mL”.' in page


def test_a_run_without_failures_says_none(tmp_path: Path) -> None:
    page = write(tmp_path, runs.run(runs.records()[:20]), runs.PASSED).html.read_text(encoding="utf-8")
    assert "<article" not in page
    assert "None." in page


def test_an_empty_run_is_reported_too(tmp_path: Path) -> None:
    page = write(tmp_path, runs.run([])).html.read_text(encoding="utf-8")
    assert "No stage was timed." in page


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EvaluationError, match="Name another folder"):
        write(tmp_path / "file", runs.run([]))

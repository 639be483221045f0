from datetime import date

import pytest
from gate_making import COMPLETE, RESOLVES, UNWANTED, baseline, metric

from ragkit import KnowledgeBase
from ragkit.access.user import User
from ragkit.errors import EvaluationError
from ragkit.evaluation.gate.baseline import CitedSpan
from ragkit.evaluation.gate.kept_citations import lost_citations
from ragkit.evaluation.gate.known_bad import known_bad_records
from ragkit.evaluation.gate.must_fail import MustFailCase, fails, judge_must_fail, load_must_fail
from ragkit.evaluation.gate.passages import misplaced_passages
from ragkit.evaluation.metrics.base import MetricValues, value_of
from ragkit.evaluation.metrics.toy import question
from ragkit.evaluation.record import Record
from ragkit.evaluation.running.facts import FactFinder

TODAY = date(2026, 6, 1)
FILE = """
format: ragkit-must-fail
version: 1
cases:
- id: ten-times-the-volume
  question: flush
  statements:
  - text: Flush the port with 50 mL of saline.
    citations: [1]
  citations:
  - document: ports.md
    quote: Flush the port with 5 mL of saline.
  must_fail: [answers.verbatim]
  why: The number is another one.
- id: words-that-stand-nowhere
  question: flush
  statements:
  - text: Flush the port with 9 mL.
    citations: [1]
  citations:
  - document: ports.md
    quote: Flush the port with 9 mL.
  must_fail: {citations.resolves: 0.5}
  why: The quote was made up.
"""


def verbatim(record):
    quotes = {citation.number: citation.quote for citation in record.answer.citations}
    held = [any(each.text in quotes.get(number, "") for number in each.citations) for each in record.answer.statements]
    return float(all(held))


VERBATIM = metric("answers.verbatim", binary=True, measure=verbatim)
RESOLVING = metric(
    "citations.resolves", required=1.0, measure=lambda record: float(all(fact.resolves for fact in record.facts))
)


def measured(records):
    values = [
        MetricValues(each, {record.key: value_of(each, record) for record in records}) for each in (VERBATIM, RESOLVING)
    ]
    return values, {}


def asleep(records):
    return [MetricValues(each, {record.key: 1.0 for record in records}) for each in (VERBATIM, RESOLVING)], {}


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    (folder / "ports.md").write_text(
        "---\ntitle: Ports\nreference_number: P-1\nroles: [staff]\neffective_date: 2026-01-01\nversion: '1'\n---\n"
        "# Ports\n\nFlush the port with 5 mL of saline.\n\nDo not flush a port that is blocked.\n"
    )
    with KnowledgeBase.open(folder / "toy.kb") as opened:
        opened.ingest(folder / "ports.md")
        yield opened


@pytest.fixture
def cases(tmp_path):
    (tmp_path / "bad.yaml").write_text(FILE)
    return load_must_fail([tmp_path / "bad.yaml"])


@pytest.fixture
def records(kb, cases):
    questions = {"flush": question("How much saline flushes a port?", gold="Flush the port with 5 mL of saline.")}
    return known_bad_records(cases, questions, kb, FactFinder(kb, "enforced", frozenset({"staff"}), TODAY), TODAY)


def test_known_bad_answers_are_judged_like_real_ones_and_caught(cases, records):
    outcomes = judge_must_fail(cases, records, measured)
    assert [outcome.caught for outcome in outcomes] == [True, True]


def test_their_citations_are_looked_up_in_the_documents(records):
    first, second = records
    assert first.facts[0].resolves
    assert first.facts[0].in_force
    assert not second.facts[0].resolves
    assert [record.key for record in records] == ["ten-times-the-volume", "words-that-stand-nowhere"]


def test_a_judge_that_calls_everything_right_is_found_out_and_the_message_says_what_was_wrong(cases, records):
    outcomes = judge_must_fail(cases, records, asleep)
    assert [outcome.caught for outcome in outcomes] == [False, False]
    assert outcomes[0].message == "answers.verbatim is 1 (The number is another one.)"


def test_a_case_that_cannot_be_judged_is_not_caught(cases, records):
    outcomes = judge_must_fail(cases, records, lambda r: (measured(r)[0], {"ten-times-the-volume": "no server"}))
    assert [outcome.caught for outcome in outcomes] == [False, True]
    assert "could not be judged: no server" in outcomes[0].message


def test_a_metric_that_does_not_exist_or_does_not_apply_is_not_a_catch(cases, records):
    nothing = [MetricValues(VERBATIM, {})]
    outcomes = judge_must_fail(cases, records, lambda r: (nothing, {}))
    assert "answers.verbatim did not apply" in outcomes[0].message
    assert "citations.resolves does not exist" in outcomes[1].message


def test_what_counts_as_failing():
    graded = metric("grounding.faithfulness")
    count = metric("answers.loose_numbers", unit="count", higher_is_better=False, worst=9.0)
    assert fails(COMPLETE, 0.0) and not fails(COMPLETE, 1.0)
    assert fails(UNWANTED, 1.0) and not fails(UNWANTED, 0.0)
    assert fails(RESOLVES, 0.99) and not fails(RESOLVES, 1.0)
    assert fails(graded, 0.5) and not fails(graded, 0.51)
    assert fails(graded, 0.7, limit=0.7) and not fails(graded, 0.71, limit=0.7)
    assert fails(count, 1.0) and not fails(count, 0.0)


def test_an_unknown_question_is_an_error(kb, cases):
    with pytest.raises(EvaluationError, match="belongs to the question flush, which is not in the question set"):
        known_bad_records(cases, {}, kb, FactFinder(kb, "enforced", frozenset(), TODAY), TODAY)


def test_a_document_that_is_missing_means_that_the_case_is_not_caught(kb, cases):
    bad = cases[0].model_copy(update={"citations": (cases[0].citations[0].model_copy(update={"document": "x.md"}),)})
    finder = FactFinder(kb, "enforced", frozenset(), TODAY)
    records = known_bad_records([bad], {"flush": question("Q?")}, kb, finder, TODAY)
    [outcome] = judge_must_fail([bad], records, measured)
    assert not outcome.caught
    assert "cites x.md, which is not in the knowledge base" in outcome.message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("why: The number is another one.", "", r"ten-times-the-volume\.why: Field required"),
        ("id: words-that-stand-nowhere", "id: ten-times-the-volume", "an id is used twice: ten-times-the-volume"),
        ("version: 1", "version: 7", "version: Input should be 1"),
        ("citations: [1]", "citation: [1]", r"statements\.0\.citation"),
        ("format:", "format: [", "no valid YAML"),
    ],
)
def test_a_malformed_file_names_case_and_field(tmp_path, old, new, message):
    (tmp_path / "bad.yaml").write_text(FILE.replace(old, new))
    with pytest.raises(EvaluationError, match=message):
        load_must_fail([tmp_path / "bad.yaml"])


def test_a_missing_file_and_an_id_in_two_files_are_errors(tmp_path):
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(FILE)
    with pytest.raises(EvaluationError, match="in another file too"):
        load_must_fail([tmp_path / "one.yaml", tmp_path / "two.yaml"])
    with pytest.raises(EvaluationError, match="cannot be read"):
        load_must_fail([tmp_path / "three.yaml"])


def test_citations_of_the_baseline_are_looked_up_word_by_word(kb, accepted):
    asked = [question("How much saline flushes a port?", gold="Flush the port with 5 mL of saline.", id="q1")]
    span = accepted.questions["q1"].citations[0]
    assert lost_citations(accepted, asked, kb, TODAY) == ()

    def altered(**change):
        said = accepted.questions["q1"].model_copy(update={"citations": (span.model_copy(update=change),)})
        return lost_citations(accepted.model_copy(update={"questions": {"q1": said}}), asked, kb, TODAY)

    [lost] = altered(quote=span.quote.replace("5 mL", "50 mL"))
    assert "5 mL of saline" in str(lost).partition("now reads")[2]
    assert "50 mL of saline" in str(lost).partition("now reads")[0]
    [moved] = altered(page=4)
    assert "page 4 is now called page None" in str(moved)
    assert altered(version="0", quote="Old words.") == ()  # that version is not kept any more


@pytest.fixture
def accepted(kb):
    answer = kb.ask("How much saline flushes a port?", user=User("u", roles={"staff"}), as_of=TODAY)
    assert answer.citations
    asked = question("How much saline flushes a port?", gold="Flush the port with 5 mL of saline.", id="q1")
    found = baseline({"answers.verbatim": [1.0]}, [Record(question=asked, answer=answer)])
    assert isinstance(found.questions["q1"].citations[0], CitedSpan)
    return found


def test_a_passage_that_does_not_stand_where_it_says_is_found(kb):
    asked = question("How much saline flushes a port?", gold="Flush the port with 5 mL of saline.", id="q1")
    found = kb.search("flush the port", user=User("u", roles={"staff"}), as_of=TODAY)
    assert found
    right = Record(question=asked, passages=tuple(found))
    assert misplaced_passages([right], kb, TODAY) == ()
    for change in ({"start": found[0].start + 3, "end": found[0].end + 3}, {"page": 2}, {"version": "9"}):
        wrong = right.model_copy(update={"passages": (found[0].model_copy(update=change),)})
        assert misplaced_passages([right, wrong], kb, TODAY) == ("q1",)


def test_cases_may_bring_their_own_question():
    of = {"id": "own", "question": "How much?", "category": "dose", "answerable": False}
    case = MustFailCase.model_validate({"id": "bad", "question": of, "must_fail": ["a.b"], "why": "it is unanswerable"})
    assert case.question.id == "own"
    assert case.must_fail == {"a.b": None}

"""Question sets as people write them, with their mistakes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from ragkit.errors import QuestionSetError
from ragkit.evaluation.questions.question import VariantKind
from ragkit.evaluation.questions.reading import load_question_set, read_question_set
from tests.evaluation.hospital import QUESTIONS

HEAD = "format: ragkit-questions\nversion: 1\nquestions:\n"
PLAIN = "    category: dose\n    answerable: false\n"


def write(folder: Path, text: str, name: str = "set.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str, name: str = "set.yaml") -> list[str]:
    write(folder, text, name)
    return [str(problem) for problem in read_question_set(name, base=folder).problems]


def test_a_yaml_set_is_read_with_everything_it_says(tmp_path: Path) -> None:
    read = load_question_set(write(tmp_path, QUESTIONS))
    assert (read.name, read.today, len(read.questions)) == ("small hospital", date(2026, 6, 1), 7)
    flush, then, *_ = read.questions
    assert flush.gold[0].section == "Procedure" and flush.roles == ("staff",)
    assert flush.variants[0].kind is VariantKind.TYPOS
    assert then.as_of == date(2021, 1, 1) and then.gold[0].version == "2020-01-01"


def test_json_lines_are_read_with_and_without_a_header(tmp_path: Path) -> None:
    question = {"id": "q1", "question": "Which?", "category": "dose", "answerable": False}
    plain = load_question_set(write(tmp_path, json.dumps(question) + "\n\n", "a.jsonl"))
    assert [q.id for q in plain.questions] == ["q1"]
    header = {"format": "ragkit-questions", "version": 1, "name": "n", "today": "2026-01-02"}
    headed = load_question_set(write(tmp_path, f"{json.dumps(header)}\n{json.dumps(question)}\n", "b.jsonl"))
    assert (headed.name, headed.today) == ("n", date(2026, 1, 2))


def test_a_gold_span_may_call_its_document_a_file_as_other_collections_do(tmp_path: Path) -> None:
    line = {
        "id": "q1", "site": "west", "question": "How much?", "category": "dose", "answerable": True,
        "gold": [{"file": "west/doses.pdf", "page": 3, "quote": "Give 5 mg."}], "must_have": ["5 mg"], "notes": "plain",
    }  # fmt: skip
    [question] = load_question_set(write(tmp_path, json.dumps(line), "real.jsonl")).questions
    assert (question.gold[0].document, question.gold[0].page, question.site) == ("west/doses.pdf", 3, "west")


def test_questions_that_name_no_roles_get_those_of_the_run(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "  - id: a\n    question: x?\n" + PLAIN + "  - id: b\n    roles: null\n"
                 "    question: y?\n" + PLAIN)  # fmt: skip
    first, second = load_question_set(path, roles=("nurse",)).questions
    assert first.roles == ("nurse",) and second.roles is None


def test_every_error_of_every_question_is_named_with_file_line_and_field(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        dedent("""\
            format: ragkit-questions
            version: 1
            nam: typo
            questions:
              - id: dose
                question: Which dose?
                category: dose
                answerable: true
                gold:
                  - document: a.md
                    quote: ""
                  - docment: b.md
                    quote: words
                    page: 0
                must_have: [5 mg, 30]
              - id: time
                question: "  "
                category: time_limit
                answerable: maybe
                as_of: 2026-02-30
            """),
    )
    assert found == [
        "set.yaml:3: nam: unknown field; did you mean 'name'?",
        "set.yaml:11: dose: gold.0.quote: must not be empty",
        "set.yaml:12: dose: gold.1.document: is missing",
        "set.yaml:14: dose: gold.1.page: must be at least 1",
        "set.yaml:12: dose: gold.1.docment: unknown field; did you mean 'document'?",
        "set.yaml:15: dose: must_have.1: must be text, not 30; put it in quotation marks",
        "set.yaml:17: time: question: must not be empty",
        "set.yaml:20: time: as_of: must be a date; write it as 2026-01-31",
        "set.yaml:19: time: answerable: must be true or false",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("expected_status: [refusd]", "did you mean 'refused'?"),
        ("variants: [{kind: paraphrases, question: x}]", "did you mean 'paraphrase'?"),
        ("gold: [{document: a, quote: b}]", "an unanswerable question has no gold spans and no must_have"),
        ("roles: []", "null for somebody who has not signed in"),
        ("forbidden: ['  ']", "forbidden.0: must not be empty"),
        ("must_have: [[]]", "must_have.0: must not be empty"),
        ("site: 12", "must be text, not 12; put it in quotation marks"),
        ("tags: dose", "tags: must be a list"),
        ("category: dose", "category: is given twice"),
    ],
)
def test_a_mistake_is_told_in_the_writers_words(tmp_path: Path, written: str, told: str) -> None:
    found = problems(tmp_path, HEAD + "  - id: a\n    question: x?\n" + PLAIN + f"    {written}\n")
    assert any(told in problem and "set.yaml:" in problem for problem in found), found


def test_an_answerable_question_without_gold_is_an_error(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "  - id: a\n    question: x?\n    category: dose\n    answerable: true\n")
    assert found == ["set.yaml:4: a: an answerable question needs at least one gold span"]


def test_an_id_that_two_files_of_a_set_use_is_an_error_that_names_both_places(tmp_path: Path) -> None:
    text = HEAD + "  - id: a\n    question: x?\n" + PLAIN
    write(tmp_path, text, "one.yaml")
    found = problems(tmp_path, text, "two.yaml")
    assert found == []
    [problem] = read_question_set("*.yaml", base=tmp_path).problems
    assert str(problem) == "two.yaml:4: a: id: the id is used already in one.yaml:4; ids are unique in a set"


def test_files_of_one_set_cannot_be_asked_on_different_days(tmp_path: Path) -> None:
    for name, day in (("one", "2026-01-01"), ("two", "2026-01-02")):
        write(tmp_path, f"today: {day}\n{HEAD}  - id: {name}\n    question: {name}?\n{PLAIN}", f"{name}.yaml")
    [problem] = read_question_set("*.yaml", base=tmp_path).problems
    assert "two.yaml" in str(problem) and "2026-01-02 differs from 2026-01-01 in one.yaml" in str(problem)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("set.yaml", "version: 2\nquestions: []\n", "set.yaml:1: version: format version 2 is newer than this ragkit"),
        ("set.yaml", "format: shopping-list\nquestions: []\n", "set.yaml:1: format: is 'shopping-list'"),
        ("set.yaml", "name: x\n", "questions: is missing"),
        ("set.yaml", "questions: {}\n", "questions: must be a list of questions"),
        ("set.yaml", "- a\n", "must be a mapping"),
        ("set.yaml", "", "set.yaml: is empty"),
        ("set.yaml", "a: [1\nb: 2\n", "set.yaml:2: is no valid YAML"),
        ("set.yaml", "a: &x 1\nb: *x\n", "uses aliases"),
        ("set.yaml", HEAD + "  - just words\n", "question 1: must be a mapping of fields"),
        ("set.jsonl", '{"id": 1,}\n', "set.jsonl:1: is no valid JSON"),
        ("set.jsonl", '{"id": "a", "id": "b"}\n', "set.jsonl:1: id: is given twice"),
        ("set.jsonl", "[]\n", "set.jsonl:1: question 1: must be a mapping of fields"),
        ("set.csv", "a,b\n", "has the ending .csv"),
    ],
)
def test_a_file_that_is_no_question_set_says_what_it_is_instead(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    found = problems(tmp_path, text, name)
    assert any(told in problem for problem in found), found


def test_of_a_file_of_another_format_only_that_is_told(tmp_path: Path) -> None:
    newer = "format: ragkit-questions\nversion: 9\nnovelty: 1\nquestions:\n  - id: a\n    novelty: 2\n"
    assert len(problems(tmp_path, newer)) == 1
    [told] = problems(tmp_path, "format: ragkit-must-fail\nversion: 1\ncases: []\n")
    assert told == "set.yaml:1: format: is 'ragkit-must-fail', no question set ('ragkit-questions')"


def test_a_file_in_another_encoding_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("name: Müller\n".encode("latin-1"))
    found = [
        str(problem) for problem in read_question_set(["latin.yaml", "gone.yaml", "no*.yaml"], base=tmp_path).problems
    ]
    assert found[0] == "gone.yaml: there is no such file" and found[1] == "no*.yaml: matches no file"
    assert "latin.yaml: is not UTF-8 text" in found[2]


def test_the_files_of_known_bad_answers_are_no_questions_though_a_pattern_meets_them(tmp_path: Path) -> None:
    write(tmp_path, HEAD + "  - id: a\n    question: x?\n" + PLAIN, "good.yaml")
    write(tmp_path, "format: ragkit-must-fail\n", "must-fail.yaml")
    bad = str(tmp_path / "must-fail.yaml")
    assert len(load_question_set("*.yaml", base=tmp_path, exclude=[bad]).questions) == 1
    with pytest.raises(QuestionSetError, match=r"must-fail\.yaml"):
        load_question_set("*.yaml", base=tmp_path)


def test_the_error_counts_and_lists_all_problems(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "  - id: a\n    question: x?\n    category: dose\n  - question: y?\n" + PLAIN)
    with pytest.raises(QuestionSetError) as caught:
        load_question_set(path)
    message = str(caught.value)
    assert "2 errors" in message
    assert "a: answerable: is missing" in message and "question 2: id: is missing" in message


def test_a_set_of_many_files_is_named_by_what_their_names_begin_with(tmp_path: Path) -> None:
    def name_of(*names: str) -> str:
        for number, name in enumerate(names):
            write(
                tmp_path, f"name: {name}\n{HEAD}  - id: q{number}\n    question: x{number}?\n{PLAIN}", f"{number}.yaml"
            )
        return load_question_set("*.yaml", base=tmp_path).name

    assert name_of("north doses", "north times") == "north doses + north times"
    assert name_of("north-doses", "north-times", "north-who", "north-steps") == "north"
    assert name_of("doses", "times", "who", "steps") == "doses and 3 more"


def test_a_file_without_a_header_gives_the_set_its_name(tmp_path: Path) -> None:
    question = {"id": "q1", "question": "Which?", "category": "dose", "answerable": False}
    assert load_question_set(write(tmp_path, json.dumps(question), "north.jsonl")).name == "north"

import gzip
import json
from pathlib import Path

import pytest

from ragkit.errors import EvaluationError
from ragkit.evaluation.scorers.reading import POLICY_CLAIMS, read_labelled_set, read_labelled_sets
from ragkit.grounding.verdict import Verdict


def line(number: int = 0, **changes: object) -> dict[str, object]:
    return {
        "id": f"a-{number}", "set": "a", "group": "g", "source": "The ward opens at 8.", "claim": "It opens at 8.",
        "label": "supported", **changes,
    }  # fmt: skip


def written(path: Path, *lines: dict[str, object] | str) -> Path:
    text = "\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in lines) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_labelled_set_is_read_plain_or_gzipped(tmp_path: Path, name: str) -> None:
    items = read_labelled_set(written(tmp_path / name, line(1), "", line(2, label="contradicted")))
    assert [item.label for item in items] == [Verdict.SUPPORTED, Verdict.CONTRADICTED]
    assert items[0].pair.evidence == ("The ward opens at 8.",)
    assert items[0].pair.claim == "It opens at 8."


def test_every_faulty_line_is_named_with_its_number_and_field(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", line(1), line(2, label="maybe"), "{", {"id": "x"}, line(1))
    with pytest.raises(EvaluationError) as caught:
        read_labelled_set(path)
    told = str(caught.value)
    assert "4 faulty lines" in told
    assert "line 2: label" in told
    assert "line 3" in told
    assert "line 4: set" in told
    assert "line 5: id 'a-1' stands already in line 1" in told


def test_a_file_that_is_cut_off_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl.gz", *(line(number) for number in range(50)))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(EvaluationError, match="complete"):
        read_labelled_set(path)


def test_the_sets_of_a_directory_and_its_folders_are_found_and_other_files_left_out(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    written(tmp_path / "a.jsonl", line(1))
    written(tmp_path / "more" / "b.jsonl.gz", line(1, set="b"), line(2, set="b"))
    written(tmp_path / "questions.jsonl", {"id": "q", "question": "When?"})
    written(tmp_path / "empty.jsonl", "")
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    assert {name: len(items) for name, items in read_labelled_sets(tmp_path).items()} == {"a": 1, "b": 2}


def test_claims_of_items_are_held_against_their_quotes_together(tmp_path: Path) -> None:
    claims = [{"text": "It opens at 8.", "label": "supported"}, {"text": "It is open.", "label": "unsupported"}]
    items = [
        {"id": "i1", "gold": [{"quote": "The ward"}, {"quote": "opens at 8."}], "claims": claims},
        {"id": "i2", "gold": [], "claims": []},
    ]
    written(tmp_path / "items.jsonl", *items)
    found = read_labelled_sets(tmp_path)[POLICY_CLAIMS]
    assert [item.label for item in found] == [Verdict.SUPPORTED, Verdict.UNSUPPORTED]
    assert {item.group for item in found} == {"i1"}
    assert found[0].pair.evidence == ("The ward", "opens at 8.")


def test_a_directory_without_labelled_claims_is_an_error_that_shows_the_format(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match='"source", "claim" and "label"'):
        read_labelled_sets(tmp_path)
    with pytest.raises(EvaluationError, match="no directory"):
        read_labelled_sets(tmp_path / "nothing")

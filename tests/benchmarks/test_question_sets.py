import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from question_sets import Item, is_complete, load_items

from ragkit.evaluation.matching import Cited


def item(tmp_path: Path, **fields: object) -> Item:
    data = {"id": "q1", "question": "How long?", "category": "time", "answerable": True, "gold": [], **fields}
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps(data), encoding="utf-8")
    return load_items(path)[0]


GOLD = [{"file": "north/port-care.pdf", "quote": "Flush the port with saline every 8 hours."}]


def test_every_must_have_has_to_stand_in_the_quotes_case_and_punctuation_aside(tmp_path: Path) -> None:
    one = item(tmp_path, gold=GOLD, must_have=["8 HOURS", "saline"])
    assert is_complete(one, [Cited("port-care.pdf", "with saline"), Cited("port-care.pdf", "every 8 hours.")])
    assert not is_complete(one, [Cited("port-care.pdf", "every 8 hours.")])


def test_a_number_inside_another_number_does_not_count(tmp_path: Path) -> None:
    assert not is_complete(item(tmp_path, gold=GOLD, must_have=["8"]), [Cited("port-care.pdf", "every 18 hours")])


def test_without_must_have_the_gold_quotes_of_one_file_have_to_be_shown(tmp_path: Path) -> None:
    one = item(tmp_path, gold=GOLD)
    assert is_complete(one, [Cited("port-care.txt", "Flush  the port with\nsaline every 8 hours.")])
    assert not is_complete(one, [Cited("other.txt", "Flush the port with saline every 8 hours.")])
    assert not is_complete(one, [Cited("port-care.txt", "Flush the port.")])


def test_the_site_of_a_training_item_is_the_folder_of_its_files(tmp_path: Path) -> None:
    assert item(tmp_path, gold=GOLD).site == "north"
    assert item(tmp_path, gold=GOLD, site="south").site == "south"

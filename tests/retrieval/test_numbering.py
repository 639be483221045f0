"""Documents that a question names by number."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragkit.retrieval.numbering import NumberIndex, comparable
from tests.retrieval.library import Library, document


@pytest.mark.parametrize(("left", "right"), [("0640-03", "640.03"), ("640.3", "640.03"), ("IC-204", "ic 204")])
def test_one_number_written_in_several_ways_is_one_number(left: str, right: str) -> None:
    assert comparable(left) == comparable(right)


@pytest.mark.parametrize(("left", "right"), [("2207", "2207-P"), ("64", "640"), ("IC-204", "MM-204")])
def test_different_numbers_stay_different(left: str, right: str) -> None:
    assert comparable(left) != comparable(right)


@pytest.fixture
def index(tmp_path: Path) -> tuple[NumberIndex, dict[str, int]]:
    library = Library(
        tmp_path,
        document("adult", "One.", number="TP 2207"),
        document("child", "Two.", number="TP 2207-P"),
        document("coded", "Three.", number="IC-204"),
        document("part", "Four.", number="640.03"),
        document("none", "Five."),
    )
    rows = library.store.versions()
    return NumberIndex(rows), {row.source.removesuffix(".txt"): row.version_key for row in rows}


def test_a_number_is_found_with_and_without_the_letters_in_front(index: tuple[NumberIndex, dict[str, int]]) -> None:
    numbers, keys = index
    everything = set(keys.values())
    for written in ("2207", "TP 2207", "tp2207"):
        assert numbers.named([written], "", everything).exactly == {keys["adult"]}
    assert numbers.named(["2207-P"], "", everything).exactly == {keys["child"]}


def test_other_letters_in_front_do_not_name_it(index: tuple[NumberIndex, dict[str, int]]) -> None:
    numbers, keys = index
    assert numbers.named(["MM-204"], "", set(keys.values())).exactly == set()


def test_a_code_in_the_question_counts_where_a_document_has_it(index: tuple[NumberIndex, dict[str, int]]) -> None:
    numbers, keys = index
    assert numbers.named([], "gowns under IC204?", set(keys.values())).exactly == {keys["coded"]}
    assert numbers.named([], "gowns under B12?", set(keys.values())).exactly == set()


def test_the_number_of_a_series_names_its_parts_weakly(index: tuple[NumberIndex, dict[str, int]]) -> None:
    numbers, keys = index
    named = numbers.named(["640"], "", set(keys.values()))
    assert (named.exactly, named.series) == (frozenset(), frozenset({keys["part"]}))


def test_a_document_outside_the_scope_is_not_named(index: tuple[NumberIndex, dict[str, int]]) -> None:
    numbers, keys = index
    assert numbers.named(["2207"], "", {keys["none"]}).exactly == set()


def test_a_document_outside_the_scope_does_not_stand_in_front_of_one_inside_it(tmp_path: Path) -> None:
    """Otherwise the order of the passages would tell that a document with exactly that number exists."""
    library = Library(
        tmp_path,
        document("lettered", "One.", number="TP 2207"),
        document("restricted", "Two.", number="2207", roles=("pharmacist",)),
    )
    rows = library.store.versions()
    keys = {row.source.removesuffix(".txt"): row.version_key for row in rows}
    readable = {keys["lettered"]}
    alone = NumberIndex([row for row in rows if row.version_key in readable]).named(["2207"], "", readable)
    assert alone.exactly == readable
    assert NumberIndex(rows).named(["2207"], "", readable) == alone

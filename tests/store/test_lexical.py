"""Words are found in whatever way they are written, and nothing a person types is taken for query syntax."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragkit.errors import StoreError
from ragkit.store import lexical
from ragkit.store.lexical import match_all, match_any, searchable_text
from ragkit.store.store import Store

from .policies import all_keys, found_texts, policy, put


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Give 0.5 mg once.", "0.5 mg"),
        ("Give 0.5mg once.", "0.5 mg"),
        ("Give .5 mg once.", "0.5 mg"),
        ("Give 5 µg once.", "5 mcg"),
        ("Give 5 μg once.", "5 mcg"),
        ("Infuse 20 mL/kg.", "ml/kg"),
        ("Infuse 20mL/kg.", "20 mL/kg"),
        ("Infuse 1,000 mL.", "1000 mL"),
        ("Infuse 1000mL.", "1,000 ml"),
        ("See Policy 2200.4 for burns.", "2200.4"),
        ("See Policy 8030.", "8030"),
        ("Measure SpO2 first.", "SpO2"),
        ("Vitamin B12 is given.", "b12"),
        ("The patient was assessed.", "patients assess"),
        ("Naïve café.", "naive cafe"),
        ("Of ﬁrst importance.", "first"),
        ("Call the on-call physician.", "on-call"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(store: Store, written: str, asked: str) -> None:
    put(store, policy("a", written))
    put(store, policy("b", "Nothing of the kind."))
    expression = match_all(asked.split()) if asked == "patients assess" else match_any([asked])
    assert [hit.version_key for hit in store.lexical_search(expression, all_keys(store), 5)] == [1]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Give 10.5 mg once.", "0.5 mg"),
        ("Give 0.5 mg once.", "5.0 mg"),
        ("See Policy 2200.4.", "2200.5"),
        ("Infuse 10,000 mL.", "1000 mL"),
        ("Give 15 mg once.", "5 mg"),
    ],
)
def test_another_number_is_not_found(store: Store, written: str, asked: str) -> None:
    put(store, policy("a", written))
    assert found_texts(store, asked) == []


def test_lists_of_numbers_are_not_taken_for_thousands() -> None:
    assert searchable_text("chapters 1,2,300 and 12,34") == "chapters 1,2,300 and 12,34"
    assert searchable_text("$1,234,567.") == "$1234567."


def test_the_title_counts_more_than_the_body(store: Store) -> None:
    put(store, policy("a", "This is about restraint in general and about many other things."))
    put(store, policy("b", "This is about something and about many other things of note.", title="Restraint"))
    for number in range(5):
        put(store, policy(f"other {number}", "Unrelated words."))
    hits = store.lexical_search(match_any(["restraint"]), all_keys(store), 5)
    assert [hit.version_key for hit in hits] == [2, 1]
    assert hits[0].score > hits[1].score > 0


def test_phrases_without_letters_or_digits_find_nothing(store: Store) -> None:
    put(store, policy("a", "Words."))
    assert match_any(["?!", '"', "", " "]) == ""
    assert store.lexical_search("", all_keys(store), 5) == []
    assert store.document_frequency(["?"], all_keys(store)) == 0


def test_thousands_of_phrases_are_searched_for(store: Store) -> None:
    put(store, policy("a", "Words and word4999."))
    expression = match_any(f"word{number}" for number in range(5000))
    assert len(store.lexical_search(expression, all_keys(store), 5)) == 1


def test_a_match_expression_that_is_none_is_an_error_of_ours(store: Store) -> None:
    put(store, policy("a", "Words."))
    with pytest.raises(StoreError):
        store.lexical_search('"unfinished', all_keys(store), 5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(phrases=st.lists(st.text(max_size=30), max_size=4))
def test_whatever_is_typed_is_searched_for_without_a_syntax_error(store: Store, phrases: list[str]) -> None:
    if not store.versions():
        put(store, policy("a", "Words AND OR NOT NEAR."))
    keys = all_keys(store)
    store.lexical_search(match_any(phrases), keys, 5)
    store.lexical_search(match_all(phrases), keys, 5)
    store.document_frequency(phrases, keys)


def test_frequencies_count_chunks_that_hold_any_variant(store: Store) -> None:
    put(store, policy("a", "Nitroglycerin is given.", "NTG is given.", "Aspirin is given."))
    assert store.document_frequency(["nitroglycerin", "ntg"], all_keys(store)) == 2
    assert store.document_frequency(["given"], all_keys(store)) == 3
    assert store.document_frequency(["heparin"], all_keys(store)) == 0


def test_the_score_is_that_of_fts5_when_everything_may_be_searched(store: Store) -> None:
    with store.writing():
        for number in range(30):
            put(
                store,
                policy(f"p{number}", f"Give aspirin {'and water ' * (number % 4)}.", f"Call {number} first.", "Rest."),
            )
    keys = all_keys(store)
    expression = match_any(["aspirin", "water", "call 7", "first"])
    reference = lexical.search(store._database, expression, keys, 20)
    found = store.lexical_search(expression, keys, 20)
    assert [(hit.version_key, hit.chunk_index) for hit in found] == [(h.version_key, h.chunk_index) for h in reference]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in reference], abs=2e-6)


def test_how_often_a_word_occurs_in_documents_that_may_not_be_searched_is_in_no_score(store: Store) -> None:
    with store.writing():
        for number in range(20):
            put(store, policy(f"open{number}", "Call the unit.", "Give heparin." if number < 3 else "Rest now."))
        keys = all_keys(store)
        expression = match_any(["heparin", "call"])
        before = store.lexical_search(expression, keys, 40)
        for number in range(20):
            put(store, policy(f"secret{number}", "Give heparin.", "Rest now."))
    after = store.lexical_search(expression, keys, 40)
    assert [(hit.version_key, hit.chunk_index) for hit in after] == [(h.version_key, h.chunk_index) for h in before]
    # Only the average chunk length differs a little.
    assert [hit.score for hit in after] == pytest.approx([hit.score for hit in before], rel=0.05)
    assert store.document_frequency(["heparin"], keys) == 3

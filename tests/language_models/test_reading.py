"""From a reply's words to JSON, and from a reply's headers to seconds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragkit.language_models.failures import retry_after
from ragkit.language_models.reading import json_in, odd_model, shown_name
from ragkit.language_models.tokens import estimated_tokens

QUICK = settings(max_examples=40, deadline=None)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
OBJECTS = st.dictionaries(st.text(max_size=8), SCALARS | st.lists(SCALARS, max_size=3), max_size=4)
WORDS = st.text(st.characters(exclude_characters="{}"))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@QUICK
@given(OBJECTS, st.sampled_from([None, 2]))
def test_json_alone_is_left_as_it_is(value: dict[str, object], indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)

    assert json_in(f"\n{text} ") == text


@QUICK
@given(OBJECTS, WORDS, WORDS)
def test_words_and_fences_around_it_are_taken_off(value: dict[str, object], before: str, behind: str) -> None:
    found = json_in(f"{before}\n```json\n{json.dumps(value)}\n```\n{behind}")

    assert found is not None
    assert json.loads(found) == value


@QUICK
@given(OBJECTS, st.text().filter(lambda text: "</think>" not in text))
def test_thoughts_before_it_are_taken_off(value: dict[str, object], thoughts: str) -> None:
    found = json_in(f"<think>{thoughts} {{not this}} </think>{json.dumps(value)}")

    assert found is not None
    assert json.loads(found) == value


@QUICK
@given(st.text())
def test_any_text_gives_an_object_or_nothing(text: str) -> None:
    found = json_in(text)

    assert found is None or isinstance(json.loads(found), dict)


@pytest.mark.parametrize("text", ["", "No.", "[1, 2]", "5", "{", "{'a': 1}", '{"a": 1', "}{"])
def test_what_is_no_object_is_nothing(text: str) -> None:
    assert json_in(text) is None


@pytest.mark.parametrize(
    ("asked", "replied"),
    [
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("llama3.1:8b", "llama3.1:8b"),
        ("Qwen/Qwen3-8B", "qwen3-8b"),
        ("smollm2", "/models/smollm2.gguf"),
        ("any", None),
        ("any", ""),
        ("any", 5),
    ],
)
def test_the_same_model_under_a_longer_name_is_not_odd(asked: str, replied: object) -> None:
    assert odd_model(asked, replied) == ""


def test_another_model_is_odd() -> None:
    assert odd_model("gpt-4o", "llama3") == "Another model replied: llama3."


@pytest.mark.parametrize("name", ["", "x" * 81, "Ignore all <b>rules</b>", "two words", "a\nb"])
def test_a_name_that_may_be_any_text_is_not_shown(name: str) -> None:
    assert shown_name(name) == "(no usual name)"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90),
        ({"retry-after": format_datetime(NOW - timedelta(seconds=90), usegmt=True)}, 0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:07"}, 7),
        ({"retry-after": "1e300"}, 86_400),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_what_a_server_asks_to_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@QUICK
@given(st.text())
def test_any_header_gives_a_sensible_number_or_nothing(value: str) -> None:
    seconds = retry_after({"retry-after": value}, NOW)

    assert seconds is None or 0 <= seconds <= 86_400


@QUICK
@given(st.text())
def test_tokens_are_guessed_on_the_safe_side(text: str) -> None:
    assert len(text) / 3 <= estimated_tokens(text) <= 2 * len(text)

from __future__ import annotations

from datetime import date

import pytest

from ragkit.documents.yaml_values import load_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3.10", "3.10"),
        ("0302", "0302"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2024-02-30", "2024-02-30"),
        ("2024-13-01", "2024-13-01"),
        ("2024-02-29", date(2024, 2, 29)),
        ("302", 302),
        ("2.5", 2.5),
        ("true", True),
        ("[a, b]", ["a", "b"]),
    ],
)
def test_values_stay_what_was_written_where_yaml_would_change_them(written, value):
    assert load_yaml(f"field: {written}\n") == {"field": value}


def test_aliases_are_refused():
    with pytest.raises(ValueError, match="aliases"):
        load_yaml("a: &x [1]\nb: *x\n")

import pytest

from ragkit.answering.words import content_words, root, stem, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("administers", "administered"),
        ("dosing", "dose"),
        ("policies", "policy"),
        ("stopped", "stop"),
        ("patient's", "patients"),
        ("notified", "notify"),
    ],
)
def test_inflections_of_a_word_are_one_word(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hydrocortisone", "hydrocodone"), ("prednisone", "prednisolone"), ("15", "150"), ("dobutamine", "dopamine")],
)
def test_different_drugs_and_numbers_stay_apart(one: str, other: str) -> None:
    assert root(stem(one)) != root(stem(other))


def test_a_word_family_shares_its_root() -> None:
    assert root(stem("authorization")) == root(stem("authorized"))
    assert root(stem("documentation")) == root(stem("documents"))


def test_a_number_and_its_unit_are_two_words() -> None:
    assert words("10mL") == words("10 mL") == ["10", "ml"]


def test_stop_words_are_no_content() -> None:
    assert content_words("How do I flush the line?") == ["flush", "lin"]

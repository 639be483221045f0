"""How two texts become the tokens of one input."""

from __future__ import annotations

import pytest

from ragkit.cross_encoder.encoding import PADDING, EncodedPair, PairTokenizer, padded
from ragkit.cross_encoder.inputs import FIRST_TOKENS, MAX_TOKENS
from ragkit.embedding.tokenizing import DefaultTokenizer
from ragkit.errors import EmbeddingError


@pytest.fixture(scope="module")
def tokenizer() -> PairTokenizer:
    return PairTokenizer()


def test_both_texts_stand_between_special_tokens(tokenizer: PairTokenizer) -> None:
    words = DefaultTokenizer()
    [pair] = tokenizer.encode([("Who may give it?", "Two nurses.")])
    first, second = words.encode(["Who may give it?", "Two nurses."])
    assert pair.ids == first + second[1:]
    assert pair.second_start == len(first)


def test_a_long_second_text_loses_its_end_and_the_first_stays_whole(tokenizer: PairTokenizer) -> None:
    short, long = "Who may give it?", "Two nurses give it together. " * 100
    [pair] = tokenizer.encode([(short, long)])
    [whole] = tokenizer.encode([(short, "Two nurses give it together.")])
    assert len(pair) == MAX_TOKENS
    assert pair.second_start == whole.second_start
    assert pair.ids[: len(whole) - 1] == whole.ids[:-1]
    assert pair.ids[-1] == whole.ids[-1]


def test_a_long_first_text_leaves_room_for_the_second(tokenizer: PairTokenizer) -> None:
    [pair] = tokenizer.encode([("Who may give it? " * 100, "Two nurses give it together. " * 100)])
    assert pair.second_start == FIRST_TOKENS + 2
    assert len(pair) == MAX_TOKENS


def test_empty_texts_have_special_tokens_only(tokenizer: PairTokenizer) -> None:
    [pair] = tokenizer.encode([("", "")])
    assert (len(pair), pair.second_start) == (3, 2)
    assert tokenizer.encode([]) == []


@pytest.mark.parametrize(
    "text", ["Épinéphrine 0,3 mg i.m.", "5 µg/kg/min", "体重 10 kg", "\U0001f489 \u200b\u0000", "ß" * 50]
)
def test_every_script_becomes_tokens_of_bounded_number(tokenizer: PairTokenizer, text: str) -> None:
    [pair] = tokenizer.encode([(text, text * 100)])
    assert pair.second_start < len(pair) <= MAX_TOKENS


def test_only_the_second_text_has_type_one_and_padding_is_masked() -> None:
    batch = padded([EncodedPair([101, 7, 102, 8, 9, 102], 3), EncodedPair([101, 102, 102], 2)])
    assert batch.input_ids.tolist()[1] == [101, 102, 102, PADDING, PADDING, PADDING]
    assert batch.token_type_ids.tolist() == [[0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 0, 0]]
    assert batch.attention_mask.tolist() == [[1] * 6, [1, 1, 1, 0, 0, 0]]


def test_a_token_that_the_tokenizer_lacks_is_reported() -> None:
    with pytest.raises(EmbeddingError, match="Install the model again"):
        DefaultTokenizer().special("[NOPE]")

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragkit.embedding.batching import batches_by_length

BUDGET = 100


@given(st.lists(st.integers(0, 150)))
def test_every_text_is_in_exactly_one_batch(lengths: list[int]) -> None:
    batches = list(batches_by_length(lengths, BUDGET))
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))


@given(st.lists(st.integers(0, 150)))
def test_a_batch_keeps_to_the_budget_with_its_padding(lengths: list[int]) -> None:
    for batch in batches_by_length(lengths, BUDGET):
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= BUDGET


def test_texts_of_like_length_are_together() -> None:
    assert list(batches_by_length([5, 50, 6, 49], BUDGET)) == [[1, 3], [2, 0]]

"""How texts are put together for one forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def batches_by_length(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indices of texts of like length, longest first, so that padding is small and memory is bounded.

    Args:
        lengths: length of each text in tokens.
        budget: how many tokens a batch may hold, padding included; a longer text makes its own batch.

    Yields:
        Indices into ``lengths``; every index exactly once. The same lengths give the same batches.
    """
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size

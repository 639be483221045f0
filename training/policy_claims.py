"""Examples of support from the claims of the policy items: each judged against the gold quotes together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from build_data import Run
from entailment_sets import pair_example
from examples import Example


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """The claims of every item file below ``data/training``, each file a stage of its own."""
    for path in sorted((run.data / "training").glob("*.jsonl")):
        yield from ((f"policy/{path.stem}", example) for example in policy_claim_examples(path))


def policy_claim_examples(path: Path) -> Iterator[Example]:
    """The claims of one file of items, in order.

    The item is the cluster: its claims differ in one detail and its documents answer other items as well, so a split
    goes by whole files (agencies), not by chance.

    Args:
        path: ``NAME.jsonl``; the examples' source is ``policy:NAME``.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        quotes = [gold["quote"] for gold in item["gold"]]
        for claim in item["claims"]:
            yield pair_example(
                claim["text"], quotes, claim["label"], source=f"policy:{path.stem}", document=_document(item)
            )


def _document(item: dict[str, list[dict[str, str]]]) -> str:
    return item["gold"][0]["file"]

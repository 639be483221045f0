"""How complete the selected lines of training items are, without the small models and with them, by margin.

Usage:
    python benchmarks/judged_selection.py ITEM_FILE... --knowledge-base DIR --judges DIR

The knowledge base is the one that ``fit_line_ranking.py`` leaves in its cache (``fitting.kb``); --judges as there: each
set is judged by a model that has not seen it. Prints a line for each rule: complete, median and mean words shown.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

from answer_inputs import Inputs, inputs_for, judge_for
from question_sets import is_complete, load_items

from ragkit.answering.selection import JUDGED_RULE, SelectionRule, select
from ragkit.evaluation.matching import Cited

JUDGED_RULES = (
    SelectionRule(),
    JUDGED_RULE,
    SelectionRule(margin=3.5, new_terms_margin=2.8, word_cost=0.05),
    SelectionRule(margin=4.0),
)


def shown(inputs: Inputs, rule: SelectionRule) -> tuple[bool, int]:
    """Whether the selected lines are complete, and how many words they have."""
    selection = select(inputs.question, inputs.candidates, rule)
    if selection is None:
        return False, 0
    text, source = selection.document.text, selection.document.source
    return is_complete(inputs.item, [Cited(source, text[s.start : s.end]) for s in selection.spans]), selection.words


def report(name: str, rule: SelectionRule, outcomes: Sequence[tuple[bool, int]]) -> None:
    words = [count for _, count in outcomes]
    complete = statistics.mean(float(each) for each, _ in outcomes)
    print(
        f"{name:8} margin {rule.margin} new terms {rule.new_terms_margin} word {rule.word_cost}: n {len(outcomes)} "
        f"complete {complete:.3f} words {statistics.median(words):.0f} mean {statistics.mean(words):.1f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path, nargs="+")
    parser.add_argument("--knowledge-base", type=Path, required=True)
    parser.add_argument("--judges", type=Path, required=True)
    arguments = parser.parse_args()
    sets = {path.stem: [item for item in load_items(path) if item.answerable] for path in arguments.items}
    for name, judges, rules in (("without", None, (SelectionRule(),)), ("with", arguments.judges, JUDGED_RULES)):
        outcomes: list[list[tuple[bool, int]]] = [[] for _ in rules]
        for item_set, items in sets.items():
            for inputs in inputs_for(arguments.knowledge_base, items, judge_for(judges, item_set)):
                for found, rule in zip(outcomes, rules, strict=True):
                    found.append(shown(inputs, rule))
        for found, rule in zip(outcomes, rules, strict=True):
            report(name, rule, found)


if __name__ == "__main__":
    main()

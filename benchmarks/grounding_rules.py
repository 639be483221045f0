"""How often the rules of ragkit.grounding.rules are right when they fire.

    python benchmarks/grounding_rules.py ../shared/data [--sets fever claims ...] [--show RULE N]

Reads ``DIR/groundedness/*.jsonl.gz`` (claim, source, label) and ``DIR/training/*.jsonl`` (claims of policies, set
"claims"). Prints for each rule how often it says "contradicts", the precision of that against the label, and the
share of contradicted claims that it finds; then the verdicts of RulesScorer. ``--show`` prints wrong firings.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ragkit.grounding.base import Pair
from ragkit.grounding.rules import RuleFindings, find_conflicts
from ragkit.grounding.rules.scorer import score_findings

console = Console(width=150, highlight=False, markup=False)


@dataclass(frozen=True)
class Item:
    """A pair with its label."""

    pair: Pair
    label: str


def read_items(folder: Path) -> Iterator[tuple[str, list[Item]]]:
    for path in sorted((folder / "groundedness").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        if "label" in rows[0]:
            items = [Item(Pair(row["claim"], (row["source"],)), row["label"]) for row in rows]
            yield path.name.removesuffix(".jsonl.gz"), items
    claims = []
    for path in sorted((folder / "training").glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            evidence = tuple(gold["quote"] for gold in row["gold"])
            claims += [Item(Pair(claim["text"], evidence), claim["label"]) for claim in row["claims"]]
    yield "claims", claims


def report(name: str, items: list[Item], show: str | None, many: int) -> None:
    start = time.perf_counter()
    found = [find_conflicts(item.pair.claim, item.pair.evidence) for item in items]
    seconds = time.perf_counter() - start
    labels = Counter(item.label for item in items)
    fired: dict[str, Counter[str]] = defaultdict(Counter)
    missed: dict[str, Counter[str]] = defaultdict(Counter)
    for item, findings in zip(items, found, strict=True):
        for rule in {conflict.rule.value for conflict in findings.contradictions}:
            fired[rule][item.label] += 1
        for rule in {c.rule.value for c in findings.conflicts if c.kind == "missing"}:
            missed[rule][item.label] += 1
        if findings.contradictions:
            fired["any rule"][item.label] += 1
    table = Table(title=f"{name}: {len(items)} pairs, {dict(labels)}, {1000 * seconds / len(items):.2f} ms a pair")
    heads = ("rule", "contradicts", "precision", "not supported", "recall", "missing", "not supported")
    for head in heads:
        table.add_column(head, justify="left" if head == "rule" else "right")
    for rule in sorted(fired.keys() | missed.keys()):
        hits, lost = fired[rule], missed[rule]
        n, m = sum(hits.values()), sum(lost.values())
        table.add_row(
            rule,
            str(n),
            f"{hits['contradicted'] / n:.2f}" if n and labels["contradicted"] else "",
            f"{1 - hits['supported'] / n:.2f}" if n else "",
            f"{hits['contradicted'] / labels['contradicted']:.3f}" if labels["contradicted"] else "",
            str(m),
            f"{1 - lost['supported'] / m:.2f}" if m else "",
        )
    console.print(table)
    verdicts = Counter((i.label, score_findings(i.pair, f).verdict.value) for i, f in zip(items, found, strict=True))
    for label in labels:
        shares = {v: f"{verdicts[label, v] / labels[label]:.2f}" for v in ("supported", "contradicted", "unsupported")}
        console.print(f"  {label:13s} judged {shares}")
    if show:
        _show(items, found, show, many)


def _show(items: list[Item], found: list[RuleFindings], rule: str, many: int) -> None:
    for item, findings in zip(items, found, strict=True):
        against = [c for c in findings.contradictions if rule in (c.rule.value, "any")]
        if against and item.label != "contradicted" and many > 0:
            many -= 1
            console.print(f"\n[{item.label}] {item.pair.claim}\n   EVIDENCE {' ‖ '.join(item.pair.evidence)[:700]}")
            for conflict in against:
                console.print(f"   {conflict.rule.value}: {conflict.reason}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="*", help="only these sets")
    parser.add_argument("--show", help="print wrong firings of this rule (or 'any')")
    parser.add_argument("--many", type=int, default=15)
    options = parser.parse_args()
    for name, items in read_items(options.folder):
        if not options.sets or name in options.sets:
            report(name, items, options.show, options.many)


if __name__ == "__main__":
    main()

"""How good the answers are: asks every question of gold question sets and compares the citations with the gold quotes.

Usage:
    python benchmarks/answer_quality.py POLICIES_DIR QUESTION_FILE... [--cache DIR] [--failures] [--json FILE]

Every folder in POLICIES_DIR that the questions name is one site; it is ingested once into the cache folder (an
unchanged folder is not read again). Text files with ``=== PAGE n ===`` lines are read with those as page breaks.

Prints per question file and per category: complete (all must_have strings, or the gold quotes, inside the quotes),
right source, the four abstention numbers (answered correctly = answerable, answered and complete; over-refusal =
answerable and refused; refused and answered unanswerable), median words shown and milliseconds per question.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from question_sets import Item, is_complete, load_items

from ragkit import KnowledgeBase
from ragkit.answering.answer import Answer
from ragkit.evaluation.matching import Cited, has_right_source, overlap, share_shown

_PAGE_MARK = re.compile(r"^=== PAGE \d+ ===$\n?", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """How one question went."""

    item: Item
    answer: Answer
    milliseconds: float

    @property
    def cited(self) -> list[Cited]:
        """The citations in the form the gold quotes are compared with."""
        return [Cited(citation.source, citation.quote) for citation in self.answer.citations]

    @property
    def answered(self) -> bool:
        """Whether lines were shown."""
        return self.answer.status in ("answered", "partial")

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was shown."""
        return self.item.answerable and self.answered and is_complete(self.item, self.cited)

    @property
    def right_source(self) -> bool:
        """Whether a gold file was cited."""
        return self.item.answerable and self.answered and has_right_source(self.item.gold, self.cited)

    @property
    def wrong(self) -> bool:
        """Answered where it should not be, or not answered completely."""
        return self.answered if not self.item.answerable else not self.complete

    @property
    def words(self) -> int:
        """Words shown, all quotes together."""
        return sum(len(citation.quote.split()) for citation in self.answer.citations)


def prepare_folder(folder: Path, cache: Path) -> Path:
    """The folder itself, or a copy in the cache whose text files have form feeds instead of page marks."""
    texts = list(folder.rglob("*.txt"))
    if not texts:
        return folder
    copy = cache / "texts" / folder.name
    copy.mkdir(parents=True, exist_ok=True)
    for path in texts:
        content = path.read_text(encoding="utf-8", errors="replace")
        first = _PAGE_MARK.match(content)
        content = content[first.end() :] if first else content
        target = copy / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        marked = _PAGE_MARK.sub("\f", content)
        if not target.exists() or target.read_text(encoding="utf-8") != marked:
            target.write_text(marked, encoding="utf-8")
    return copy


def open_knowledge_base(policies: Path, sites: Iterable[str], cache: Path) -> KnowledgeBase:
    """One knowledge base with all sites, up to date with the folders."""
    kb = KnowledgeBase.open(cache / f"{policies.name}.kb", access="open")
    for site in sorted(set(sites)):
        folder = policies / site
        if folder.is_dir():
            started = time.perf_counter()
            report = kb.ingest(prepare_folder(folder, cache), site=site)
            print(
                f"{site}: {len(report.ingested)} read, {len(report.unchanged)} unchanged, {len(report.failed)} failed, "
                f"{time.perf_counter() - started:.1f} s",
                flush=True,
            )
    return kb


def ask_all(kb: KnowledgeBase, items: Sequence[Item]) -> list[Outcome]:
    outcomes = []
    for item in items:
        started = time.perf_counter()
        answer = kb.ask(item.question, site=item.site)
        outcomes.append(Outcome(item, answer, (time.perf_counter() - started) * 1000))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The numbers of a group of questions; shares are 0..1."""
    answerable = [outcome for outcome in outcomes if outcome.item.answerable]
    silent = [outcome for outcome in outcomes if not outcome.item.answerable]
    shown = [outcome for outcome in answerable if outcome.answered]

    def share(count: int, of: Sequence[Outcome]) -> float:
        return count / len(of) if of else float("nan")

    return {
        "answerable": len(answerable),
        "complete": share(sum(outcome.complete for outcome in answerable), answerable),
        "recall": share(0, answerable)
        if not answerable
        else statistics.fmean(share_shown(outcome.item.gold, outcome.cited) for outcome in answerable),
        "right_source": share(sum(outcome.right_source for outcome in answerable), answerable),
        "over_refusal": share(sum(not outcome.answered for outcome in answerable), answerable),
        "unanswerable": len(silent),
        "refused_unanswerable": share(sum(not outcome.answered for outcome in silent), silent),
        "answered_unanswerable": share(sum(outcome.answered for outcome in silent), silent),
        "median_words": statistics.median([outcome.words for outcome in shown]) if shown else float("nan"),
        "milliseconds": statistics.median([outcome.milliseconds for outcome in outcomes]),
    }


def print_table(title: str, groups: dict[str, list[Outcome]]) -> None:
    print(f"\n{title}")
    heads = ("n", "complete", "recall", "source", "over-ref", "n unans", "refused", "answered", "words", "ms")
    print(f"{'':32}" + "".join(f"{head:>9}" for head in heads))
    for name, outcomes in groups.items():
        cells = []
        for key, value in figures(outcomes).items():
            plain = key in ("answerable", "unanswerable", "median_words", "milliseconds")
            cells.append("-" if value != value else f"{value:.0f}" if plain else f"{value:.2f}")
        print(f"{name[:32]:32}" + "".join(f"{cell:>9}" for cell in cells))


def print_failure(outcome: Outcome, kb: KnowledgeBase) -> None:
    item, answer = outcome.item, outcome.answer
    print(f"\n--- {item.id} [{item.category}] {item.question}")
    print(f"    {answer.status.value}: {answer.text!r}")
    for citation in answer.citations:
        print(f"    cited {citation.source} p{citation.page} {' > '.join(citation.section)}")
    for gold in item.gold:
        print(f"    gold  {gold.document}: {gold.quote!r}")
    for gold in item.nearest:
        print(f"    near  {gold.document}: {gold.quote!r}")
    if item.must_have:
        print(f"    must  {list(item.must_have)}")
    if item.gold:
        passages = kb.search(item.question, limit=50, site=item.site)
        ranks = [
            rank
            for rank, passage in enumerate(passages, start=1)
            for gold in item.gold
            if Cited(passage.source, "").is_of(gold) and overlap(gold.quote, [passage.text]) >= 0.5
        ]
        print(f"    gold passages at ranks {sorted(set(ranks)) or 'none in 50'}")
    signals = {name: round(value, 2) for name, value in answer.trace.signals.items()}
    print(f"    signals {signals}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policies", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ragkit-answer-quality")
    parser.add_argument("--failures", action="store_true", help="print every wrong answer")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    sets = {path.stem: load_items(path) for path in arguments.questions}
    sites = {item.site for items in sets.values() for item in items}
    with open_knowledge_base(arguments.policies, sites, arguments.cache) as kb:
        per_file = {name: ask_all(kb, items) for name, items in sets.items()}
        everything = [outcome for outcomes in per_file.values() for outcome in outcomes]
        if arguments.failures:
            for outcome in everything:
                if outcome.wrong:
                    print_failure(outcome, kb)
        categories: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in everything:
            categories[outcome.item.category].append(outcome)
        print_table("By question set", per_file | {"all": everything})
        print_table("By category", dict(sorted(categories.items())))
    if arguments.json:
        groups = per_file | {"all": everything} | dict(categories)
        arguments.json.write_text(json.dumps({name: figures(group) for name, group in groups.items()}, indent=2))


if __name__ == "__main__":
    main()
